// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/domains.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "enforcer/guard/ends.h"
#include "enforcer/guard/names.h"
#include "enforcer/guard/reconcile.h"
#include "enforcer/monitor/json.h"

namespace xenacm::guard {

using monitor::DomId;

namespace {

constexpr std::chrono::milliseconds kPoll{20};  // while a destruction is under way
constexpr std::chrono::seconds kAgain{1};       // after one that failed

// Quoted, for a guest may have chosen the name.
std::string text_of(DomId domid, const monitor::DomainName& name) {
  return "domain " + std::to_string(domid.get()) + " " + monitor::dump(name.get());
}

std::string name_in(xen::Xenstore& store, DomId domid) { return store.read(name_path(domid)).value_or(""); }

}  // namespace

Domains::Domains(xen::Hypervisor& hypervisor, Ask ask, Known known, Alarms& alarms)
    : hypervisor_(hypervisor), ask_(std::move(ask)), known_(std::move(known)), alarms_(alarms) {}

// The hypervisor is asked before the ledger: a domain that was admitted between the two is no stranger. What the ledger
// has and the hypervisor had not is asked for once more, for the same reason the other way round.
std::expected<std::vector<xen::DomainInfo>, std::string> Domains::reconcile(std::vector<xen::DomainInfo>& unknown) {
  auto present = hypervisor_.domains();
  if (!present) return present;
  const auto known = known_();
  if (!known) return std::unexpected("the ledger cannot be read");
  recorded_.clear();
  for (const monitor::RunningDomain& domain : known->domains) recorded_.insert(domain.domid);
  unknown = strangers(*present, known->domains);
  if (!stopped(known->domains, *present).empty()) {
    present = hypervisor_.domains();
    if (!present) return present;
    for (const monitor::RunningDomain& domain : stopped(known->domains, *present)) {
      ask_(monitor::StopDomain{.domid = domain.domid, .uuid = domain.uuid}, [](const monitor::Reply& reply) {
        if (!reply) spdlog::error("guard: {}", reply.error().message);
      });
    }
  }
  present_.clear();
  for (const xen::DomainInfo& domain : *present) {
    if (!domain.dying()) present_.push_back(domain.domid);
  }
  return present;
}

std::expected<void, std::string> Domains::adopt(xen::Xenstore& store) {
  std::vector<xen::DomainInfo> unknown;
  const auto present = reconcile(unknown);
  if (!present) return std::unexpected(present.error());
  for (const xen::DomainInfo& domain : unknown) {
    if (is_being_built(&store, domain)) continue;
    Stranger& found = stranger(domain, Clock::now());
    found.predates = true;
    ask(store, domain.domid, found);
  }
  return {};
}

bool Domains::awaits_verdict() const {
  return std::ranges::any_of(strangers_, [](const auto& entry) { return entry.second.stage == Stage::asked; });
}

std::optional<std::string> Domains::not_recorded() const {
  const auto found = std::ranges::find_if(strangers_, [](const auto& entry) {
    const Stranger& stranger = entry.second;
    return stranger.stage == Stage::unasked && !stranger.failure.empty() && !stranger.let_run;
  });
  if (found == strangers_.end()) return std::nullopt;
  return found->second.failure;
}

std::expected<void, std::string> Domains::look(xen::Xenstore* store, Clock::time_point noticed) {
  std::vector<xen::DomainInfo> unknown;
  const auto present = reconcile(unknown);
  if (!present) return std::unexpected(present.error());
  forget_the_gone(*present);
  // Somebody else may take our pause back.
  for (const xen::DomainInfo& domain : *present) {
    if (is_condemned(domain.domid) && !domain.paused() && !domain.dying()) {
      strangers_.at(domain.domid).paused = false;
      hold(domain, strangers_.at(domain.domid));
    }
  }
  std::vector<DomId> held;
  for (const xen::DomainInfo& domain : unknown) {
    if (is_being_built(store, domain)) continue;
    hold(domain, stranger(domain, noticed));
    held.push_back(domain.domid);
  }
  if (store != nullptr) {
    for (const DomId domid : held) ask(*store, domid, strangers_.at(domid));
  }
  return {};
}

// By its toolstack, which keeps it paused, perhaps by way of the gate. Whom we pause ourselves is not.
bool Domains::is_being_built(xen::Xenstore* store, const xen::DomainInfo& domain) const {
  const auto found = strangers_.find(domain.domid);
  if (found != strangers_.end() && found->second.uuid == domain.uuid) return false;
  return domain.paused() && (store == nullptr || !store->is_introduced(domain.domid));
}

Domains::Stranger& Domains::stranger(const xen::DomainInfo& domain, Clock::time_point noticed) {
  const auto found = strangers_.find(domain.domid);
  if (found != strangers_.end() && found->second.uuid == domain.uuid) return found->second;
  return strangers_
      .insert_or_assign(domain.domid,
                        Stranger{.uuid = domain.uuid, .name = {}, .noticed = noticed, .paused_at = noticed})
      .first->second;
}

void Domains::hold(const xen::DomainInfo& domain, Stranger& stranger) {
  if (stranger.predates || stranger.paused || stranger.let_run || stranger.stage == Stage::settled) return;
  if (auto paused = hypervisor_.pause(domain.domid); !paused) return tell(stranger, paused.error());
  stranger.paused = true;
  stranger.paused_at = Clock::now();
}

void Domains::ask(xen::Xenstore& store, DomId domid, Stranger& stranger) {
  if (stranger.stage != Stage::unasked) return;
  // Without a directory in the store its toolstack, or the store itself, is not there yet; it stays paused until then.
  if (!store.read(home_of(domid))) return;
  stranger.stage = Stage::asked;
  stranger.name = monitor::DomainName(name_in(store, domid));
  ask_(monitor::AdoptDomain{domid, stranger.uuid, stranger.name, !stranger.predates},
       [this, domid, uuid = stranger.uuid](const monitor::Reply& reply) { answered(domid, uuid, reply); });
}

void Domains::answered(DomId domid, const monitor::Uuid& uuid, const monitor::Reply& reply) {
  const auto found = strangers_.find(domid);
  if (found == strangers_.end() || found->second.uuid != uuid) return;
  Stranger& stranger = found->second;
  if (!reply) {
    stranger.stage = Stage::unasked;
    return tell(stranger, reply.error().message);
  }
  judged(domid, stranger, *reply);
  step(domid, stranger, Clock::now());
}

void Domains::judged(DomId domid, Stranger& stranger, const monitor::Verdict& verdict) {
  const std::string who = text_of(domid, stranger.name);
  const long pause = ms_between(stranger.noticed, stranger.paused_at);
  if (is_unavailable(verdict)) {
    stranger.let_run = verdict.allowed();
    stranger.stage = verdict.allowed() ? Stage::settled : Stage::unasked;
    return tell(stranger, who + " was not admitted, and " + reason_of(verdict));
  }
  stranger.let_run = false;
  if (!verdict.allowed()) {
    stranger.stage = Stage::condemned;
    stranger.refusal = reason_of(verdict);
    stranger.destroy_at = stranger.paused_at + kToolstackTime;
    return;
  }
  stranger.stage = Stage::settled;
  if (!stranger.paused) return spdlog::warn("guard: {} runs, but no verdict admitted it", who);
  if (verdict.decision == monitor::Decision::would_deny) {
    return alarms_.raise(who + " came round the gate and would be refused (" + reason_of(verdict) + "); it runs");
  }
  spdlog::warn("guard: {} runs, but no verdict admitted it; it may, and was paused {} ms after it was noticed", who,
               pause);
}

void Domains::work(Clock::time_point now) {
  for (auto& [domid, stranger] : strangers_) step(domid, stranger, now);
  std::erase_if(strangers_, [](const auto& entry) {
    const Stranger& stranger = entry.second;
    return stranger.stage == Stage::settled && !stranger.paused && !stranger.let_run;
  });
}

void Domains::step(DomId domid, Stranger& stranger, Clock::time_point now) {
  if (stranger.stage == Stage::settled && stranger.paused) {
    if (auto unpaused = hypervisor_.unpause(domid); !unpaused) return tell(stranger, unpaused.error());
    stranger.paused = false;
  }
  if (stranger.stage == Stage::settled && stranger.let_run) stranger.stage = Stage::unasked;
  if (stranger.stage == Stage::condemned && now >= stranger.destroy_at) {
    stranger.stage = Stage::being_destroyed;
    // On a thread of its own: for a large domain it takes long, and others may appear.
    stranger.destruction =
        std::async(std::launch::async, [hypervisor = &hypervisor_, domid] { return hypervisor->destroy(domid); });
  }
  if (stranger.stage == Stage::being_destroyed) destroyed(domid, stranger, now);
}

void Domains::destroyed(DomId domid, Stranger& stranger, Clock::time_point now) {
  if (!stranger.destruction.valid() ||
      stranger.destruction.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    return;
  }
  const auto result = stranger.destruction.get();
  if (!result) {
    stranger.stage = Stage::condemned;
    stranger.destroy_at = now + kAgain;
    return tell(stranger, result.error());
  }
  stranger.stage = Stage::settled;  // nothing more is to be done about it
  stranger.paused = false;
  destroyed_.push_back(domid);
  raise(domid, stranger, "destroyed", now);
}

void Domains::raise(DomId domid, const Stranger& stranger, const std::string& end, Clock::time_point now) {
  alarms_.raise(text_of(domid, stranger.name) + " came round the gate and was refused (" + stranger.refusal +
                "): paused " + std::to_string(ms_between(stranger.noticed, stranger.paused_at)) +
                " ms after it was noticed, " + end + " after " + std::to_string(ms_between(stranger.noticed, now)) +
                " ms");
}

void Domains::finish() {
  for (auto& [domid, stranger] : strangers_) {
    if (stranger.stage == Stage::condemned) {
      const auto result = hypervisor_.destroy(domid);
      if (!result) tell(stranger, result.error());
      if (!result) continue;
      destroyed_.push_back(domid);
      raise(domid, stranger, "destroyed", Clock::now());
    } else if (stranger.paused && stranger.stage != Stage::being_destroyed) {
      spdlog::warn("guard: {} stays paused: there is no verdict on it yet", text_of(domid, stranger.name));
    }
  }
}

std::optional<Clock::time_point> Domains::due() const {
  std::optional<Clock::time_point> due;
  for (const auto& [domid, stranger] : strangers_) {
    if (stranger.stage != Stage::condemned && stranger.stage != Stage::being_destroyed) continue;
    const auto at = stranger.stage == Stage::condemned ? stranger.destroy_at : Clock::now() + kPoll;
    if (!due || at < *due) due = at;
  }
  return due;
}

bool Domains::is_condemned(DomId domid) const {
  const auto found = strangers_.find(domid);
  if (found == strangers_.end()) return false;
  return found->second.stage == Stage::condemned || found->second.stage == Stage::being_destroyed;
}

void Domains::forget_the_gone(const std::vector<xen::DomainInfo>& present) {
  std::erase_if(strangers_, [&](const auto& entry) {
    const auto& [domid, stranger] = entry;
    if (stranger.stage == Stage::being_destroyed) return false;  // told once it is done
    const bool here = std::ranges::any_of(present, [&](const xen::DomainInfo& domain) {
      return domain.domid == entry.first && domain.uuid == entry.second.uuid && !domain.dying();
    });
    if (!here && stranger.stage == Stage::condemned) raise(domid, stranger, "gone by itself", Clock::now());
    return !here;
  });
}

void Domains::tell(Stranger& stranger, const std::string& failure) {
  if (stranger.failure == failure) return;
  spdlog::error("guard: {}", failure);
  stranger.failure = failure;
}

}  // namespace xenacm::guard
