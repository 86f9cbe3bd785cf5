// SPDX-License-Identifier: Apache-2.0
#include "enforcer/hooks/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace xenacm::hooks {

namespace {

std::expected<std::string, std::string> read_all(int descriptor) {
  std::string text;
  std::array<char, 65536> chunk{};
  while (true) {
    const ssize_t size = ::read(descriptor, chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return std::unexpected<std::string>(std::strerror(errno));
    if (size == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(size));
    if (text.size() > kMostInput) return std::unexpected<std::string>("larger than a domain's description can be");
  }
}

}  // namespace

std::expected<std::string, std::string> read_standard_input() {
  auto text = read_all(STDIN_FILENO);
  if (!text) return std::unexpected("standard input: " + text.error());
  return text;
}

// Not from pipes and the like: what is read from them here would be lost to the toolstack.
std::expected<std::string, std::string> read_plain_file(const std::string& path) {
  if (path == "/dev/null") return std::string();
  const auto failed = [&](const std::string& why) { return std::unexpected("cannot read " + path + ": " + why); };
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return failed(std::strerror(errno));
  struct stat status{};
  const bool plain = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  auto text = plain ? read_all(descriptor) : std::unexpected<std::string>("not a plain file");
  ::close(descriptor);
  if (!text) return failed(text.error());
  return text;
}

}  // namespace xenacm::hooks
