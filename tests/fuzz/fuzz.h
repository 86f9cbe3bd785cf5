// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets have in common (docs/fuzzing.md).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

// One input, as libFuzzer hands it over; replay.cpp does the same with the files of a corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace xenacm::fuzz {

// A property that does not hold ends the run, which keeps the input.
inline void require(bool holds, std::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: does not hold: %.*s\n", static_cast<int>(property.size()), property.data());
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return size == 0 ? std::string_view() : std::string_view(reinterpret_cast<const char*>(data), size);
}

// Takes an input apart from its beginning. At its end there are zeros and empty texts.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).empty() ? 0 : taken_.front()); }
  bool flag() { return (byte() & 1) != 0; }
  template <class T, std::size_t N>
  const T& pick(const std::array<T, N>& choices) {
    return choices[byte() % N];
  }
  // Its length in a byte, then its bytes.
  std::string text() { return std::string(take(byte())); }
  std::string_view rest() { return take(rest_.size()); }

 private:
  std::string_view take(std::size_t bytes) {
    taken_ = rest_.substr(0, bytes);
    rest_.remove_prefix(taken_.size());
    return taken_;
  }

  std::string_view rest_;
  std::string_view taken_;
};

// A folder that ends with the process; $TMPDIR says where.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "xenacm-fuzz-XXXXXX").string();
    require(::mkdtemp(name.data()) != nullptr, "a folder can be made");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace xenacm::fuzz
