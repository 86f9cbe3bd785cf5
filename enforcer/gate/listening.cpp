// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/listening.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>

#include "enforcer/gate/failure.h"

namespace xenacm::gate {
namespace {

using std::filesystem::path;

std::optional<sockaddr_un> address_of(const path& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = name.native();
  if (text.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

// rename(2) changes where a socket is found, not what it was bound as.
path bound_name_of_peer(int fd) {
  sockaddr_un address{};
  socklen_t size = sizeof address;
  void* where = &address;
  if (::getpeername(fd, static_cast<sockaddr*>(where), &size) != 0) return {};
  const std::size_t length = size - offsetof(sockaddr_un, sun_path);
  return std::string(address.sun_path, ::strnlen(address.sun_path, length));
}

}  // namespace

std::expected<Listening, std::string> look_at(const path& name, std::chrono::seconds patience) {
  Listening seen;
  if (::lstat(name.c_str(), &seen.file) != 0) {
    if (errno == ENOENT) return seen;
    return failure(name.string(), errno);
  }
  if (!S_ISSOCK(seen.file.st_mode)) return Failure(name.string() + " is not a socket");
  seen.exists = true;
  const auto address = address_of(name);
  if (!address) return Failure(name.string() + " is too long for a socket's name");
  const bool waits = patience.count() > 0;
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (waits ? 0 : SOCK_NONBLOCK), 0));
  const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
  if (probe.get() < 0 || ::setsockopt(probe.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0) {
    return failure("socket", errno);
  }
  if (::connect(probe.get(), generic(*address), sizeof *address) == 0) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(probe.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) seen.pid = peer.pid;
    seen.bound_as = bound_name_of_peer(probe.get());
    seen.answers = true;
  } else if (errno == EAGAIN) {  // its queue is full, so there is one
    seen.answers = true;
  } else if (errno != ECONNREFUSED && errno != ENOENT) {
    return failure(name.string(), errno);
  }
  return seen;
}

bool same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

std::expected<Descriptor, std::string> listen_at(const path& name, const struct stat& model) {
  const auto address = address_of(name);
  if (!address) return Failure(name.string() + " is too long for a socket's name");
  if (::unlink(name.c_str()) != 0 && errno != ENOENT) return failure("can not remove " + name.string(), errno);
  Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (listener.get() < 0) return failure("socket", errno);
  if (::bind(listener.get(), generic(*address), sizeof *address) != 0) {
    return failure("can not bind " + name.string(), errno);
  }
  if (::lchown(name.c_str(), model.st_uid, model.st_gid) != 0 || ::chmod(name.c_str(), model.st_mode & 07777) != 0 ||
      ::listen(listener.get(), SOMAXCONN) != 0) {
    const int error = errno;
    ::unlink(name.c_str());
    return failure("can not set up " + name.string(), error);
  }
  return listener;
}

}  // namespace xenacm::gate
