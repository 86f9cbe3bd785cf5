// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <fstream>

#include "enforcer/gate/listening.h"
#include "labeltool/doctor/xenstored.h"

namespace xenacm::labeltool::doctor {

namespace {

namespace fs = std::filesystem;

std::string command_of(const fs::path& process) {
  std::ifstream file(process / "comm");
  std::string name;
  std::getline(file, name);
  return name;
}

std::vector<XenstoredProcess> find_processes(const fs::path& proc) {
  std::vector<XenstoredProcess> found;
  std::error_code ended;
  for (auto entry = fs::directory_iterator(proc, ended); !ended && entry != fs::directory_iterator();
       entry.increment(ended)) {
    const std::string name = entry->path().filename();
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || end != name.data() + name.size()) continue;
    const std::string command = command_of(entry->path());
    if (command == "xenstored" || command == "oxenstored") found.push_back({pid, command});
  }
  std::ranges::sort(found, {}, &XenstoredProcess::pid);
  return found;
}

// A gate's socket was bound under a name of its own, which it keeps when it is renamed (docs/gate.md).
AtTheName who_is_at(const fs::path& proc, const fs::path& socket) {
  const auto seen = gate::look_at(socket, std::chrono::seconds(2));
  if (!seen || !seen->answers) return AtTheName::nobody;
  if (seen->bound_as.filename() == socket.filename()) return AtTheName::xenstored;
  // Who began to listen may have died since, and left the socket to its keeper.
  return command_of(proc / std::to_string(seen->pid)) == "acm-enforcerd" ? AtTheName::gate : AtTheName::keeper;
}

}  // namespace

XenstoredFacts look_at_xenstored(const fs::path& root, const fs::path& socket) {
  return {.socket = socket,
          .processes = find_processes(root / "proc"),
          .at_the_name = who_is_at(root / "proc", socket),
          .systemd = fs::exists(root / "run/systemd/system")};
}

}  // namespace xenacm::labeltool::doctor
