// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/gap_marker.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace xenacm::ledger {

namespace {

constexpr const char* kName = "audit-gap";
constexpr std::size_t kSize = 4096;

std::string read_from(int fd) {
  std::array<char, kSize> block{};
  const ssize_t size = ::pread(fd, block.data(), block.size(), 0);
  std::string text(block.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  text.erase(text.find_last_not_of(std::string_view("\0 \n", 3)) + 1);
  return text;
}

bool write_to(int fd, std::string text) {
  text.resize(kSize, ' ');
  text.back() = '\n';
  return ::pwrite(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) && ::fdatasync(fd) == 0;
}

}  // namespace

GapMarker::GapMarker(const std::vector<std::filesystem::path>& folders) {
  for (const std::filesystem::path& folder : folders) {
    std::error_code failure;
    // Made before the API makes it for its socket, which others than root are to reach.
    if (std::filesystem::create_directories(folder, failure)) {
      std::filesystem::permissions(folder, std::filesystem::perms(0755), failure);
    }
    const std::filesystem::path path = folder / kName;
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
      spdlog::warn("{} cannot be opened: {}", path.string(), std::strerror(errno));
      continue;
    }
    files_.push_back({path, fd});
    const std::string text = read_from(fd);
    if (!text.empty()) {
      left_ = text;
    } else if (!write_to(fd, "")) {
      spdlog::warn("{} cannot be written: {}", path.string(), std::strerror(errno));
    }
  }
}

GapMarker::~GapMarker() {
  for (const File& file : files_) ::close(file.fd);
}

bool GapMarker::set(const std::string& text) {
  bool written = false;
  for (const File& file : files_) written = write_to(file.fd, text) || written;
  return written;
}

void GapMarker::clear() {
  for (const File& file : files_) {
    if (!write_to(file.fd, "")) spdlog::error("{} cannot be cleared: {}", file.path.string(), std::strerror(errno));
  }
}

}  // namespace xenacm::ledger
