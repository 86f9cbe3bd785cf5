// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/peer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <string>

namespace xenacm::gate {
namespace {

constexpr std::uint32_t kUnknown = 0xffffffff;  // nobody's id: an unknown caller is not taken for root

}  // namespace

monitor::Caller caller_at(int socket) {
  monitor::Caller caller{.via = "gate", .uid = kUnknown, .gid = kUnknown, .pid = 0, .executable = {}};
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return caller;
  caller.uid = peer.uid;
  caller.gid = peer.gid;
  caller.pid = peer.pid;
  std::array<char, PATH_MAX> executable;
  const ssize_t length =
      ::readlink(("/proc/" + std::to_string(peer.pid) + "/exe").c_str(), executable.data(), executable.size());
  if (length > 0) caller.executable.assign(executable.data(), static_cast<std::size_t>(length));
  return caller;
}

}  // namespace xenacm::gate
