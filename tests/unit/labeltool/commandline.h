// SPDX-License-Identifier: Apache-2.0
// A command as its users type it, run inside the test.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "labeltool/command.h"

namespace xenacm::labeltool::test {

struct Ran {
  std::string out;
  std::optional<Failure> failure;  // none: exit status 0
};

// `words` follow the command's name. Throws where they are not understood.
[[nodiscard]] Ran run(MakeCommand make, std::vector<std::string> words,
                      const std::filesystem::path& socket = "/nonexistent/socket");

// A current folder of the test's own, empty.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // Makes folders as needed.
  void write(const std::filesystem::path& file, const std::string& text) const;

 private:
  std::filesystem::path before_;
  std::filesystem::path folder_;
};

}  // namespace xenacm::labeltool::test
