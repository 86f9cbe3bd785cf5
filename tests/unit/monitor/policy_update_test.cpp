// SPDX-License-Identifier: Apache-2.0
// What holds for any update of any policy, whatever runs (acm.md 4.1, docs/policy-change.md)
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "policy/lineage.h"
#include "tests/unit/monitor/random_policy.h"
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

using Names = std::map<std::string, std::string>;
using Offences = std::set<std::tuple<Rule, std::string, std::string>>;  // rule, who, by what

const std::string kDomain0Label = "SystemManagement";
constexpr unsigned kDomains = 6;
constexpr unsigned kFiles = 4;

std::string domain_name(unsigned domid) { return "d" + std::to_string(domid); }
std::string file_name(unsigned number) { return "file:/r" + std::to_string(number); }

template <class Labels>
std::string any_of(Chance& chance, const Labels& labels) {
  if (labels.empty()) return "nothing";
  return std::next(labels.begin(), static_cast<std::ptrdiff_t>(below(chance, labels.size())))->first;
}

Request any_request(Chance& chance, const RandomPolicy& policy) {
  const auto domid = static_cast<unsigned>(1 + below(chance, kDomains));
  const auto other = static_cast<unsigned>(1 + below(chance, kDomains));
  const DomainName name(domain_name(domid));
  switch (below(chance, 9)) {
    case 0:
    case 1:
      return LabelDomain{name, {}, any_of(chance, policy.vm), {}};
    case 2:
    case 3:
      return StartDomain{.domid = DomId(static_cast<std::uint16_t>(domid)), .uuid = uuid_of(domid), .name = name};
    case 4:
      return LabelResource{resource(file_name(other % kFiles)), any_of(chance, policy.resources), {}};
    case 5:
      return LabelVif{{name, 0}, any_of(chance, policy.resources), {}};
    case 6:
      return ReserveStart{"t" + std::to_string(domid), {.uuid = uuid_of(domid), .name = name}};
    case 7:
      return AttachLink{{"vbd", DomId(static_cast<std::uint16_t>(domid)), kDomain0, other},
                        {},
                        {resource(file_name(other % kFiles))}};
    default:
      return AttachLink{vif(domid, other), {}, {}};
  }
}

Scene busy_host(Chance& chance, const RandomPolicy& policy) {
  Scene host = Scene::of(*policy.request().document);
  for (unsigned i = 0; i < 60; ++i) {
    const Outcome outcome = decide(host.state(), any_request(chance, policy));
    if (!outcome) continue;
    for (const Change& change : outcome->delta) host.apply(change);
  }
  return host;
}

std::string next_name(const Names& names, const std::string& label) {
  const auto found = names.find(label);
  return found == names.end() ? "" : found->second;
}

bool meet(const std::set<std::string>& types, const std::set<std::string>& others) {
  return std::ranges::any_of(others, [&](const std::string& type) { return types.contains(type); });
}

// What the update would leave that its rules refuse, told from the policies alone.
class Judge {
 public:
  Judge(const State& state, const RandomPolicy& before, const RandomPolicy& next)
      : state_(state), next_(next), vm_(heirs(before.vm, next.vm)), files_(heirs(before.resources, next.resources)) {}

  [[nodiscard]] Offences offences() {
    for (const auto& [domid, domain] : state_.running()) {
      if (domid != kDomain0) judge(domain);
    }
    for (const auto& [key, link] : state_.links()) judge(link);
    return found_;
  }

 private:
  // None: the label is lost.
  [[nodiscard]] const RandomPolicy::VmLabel* label_of(const RunningDomain& domain) const {
    const auto label = next_.vm.find(next_name(vm_, domain.label.label));
    return label == next_.vm.end() ? nullptr : &label->second;
  }

  void judge(const RunningDomain& domain) {
    const std::string& name = domain.name.get();
    const auto* label = label_of(domain);
    if (label == nullptr) {
      found_.emplace(Rule::label, name, "");
      return;
    }
    if (!std::ranges::includes(next_.dom0, label->ste)) found_.emplace(Rule::authorization, name, "Domain-0");
    for (const auto& [domid, earlier] : state_.running()) {
      if (domid >= domain.domid) break;
      if (domid == kDomain0) continue;
      const auto* other = label_of(earlier);
      if (other == nullptr || other->chw == label->chw) continue;
      for (std::size_t set = 0; set < next_.conflicts.size(); ++set) {
        if (next_.conflicts[set].contains(label->chw) && next_.conflicts[set].contains(other->chw)) {
          found_.emplace(Rule::chinese_wall, name, "c" + std::to_string(set));
        }
      }
    }
  }

