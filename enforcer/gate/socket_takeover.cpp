// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/socket_takeover.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace xenacm::gate {
namespace {

using Failure = std::unexpected<std::string>;
using std::filesystem::path;

path with_suffix(const path& name, const char* suffix) { return path(name) += suffix; }

Failure failure(const std::string& what, int error) { return Failure(what + ": " + std::strerror(error)); }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int take() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

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

// Who listens at a name.
struct Listening {
  bool exists = false;
  bool answers = false;
  pid_t pid = 0;  // of who answers
  struct stat file{};
};

std::expected<Listening, std::string> look_at(const path& name) {
  Listening seen;
  if (::lstat(name.c_str(), &seen.file) != 0) {
    if (errno == ENOENT) return seen;
    return failure(name.string(), errno);
  }
  if (!S_ISSOCK(seen.file.st_mode)) return Failure(name.string() + " is not a socket");
  seen.exists = true;
  const auto address = address_of(name);
  if (!address) return Failure(name.string() + " is too long for a socket's name");
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (probe.get() < 0) return failure("socket", errno);
  if (::connect(probe.get(), generic(*address), sizeof *address) == 0) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(probe.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) seen.pid = peer.pid;
    seen.answers = true;
  } else if (errno == EAGAIN) {  // its queue is full, so there is one
    seen.answers = true;
  } else if (errno != ECONNREFUSED && errno != ENOENT) {
    return failure(name.string(), errno);
  }
  return seen;
}

bool same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

// Both names of one socket: a takeover that got no further than link(2), or a release of such a one.
bool is_second_name(const Listening& name, const Listening& real) {
  return name.exists && real.exists && same_file(name.file, real.file);
}

std::string who(const path& name, const Listening& seen) {
  return name.string() + (seen.pid > 0 ? " (pid " + std::to_string(seen.pid) + ")" : "");
}

// A socket of the gate's at NAME.gate, as open to clients as `model`; it listens only when that is settled.
std::expected<int, std::string> listen_at(const path& name, const struct stat& model) {
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
  return listener.take();
}

// Sees to it that NAME.real is xenstored's socket; returns its mode and owner.
std::expected<struct stat, std::string> secure_upstream(const path& name) {
  const path real_name = upstream_name(name);
  const auto at_name = look_at(name);
  if (!at_name) return Failure(at_name.error());
  const auto at_real = look_at(real_name);
  if (!at_real) return Failure(at_real.error());
  if (is_second_name(*at_name, *at_real) && at_name->answers) return at_name->file;
  if (at_name->answers && at_real->answers) {
    return Failure(
        "both " + who(name, *at_name) + " and " + who(real_name, *at_real) +
        " answer: another gate is running, or xenstored was started anew under one. Stop the other gate; if there "
        "is none, remove the one of the two that is not the running xenstored's");
  }
  if (at_real->answers) return at_real->file;  // a gate that crashed
  if (!at_name->answers) return Failure("xenstored is not running: nobody answers at " + name.string());
  if (at_real->exists && ::unlink(real_name.c_str()) != 0)
    return failure("can not remove " + real_name.string(), errno);
  if (::link(name.c_str(), real_name.c_str()) != 0) {
    return failure("can not give xenstored's socket the name " + real_name.string(), errno);
  }
  return at_name->file;
}

}  // namespace

path upstream_name(const path& name) { return with_suffix(name, ".real"); }

std::expected<Takeover, std::string> Takeover::begin(const path& name) {
  const auto model = secure_upstream(name);
  if (!model) return Failure(model.error());
  const path own_name = with_suffix(name, ".gate");
  const auto listener = listen_at(own_name, *model);
  if (!listener) {
    (void)gate::release(name);
    return Failure(listener.error());
  }
  struct stat own{};
  if (::lstat(own_name.c_str(), &own) != 0 || ::rename(own_name.c_str(), name.c_str()) != 0) {
    const int error = errno;
    ::close(*listener);
    ::unlink(own_name.c_str());
    (void)gate::release(name);
    return failure("can not take the name " + name.string(), error);
  }
  return Takeover(name, *listener, own.st_dev, own.st_ino);
}

Takeover::Takeover(path name, int listener, dev_t device, ino_t inode)
    : name_(std::move(name)), listener_(listener), device_(device), inode_(inode) {}

Takeover::Takeover(Takeover&& other) noexcept
    : name_(std::move(other.name_)),
      listener_(std::exchange(other.listener_, -1)),
      device_(other.device_),
      inode_(other.inode_),
      held_(std::exchange(other.held_, false)) {}

Takeover::~Takeover() {
  release();
  if (listener_ >= 0) ::close(listener_);
}

int Takeover::take_listener() { return std::exchange(listener_, -1); }

void Takeover::release() {
  if (!std::exchange(held_, false)) return;
  struct stat now{};
  if (::lstat(name_.c_str(), &now) == 0 && (now.st_dev != device_ || now.st_ino != inode_)) {
    spdlog::warn("gate: {} is no longer the gate's; left as it is", name_.string());
    return;
  }
  if (::rename(upstream_name(name_).c_str(), name_.c_str()) != 0) {
    spdlog::error("gate: can not give {} back to xenstored: {}", name_.string(), std::strerror(errno));
  }
}

std::expected<void, std::string> release(const path& name) {
  const path real_name = upstream_name(name);
  const auto at_name = look_at(name);
  if (!at_name) return Failure(at_name.error());
  const auto at_real = look_at(real_name);
  if (!at_real) return Failure(at_real.error());
  if (!at_real->exists) return {};
  if (is_second_name(*at_name, *at_real) || (at_name->answers && !at_real->answers)) {
    if (::unlink(real_name.c_str()) != 0) return failure("can not remove " + real_name.string(), errno);
    return {};
  }
  if (!at_real->answers) return Failure("xenstored is not running: nobody answers at " + real_name.string());
  if (at_name->answers) {
    return Failure("a gate still answers at " + who(name, *at_name) + "; stop it first");
  }
  if (::rename(real_name.c_str(), name.c_str()) != 0) {
    return failure("can not give " + name.string() + " back to xenstored", errno);
  }
  return {};
}

}  // namespace xenacm::gate
