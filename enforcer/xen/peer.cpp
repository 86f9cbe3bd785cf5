// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/peer.h"

#include <grp.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace xenacm::xen {

monitor::Caller peer_of(int socket, std::string via) {
  ucred credentials{.pid = 0, .uid = static_cast<uid_t>(-1), .gid = static_cast<gid_t>(-1)};
  socklen_t size = sizeof credentials;
  (void)::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size);
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/" + std::to_string(credentials.pid) + "/exe", unknown);
  return {std::move(via), credentials.uid, credentials.gid, credentials.pid, unknown ? "" : program.string()};
}

bool peer_in_group(int socket, const monitor::Caller& peer, const std::string& group) {
  const struct group* entry = ::getgrnam(group.c_str());
  if (entry == nullptr) return false;
  std::vector<gid_t> groups(1024);
  auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0) size = 0;
  groups.resize(size / sizeof(gid_t));
  groups.push_back(peer.gid);
  return std::ranges::find(groups, entry->gr_gid) != groups.end();
}

}  // namespace xenacm::xen