  void judge(const Link& link) {
    const RunningDomain& front = state_.running().at(link.key.frontend);
    const auto* label = label_of(front);
    for (const Resource& used : link.resources) {
      const auto& stored = state_.resources().at(used.name).label;
      const auto resource = next_.resources.find(next_name(files_, stored.label));
      const bool lost = resource == next_.resources.end();
      if (lost || (label != nullptr && !label->ste.contains(resource->second.ste))) {
        found_.emplace(Rule::resource, front.name.get(), used.name.get());
      }
    }
    const RunningDomain& backend = state_.running().at(link.key.backend);
    const auto* back = label_of(backend);
    const bool is_known = link.key.backend == kDomain0 || back != nullptr;
    if (label != nullptr && is_known && !meet(label->ste, back == nullptr ? next_.dom0 : back->ste)) {
      found_.emplace(Rule::ste, front.name.get(), backend.name.get());
    }
    // The label of the vif itself.
    if (link.key.device_class != "vif") return;
    const VifName vif{front.name, link.key.device};
    const auto own = state_.vif_labels().find(vif);
    if (own == state_.vif_labels().end()) return;
    const auto resource = next_.resources.find(next_name(files_, own->second.label));
    const bool lost = resource == next_.resources.end();
    if (lost || (label != nullptr && !label->ste.contains(resource->second.ste))) {
      found_.emplace(Rule::resource, front.name.get(), vif.text());
    }
  }

  const State& state_;
  const RandomPolicy& next_;
  Names vm_;
  Names files_;
  Offences found_;
};

Offences named_in(const std::vector<Reason>& reasons) {
  Offences offences;
  for (const Reason& reason : reasons) {
    offences.emplace(reason.rule, reason.subject.name,
                     reason.rule == Rule::chinese_wall ? reason.conflict_set : reason.object.name);
  }
  return offences;
}

void no_label_without_its_heir(const StoredLabel& before, const StoredLabel& after, const Names& names,
                               const std::string& next_policy) {
  const std::string heir = before.label == kDomain0Label ? kDomain0Label : next_name(names, before.label);
  if (heir.empty()) {
    RC_ASSERT(after == (StoredLabel{before.policy, before.label, false}));
  } else {
    RC_ASSERT(after == (StoredLabel{next_policy, heir}));
  }
}

void labels_follow(const State& before, const State& after, const Names& vm, const Names& resources) {
  const std::string& next = after.tables().ref.name;
  for (const auto& [domid, domain] : before.running())
    no_label_without_its_heir(domain.label, after.running().at(domid).label, vm, next);
  for (const auto& [name, binding] : before.bindings())
    no_label_without_its_heir(binding.label, after.bindings().at(name).label, vm, next);
  for (const auto& [name, entry] : before.resources())
    no_label_without_its_heir(entry.label, after.resources().at(name).label, resources, next);
  for (const auto& [name, label] : before.vif_labels())
    no_label_without_its_heir(label, after.vif_labels().at(name), resources, next);
}

// Everything starts anew on a host that has known the policy from the beginning.
void would_all_be_admitted(const State& running, const SetPolicy& policy) {
  State fresh(policy.compiled, policy.document);
  fresh.apply(PutMode{"", Mode::enforcing});
  fresh.apply(PutRunning{running.domain0()});
  for (const auto& [name, entry] : running.resources()) fresh.apply(PutResource{name, entry});
  for (const auto& [vif, label] : running.vif_labels()) fresh.apply(PutVifLabel{vif, label});
  const auto admit = [&](const Request& request) {
    const Outcome outcome = decide(fresh, request);
    RC_ASSERT(outcome.has_value());
    RC_ASSERT(outcome->verdict.decision == Decision::allow);
    fresh.apply(outcome->delta);
  };
  for (const auto& [domid, domain] : running.running()) {
    if (domid == kDomain0) continue;
    fresh.apply(PutBinding{domain.name, {domain.label, {}}});
    admit(StartDomain{.domid = domid, .uuid = domain.uuid, .name = domain.name});
  }
  for (const auto& [key, link] : running.links()) admit(AttachLink{key, link.network, link.resources});
  RC_ASSERT(fresh.wall().running() == running.wall().running());
  RC_ASSERT(fresh.wall().aggregate() == running.wall().aggregate());
}

