// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/xenstored.h"

namespace xenacm::labeltool::doctor {

namespace {

std::string text_of(const XenstoredProcess& process) {
  return (process.program == "oxenstored" ? "OCaml" : "C") + (" (pid " + std::to_string(process.pid)) + ")";
}

}  // namespace

std::string start_command(bool systemd, const std::string& service, const std::string& without_systemd) {
  return systemd ? "systemctl restart " + service : without_systemd;
}

std::string xenstored_text(const XenstoredFacts& facts) {
  std::string text;
  for (const XenstoredProcess& process : facts.processes) text += (text.empty() ? "" : ", ") + text_of(process);
  return text;
}

Findings check_xenstored(const XenstoredFacts& facts) {
  const std::vector<Step> restart{{start_command(facts.systemd, "xen", "/etc/init.d/xen restart")}};
  if (facts.processes.empty()) {
    return {{Kind::xenstored_missing, facts.socket.string(), "no xenstored runs in Domain-0", restart}};
  }
  Findings findings;
  if (facts.processes.size() > 1) {
    // Which of them serves is told by the pid file that Xen's own service keeps.
    findings.push_back({Kind::xenstored_several,
                        facts.socket.string(),
                        "several xenstoreds run: " + xenstored_text(facts),
                        {{"cat /run/xenstored.pid; kill PID-OF-THE-OTHER"}}});
  }
  if (facts.at_the_name == AtTheName::nobody) {
    findings.push_back({Kind::xenstored_silent,
                        facts.socket.string(),
                        "nobody answers there",
                        {{start_command(facts.systemd, "acm-enforcerd", "acm-enforcerd --release-socket")}}});
  }
  return findings;
}

}  // namespace xenacm::labeltool::doctor
