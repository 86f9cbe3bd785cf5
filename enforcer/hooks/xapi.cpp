// SPDX-License-Identifier: Apache-2.0
// acm-hook xapi HOOK -vmuuid UUID -reason REASON, as XAPI calls what is in /etc/xapi.d/HOOK.
//
// Of its hooks vm-pre-start alone comes before a domain is made on this host, also before a reboot. It tells the uuid
// and no more: neither name nor devices.
#include <algorithm>

#include "enforcer/hooks/hooks.h"

namespace xenacm::hooks {

Outcome xapi_hook(const Settings& settings, const std::vector<std::string>& words) {
  const auto named = std::ranges::find(words, "-vmuuid");
  if (words.empty() || named == words.end() || named + 1 == words.end()) {
    return no_verdict("XAPI's words are HOOK -vmuuid UUID -reason REASON");
  }
  const std::string& hook = words.front();
  const std::string& uuid = *(named + 1);
  const Daemon daemon(settings, "xapi");
  if (hook == "vm-pre-start") return daemon.ask_start({{"domain", {{"uuid", uuid}}}, {"holder", nullptr}});
  if (hook != "vm-post-destroy") return {};
  Outcome outcome = daemon.give_back_tickets_of({"", uuid});
  outcome.status = Status::allowed;  // it is gone, whatever is said here
  return outcome;
}

}  // namespace xenacm::hooks
