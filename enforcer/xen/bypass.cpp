// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/bypass.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace xenacm::xen {
namespace {

bool holds_any(const Process& process, const std::set<SocketInode>& inodes) {
  return std::ranges::any_of(process.sockets, [&](SocketInode inode) { return inodes.contains(inode); });
}

}  // namespace

std::string_view to_text(Way way) {
  switch (way) {
    case Way::older_connection:
      return "older connection";
    case Way::xenstoreds_name:
      return "socket.real";
    case Way::xenbus:
      return "/dev/xen/xenbus";
  }
  std::unreachable();
}

bool is_expected(const Bypass& one) {
  return one.way == Way::older_connection && std::filesystem::path(one.program).filename() == "xenconsoled";
}

std::set<SocketInode> accepted_at(const std::string& name, const std::vector<UnixSocket>& sockets) {
  std::set<SocketInode> accepted;
  for (const UnixSocket& socket : sockets) {
    if (socket.name == name) accepted.insert(socket.inode);
  }
  return accepted;
}

std::vector<Bypass> find_bypass(const std::string& name, const std::vector<UnixSocket>& sockets,
                                const std::vector<Process>& processes, const std::set<SocketInode>& older, pid_t self) {
  const std::set<SocketInode> xenstoreds = accepted_at(name, sockets);
  std::map<SocketInode, Way> clients;
  for (const UnixSocket& socket : sockets) {
    if (!xenstoreds.contains(socket.inode) || socket.peer == 0) continue;
    clients[socket.peer] = older.contains(socket.inode) ? Way::older_connection : Way::xenstoreds_name;
  }
  std::set<Bypass> found;
  for (const Process& process : processes) {
    if (process.pid == self || holds_any(process, xenstoreds)) continue;
    const auto add = [&](Way way) { found.insert({process.pid, process.start, process.program, way}); };
    for (const SocketInode inode : process.sockets) {
      if (const auto client = clients.find(inode); client != clients.end()) add(client->second);
    }
    if (process.holds_xenbus) add(Way::xenbus);
  }
  return {found.begin(), found.end()};
}

}  // namespace xenacm::xen
