// SPDX-License-Identifier: Apache-2.0
// Which xenstored this host has, and who listens where.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "labeltool/doctor/finding.h"

namespace xenacm::labeltool::doctor {

struct XenstoredProcess {
  pid_t pid = 0;
  std::string program;  // "xenstored" (C) or "oxenstored" (OCaml)
};

// Who is at the name that toolstacks connect to.
enum class AtTheName : std::uint8_t { nobody, xenstored, gate, keeper };

struct XenstoredFacts {
  std::filesystem::path socket;
  std::vector<XenstoredProcess> processes = {};
  AtTheName at_the_name = AtTheName::nobody;
  bool systemd = false;
};

[[nodiscard]] Findings check_xenstored(const XenstoredFacts& facts);
// "C (pid 97)"; empty: there is none.
[[nodiscard]] std::string xenstored_text(const XenstoredFacts& facts);

[[nodiscard]] XenstoredFacts look_at_xenstored(const std::filesystem::path& root, const std::filesystem::path& socket);

// The command that makes a service start, on this kind of host.
[[nodiscard]] std::string start_command(bool systemd, const std::string& service, const std::string& without_systemd);

}  // namespace xenacm::labeltool::doctor
