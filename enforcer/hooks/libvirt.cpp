// SPDX-License-Identifier: Apache-2.0
// acm-hook libvirt-libxl GUEST OPERATION SUBOPERATION EXTRA, as libvirt calls /etc/libvirt/hooks/libxl. It must not ask
// libvirt anything, which waits for it.
#include "enforcer/hooks/hooks.h"
#include "enforcer/hooks/input.h"
#include "enforcer/hooks/libvirt_domain.h"

namespace xenacm::hooks {

namespace {

using nlohmann::json;

// The process that asks ends at once, and the one that starts the domain is libvirtd, which does not: time alone ends
// the ticket.
Outcome ask_start(const Daemon& daemon, const json& domain) {
  return daemon.ask_start({{"domain", domain}, {"holder", nullptr}});
}

// "prepare" has asked, unless this hook was not in place yet.
Outcome ask_unless_asked(const Daemon& daemon, const json& domain, const Daemon::Identity& identity) {
  const auto tickets = daemon.tickets_of(identity);
  if (!tickets) return tickets.error();
  return tickets->empty() ? ask_start(daemon, domain) : Outcome{};
}

// What has happened already is not undone by a failure of its hook.
Outcome report(Outcome outcome) {
  outcome.status = Status::allowed;
  return outcome;
}

}  // namespace

Outcome libvirt_domain_hook(const Settings& settings, const std::vector<std::string>& words) {
  if (words.size() < 2) return no_verdict("libvirt's words are GUEST OPERATION SUBOPERATION EXTRA");
  const std::string& operation = words[1];
  const bool asks = operation == "prepare" || operation == "start" || operation == "migrate";
  const bool over = operation == "stopped" || operation == "release";
  if (!asks && !over && operation != "reconnect") return {};
  const auto xml = read_standard_input();
  const auto domain = xml ? describe_libvirt_domain(*xml) : std::unexpected(xml.error());
  if (!domain) return asks ? no_verdict(domain.error()) : report(no_verdict(domain.error()));
  const Daemon daemon(settings, "libvirt");
  const Daemon::Identity identity{domain->value("name", ""), domain->value("uuid", "")};
  if (over) return report(daemon.give_back_tickets_of(identity));
  if (operation == "reconnect") return report(daemon.check_running(identity));
  // Of "migrate" libvirt takes what is on standard output for the domain's new XML, and nothing for no change.
  return operation == "start" ? ask_unless_asked(daemon, *domain, identity) : ask_start(daemon, *domain);
}

}  // namespace xenacm::hooks
