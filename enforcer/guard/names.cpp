// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/names.h"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "enforcer/guard/ends.h"
#include "enforcer/monitor/json.h"

namespace xenacm::guard {

using monitor::DomId;

namespace {

// What the store says of a domain: its name, and whose it is.
struct Said {
  std::string name;
  std::optional<std::string> vm;  // "/vm/UUID"
};

// Of the one that had the id before; what the present one is called is still to be written.
bool is_left_over(const Said& said, const monitor::RunningDomain& domain) {
  return said.vm && *said.vm != "/vm/" + domain.uuid.get();
}

}  // namespace

std::string name_path(DomId domid) { return home_of(domid) + "/name"; }

Names::Names(Ask ask, Known known, Alarms& alarms) : ask_(std::move(ask)), known_(std::move(known)), alarms_(alarms) {}

void Names::changed(const std::string& path) {
  const auto domid = owner_of(path);
  if (domid && path == name_path(*domid)) changed_.insert(*domid);
}

// The store is read before the ledger: a name that the gate let through is on record before it is in the store.
void Names::work(xen::Xenstore& store) {
  if (changed_.empty()) return;
  std::map<DomId, Said> names;
  for (const DomId domid : changed_) {
    // INVARIANT: whose name it is is read before the name: a domain's creation writes both at once, so the name is of
    // the one that is said, or of a later one.
    auto vm = store.read(home_of(domid) + "/vm");
    if (auto name = store.read(name_path(domid))) names[domid] = {*std::move(name), std::move(vm)};
  }
  const auto known = known_();
  if (!known) return;  // looked at again at the next work
  changed_.clear();
  std::erase_if(refused_, [&](const auto& entry) { return known->find(entry.first) == nullptr; });
  for (const auto& [domid, said] : names) {
    const std::string& name = said.name;
    const monitor::RunningDomain* domain = known->find(domid);
    const auto refused = refused_.find(domid);
    if (domain == nullptr || domain->name.get() == name || is_left_over(said, *domain)) {
      if (refused != refused_.end()) refused_.erase(refused);
      continue;
    }
    if (domid == monitor::kDomain0 || name.empty() || (refused != refused_.end() && refused->second == name)) continue;
    refused_[domid] = name;
    ask_(monitor::RenameDomain{domid, monitor::DomainName(name)},
         [this, domid, recorded = domain->name.get(), name](const monitor::Reply& reply) {
           answered(domid, recorded, name, reply);
         });
  }
}

void Names::answered(DomId domid, const std::string& recorded, const std::string& name, const monitor::Reply& reply) {
  const std::string what = "domain " + std::to_string(domid.get()) + " " + monitor::dump(recorded) + " was named " +
                           monitor::dump(name) + " round the gate";
  if (!reply || is_unavailable(*reply)) {
    spdlog::error("guard: {}, and there is no verdict: {}", what, reply ? reason_of(*reply) : reply.error().message);
    refused_.erase(domid);
    unanswered_.insert(domid);
    return;
  }
  if (reply->decision == monitor::Decision::allow) {
    refused_.erase(domid);
    return spdlog::warn("guard: {}; it may", what);
  }
  if (reply->allowed()) refused_.erase(domid);
  alarms_.raise(what + (reply->allowed() ? "; that would be refused (" : "; it keeps the recorded name (") +
                reason_of(*reply) + ")");
}

}  // namespace xenacm::guard
