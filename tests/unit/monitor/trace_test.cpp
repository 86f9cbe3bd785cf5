// SPDX-License-Identifier: Apache-2.0
// What holds after any sequence of requests (G1-G3 of docs/architecture.md).
#include <rapidcheck.h>

#include <algorithm>

#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

const std::vector<std::string> kMixedLabels{
    "A-Bank", "A-Bank.SecurityUnderwriting", "A-Bank.MarketAnalysis", "B-Bank", "AutoCorp", "SystemManagement",
    "Nobody"};

// A request about one of six domains, one in ten of them nonsense.
Request random_request() {
  const auto domid = DomId(*rc::gen::inRange<std::uint16_t>(0, 7));
  const auto other = DomId(*rc::gen::inRange<std::uint16_t>(0, 7));
  const DomainName name("d" + std::to_string(domid.get()));
  const Uuid uuid = uuid_of(domid.get());
  switch (*rc::gen::inRange(0, 12)) {
    case 0:
    case 1:
      return StartDomain{.domid = domid, .uuid = uuid, .name = name};
    case 2:
      return StopDomain{.domid = domid, .uuid = uuid};
    case 3:
      return AttachLink{{"vif", domid, other, 0}, {}, {}};
    case 4:
      return DetachLink{{"vif", domid, other, 0}};
    case 5:
      return LabelDomain{name, {}, *rc::gen::elementOf(kMixedLabels), {}};
    case 6:
      return UnlabelDomain{name};
    case 7:
      return LabelDomain{DomainName("Domain-0"), {}, *rc::gen::elementOf(kMixedLabels), {}};
    case 8:
      return ReserveStart{"t" + std::to_string(other.get()), {.uuid = uuid, .name = name}};
    case 9:
      return ReserveStart{"t" + std::to_string(other.get()), {.uuid = nil_uuid(), .name = name}};
    case 10:
      return LapseTicket{"t" + std::to_string(other.get())};
    default:
      return LabelResource{resource("bridge:b@d1"), *rc::gen::elementOf(kMixedLabels), {}};
  }
}

void counts_equal_a_recount(const State& state) {
  ChineseWall recount(state.tables());
  for (const auto& [domid, domain] : state.running()) recount.add(state.tables(), *state.row_of(domain.label));
  for (const auto& [id, ticket] : state.tickets()) recount.add(state.tables(), *state.row_of(ticket.label));
  RC_ASSERT(recount.running() == state.wall().running());
  RC_ASSERT(recount.aggregate() == state.wall().aggregate());
}

void no_two_types_of_a_conflict_set_run(const State& state) {
  const policy::Tables& tables = state.tables();
  for (std::size_t set = 0; set < tables.conflicts.rows(); ++set) {
    int running = 0;
    policy::for_each_bit(tables.conflicts.row(set),
                         [&](std::size_t type) { running += state.wall().running()[type] > 0; });
    RC_ASSERT(running <= 1);
  }
}

void no_domain_has_two_tickets(const State& state) {
  for (const auto& [id, ticket] : state.tickets()) {
    RC_ASSERT(std::ranges::count_if(state.tickets(),
                                    [&](const auto& other) { return other.second.name == ticket.name; }) == 1);
  }
}

void every_domain_is_authorised(const State& state) {
  for (const auto& [domid, domain] : state.running()) {
    RC_ASSERT(policy::authorized(state.tables(), *state.row_of(domain.label), state.domain0_row()));
  }
}

void every_link_joins_domains_that_share_a_type(const State& state) {
  for (const auto& [key, link] : state.links()) {
    const RunningDomain* frontend = state.find_running(key.frontend);
    const RunningDomain* backend = state.find_running(key.backend);
    RC_ASSERT(frontend != nullptr && backend != nullptr);
    RC_ASSERT(policy::share(state.tables(), *state.row_of(frontend->label), *state.row_of(backend->label)));
  }
}

TEST(Trace, TheGuaranteesHoldAfterEveryRequestOfAnyTrace) {
  const std::string document = example_policy("mytest-security_policy.xml");
  const SetPolicy set = policy_request(document);
  const bool held = rc::check("guarantees", [&] {
    State state(set.compiled, set.document);
    state.apply(PutMode{"", Mode::enforcing});
    const int length = *rc::gen::inRange(1, 60);
    for (int i = 0; i < length; ++i) {
      const Outcome outcome = decide(state, random_request());
      if (!outcome) continue;
      if (!outcome->verdict.allowed()) RC_ASSERT(outcome->delta.empty());
      state.apply(outcome->delta);
      counts_equal_a_recount(state);
      no_two_types_of_a_conflict_set_run(state);
      no_domain_has_two_tickets(state);
      every_domain_is_authorised(state);
      every_link_joins_domains_that_share_a_type(state);
    }
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace xenacm::monitor
