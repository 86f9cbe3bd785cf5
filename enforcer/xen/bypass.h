// SPDX-License-Identifier: Apache-2.0
// Who speaks to xenstored round the gate (docs/gate.md, "Round the gate"). Pure; what it is told comes from
// unix_sockets.h and processes.h.
//
// A socket that xenstored accepted carries the name that xenstored's was bound under, one that the gate accepted the
// gate's. So the peer of one with xenstored's name, unless it is the gate's own, has not come by the gate.
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace xenacm::xen {

using SocketInode = std::uint32_t;

// One end of an established connection.
struct UnixSocket {
  SocketInode inode = 0;
  SocketInode peer = 0;  // 0: it has hung up
  std::string name;      // what the end that accepted it was bound under; empty for the other end
};

struct Process {
  pid_t pid = 0;
  std::uint64_t start = 0;  // with it a pid is one process and no other
  std::string program;
  std::set<SocketInode> sockets;
  bool holds_xenbus = false;  // /dev/xen/xenbus
};

enum class Way : std::uint8_t { older_connection, xenstoreds_name, xenbus };
[[nodiscard]] std::string_view to_text(Way way);

struct Bypass {
  pid_t pid = 0;
  std::uint64_t start = 0;
  std::string program;
  Way way{};
  auto operator<=>(const Bypass&) const = default;
};

// xenconsoled's older connection: Xen's own service starts it beside xenstored, and it makes neither domains nor links.
[[nodiscard]] bool is_expected(const Bypass& one);

// The ends that xenstored accepted at `name`.
[[nodiscard]] std::set<SocketInode> accepted_at(const std::string& name, const std::vector<UnixSocket>& sockets);

// By pid and way, each once. `older` are the ends that xenstored had accepted when the gate took its place. A process
// that holds ends of xenstored's is xenstored; `self` is the gate's.
[[nodiscard]] std::vector<Bypass> find_bypass(const std::string& name, const std::vector<UnixSocket>& sockets,
                                              const std::vector<Process>& processes, const std::set<SocketInode>& older,
                                              pid_t self);

}  // namespace xenacm::xen
