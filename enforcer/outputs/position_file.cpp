// SPDX-License-Identifier: Apache-2.0
#include "enforcer/outputs/position_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace xenacm::outputs {

PositionFile::~PositionFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<std::int64_t> PositionFile::read() const {
  std::ifstream in(file_);
  std::int64_t position = 0;
  if (!(in >> position) || position < 0) return std::nullopt;
  return position;
}

std::expected<void, std::string> PositionFile::write(std::int64_t position) {
  if (fd_ < 0) {
    std::error_code failure;
    std::filesystem::create_directories(file_.parent_path(), failure);
    fd_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  }
  const std::string text = fmt::format("{:019}\n", position);  // of one length, so that none is left of a longer one
  if (fd_ < 0 || ::pwrite(fd_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return std::unexpected("cannot write " + file_.string() + ": " + std::strerror(errno));
  }
  return {};
}

}  // namespace xenacm::outputs
