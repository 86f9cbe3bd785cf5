// SPDX-License-Identifier: Apache-2.0
// Keeps the record of running domains equal to what the hypervisor has, and lets no domain run on that nobody admitted
// (docs/guard.md, "Domains"). Works on the guard's thread alone.
#pragma once

#include <expected>
#include <future>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "enforcer/guard/alarms.h"
#include "enforcer/guard/asking.h"
#include "enforcer/xen/hypervisor.h"
#include "enforcer/xen/xenstore.h"

namespace xenacm::guard {

// A toolstack waits ten seconds for the devices of a domain that is destroyed under its hands, so it is given the time
// to finish with a refused one, which is paused.
inline constexpr std::chrono::milliseconds kToolstackTime{2000};

class Domains {
 public:
  Domains(xen::Hypervisor& hypervisor, Ask ask, Known known, Alarms& alarms);

  // One look at the hypervisor: ends are told, strangers paused and asked about. `noticed`: when what caused the look
  // came. `store`: none while there is no connection; then nobody is asked about.
  [[nodiscard]] std::expected<void, std::string> look(xen::Xenstore* store, Clock::time_point noticed);

  // Asks about what is there already, and pauses nothing. The first look.
  [[nodiscard]] std::expected<void, std::string> adopt(xen::Xenstore& store);

  // Of those that were asked about an answer is to come.
  [[nodiscard]] bool awaits_verdict() const;
  // Why somebody who was asked about is not on record, and is not to run without; none: there is nobody.
  [[nodiscard]] std::optional<std::string> not_recorded() const;

  // Carries out what is due: the destruction of refused domains.
  void work(Clock::time_point now);
  // The guard ends: what is refused is destroyed now.
  void finish();
  [[nodiscard]] std::optional<Clock::time_point> due() const;

  // Those that were destroyed since it was last asked.
  [[nodiscard]] std::vector<monitor::DomId> take_destroyed() { return std::exchange(destroyed_, {}); }

  // Present as of the last look, Domain-0 included, dying ones not.
  [[nodiscard]] const std::vector<monitor::DomId>& present() const { return present_; }
  // On record as of the last look.
  [[nodiscard]] const std::set<monitor::DomId>& recorded() const { return recorded_; }
  // Refused, and about to be destroyed: its links end with it.
  [[nodiscard]] bool is_condemned(monitor::DomId domid) const;

 private:
  enum class Stage {
    unasked,
    asked,
    condemned,
    being_destroyed,
    settled,  // it may run, or is gone
  };
  struct Stranger {
    monitor::Uuid uuid;
    monitor::DomainName name;
    Clock::time_point noticed;
    Clock::time_point paused_at;
    bool predates = false;  // it was there before the guard: asked about, and never paused
    bool paused = false;    // by us
    bool let_run = false;   // permissive mode said so, but it could not be recorded: asked about again, not paused
    std::string failure{};  // what was last told of it, to be told once
    Stage stage = Stage::unasked;
    std::string refusal{};
    Clock::time_point destroy_at{};
    std::future<std::expected<void, std::string>> destruction{};
  };

  [[nodiscard]] std::expected<std::vector<xen::DomainInfo>, std::string> reconcile(
      std::vector<xen::DomainInfo>& unknown);
  [[nodiscard]] Stranger& stranger(const xen::DomainInfo& domain, Clock::time_point noticed);
  [[nodiscard]] bool is_being_built(xen::Xenstore* store, const xen::DomainInfo& domain) const;
  void hold(const xen::DomainInfo& domain, Stranger& stranger);
  void ask(xen::Xenstore& store, monitor::DomId domid, Stranger& stranger);
  void answered(monitor::DomId domid, const monitor::Uuid& uuid, const monitor::Reply& reply);
  void judged(monitor::DomId domid, Stranger& stranger, const monitor::Verdict& verdict);
  void step(monitor::DomId domid, Stranger& stranger, Clock::time_point now);
  void destroyed(monitor::DomId domid, Stranger& stranger, Clock::time_point now);
  void raise(monitor::DomId domid, const Stranger& stranger, const std::string& end, Clock::time_point now);
  void forget_the_gone(const std::vector<xen::DomainInfo>& present);
  void tell(Stranger& stranger, const std::string& failure);

  xen::Hypervisor& hypervisor_;
  Ask ask_;
  Known known_;
  Alarms& alarms_;
  std::map<monitor::DomId, Stranger> strangers_;
  std::vector<monitor::DomId> present_;
  std::vector<monitor::DomId> destroyed_;
  std::set<monitor::DomId> recorded_;
};

}  // namespace xenacm::guard