// Back again: what lost its meaning stays without, and every other label is called what it was.
void goes_back(const State& first, const State& updated, const SetPolicy& old, const SetPolicy& next) {
  const std::array<policy::Reign, 2> reigns{{{old.compiled->tables.ref.digest, &old.compiled->policy},
                                             {next.compiled->tables.ref.digest, &next.compiled->policy}}};
  SetPolicy back = old;
  back.back = {next.compiled->tables.ref.digest, policy::lineage_back(reigns, 0)};
  const Outcome outcome = decide(updated, back);
  RC_ASSERT(outcome.has_value());
  // What ran under it before may run under it again.
  RC_ASSERT(outcome->verdict.decision == Decision::allow);
  State again = updated;
  again.apply(outcome->delta);
  const auto came_back = [](const StoredLabel& then, const StoredLabel& lost, const StoredLabel& now) {
    RC_ASSERT(now == (lost.valid ? then : lost));
  };
  for (const auto& [domid, domain] : first.running()) RC_ASSERT(again.running().at(domid).label == domain.label);
  for (const auto& [name, binding] : first.bindings())
    came_back(binding.label, updated.bindings().at(name).label, again.bindings().at(name).label);
  for (const auto& [name, entry] : first.resources())
    came_back(entry.label, updated.resources().at(name).label, again.resources().at(name).label);
  for (const auto& [vif, label] : first.vif_labels())
    came_back(label, updated.vif_labels().at(vif), again.vif_labels().at(vif));
}

TEST(PolicyUpdate, IsRefusedForAllThatItWouldForbidAndElseLeavesNothingForbidden) {
  int accepted = 0;
  int refused = 0;
  const bool held = rc::check("updates", [&] {
    Chance chance(*rc::gen::arbitrary<std::uint32_t>());
    const RandomPolicy old = RandomPolicy::any(chance);
    const RandomPolicy next = old.update(chance);
    const Scene host = busy_host(chance, old);
    const State& before = host.state();
    const SetPolicy request = next.request();
    const Offences expected = Judge(before, old, next).offences();

    const Outcome outcome = decide(before, request);
    RC_ASSERT(outcome.has_value());
    RC_ASSERT(named_in(outcome->verdict.reasons) == expected);
    if (!expected.empty()) {
      ++refused;
      RC_ASSERT(outcome->verdict.decision == Decision::deny);
      RC_ASSERT(outcome->delta.empty());
      return;
    }
    ++accepted;
    State after = before;
    after.apply(outcome->delta);
    RC_ASSERT(after.tickets().empty());
    labels_follow(before, after, heirs(old.vm, next.vm), heirs(old.resources, next.resources));
    would_all_be_admitted(after, request);
    goes_back(before, after, old.request(), request);
  });
  EXPECT_TRUE(held);
  EXPECT_GT(accepted, 10) << "of 100";
  EXPECT_GT(refused, 10) << "of 100";
}

TEST(PolicyUpdate, AResetTakesAllLabelsAndIsRefusedForEveryDomainThatRuns) {
  const bool held = rc::check("resets", [] {
    Chance chance(*rc::gen::arbitrary<std::uint32_t>());
    const RandomPolicy old = RandomPolicy::any(chance);
    Scene host = busy_host(chance, old);
    const Outcome refused = decide(host.state(), ResetPolicy{});
    Offences expected;
    for (const auto& [domid, domain] : host.state().running()) {
      if (domid != kDomain0) expected.emplace(Rule::label, domain.name.get(), "");
    }
    Offences labels;
    for (const auto& offence : named_in(refused->verdict.reasons)) {
      if (std::get<Rule>(offence) == Rule::label) labels.insert(offence);
    }
    RC_ASSERT(labels == expected);
    for (unsigned domid = 1; domid <= kDomains; ++domid) host.stop(domid);
    const State before = host.state();
    RC_ASSERT(host.ask(ResetPolicy{}).decision == Decision::allow);
    const State& after = host.state();
    RC_ASSERT(after.domain0().label.text() == "ACM:DEFAULT:SystemManagement");
    RC_ASSERT(after.tickets().empty());
    for (const auto& [name, binding] : after.bindings()) RC_ASSERT(!binding.label.valid);
    for (const auto& [name, entry] : after.resources()) RC_ASSERT(!entry.label.valid);
    for (const auto& [vif, label] : after.vif_labels()) RC_ASSERT(!label.valid);
    // And the policy that comes again finds its labels as they are.
    RC_ASSERT(host.ask(old.request()).decision == Decision::allow);
    for (const auto& [name, binding] : host.state().bindings()) RC_ASSERT(binding == after.bindings().at(name));
    for (const auto& [name, entry] : host.state().resources()) RC_ASSERT(entry == after.resources().at(name));
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace xenacm::monitor
