// SPDX-License-Identifier: Apache-2.0
// A snapshot holds all that verdicts depend on.
#include "enforcer/monitor/state_json.h"

#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "tests/unit/monitor/likely_request.h"
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

using nlohmann::json;

std::string refusal_of(const json& value) {
  const auto state = state_from_json(value);
  return state ? "" : state.error();
}

json reread(const State& state) { return json::parse(to_json(state).dump()); }

TEST(StateJson, EveryStateComesBackAsItWas) {
  const SetPolicy mytest = policy_request(example_policy("mytest-security_policy.xml"));
  const bool held = rc::check("round trip", [&] {
    State state(mytest.compiled, mytest.document);
    for (int left = *rc::gen::inRange(1, 60); left > 0; --left) {
      if (const Outcome outcome = decide(state, likely_request())) state.apply(outcome->delta);
    }
    const auto back = state_from_json(reread(state));
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->policy().tables.ref == state.policy().tables.ref);
    RC_ASSERT(back->document() == state.document());
    RC_ASSERT(back->bindings() == state.bindings());
    RC_ASSERT(back->resources() == state.resources());
    RC_ASSERT(back->vif_labels() == state.vif_labels());
    RC_ASSERT(back->running() == state.running());
    RC_ASSERT(back->tickets() == state.tickets());
    RC_ASSERT(back->links() == state.links());
    RC_ASSERT(back->modes() == state.modes());
    RC_ASSERT(back->wall().running() == state.wall().running());
    RC_ASSERT(back->wall().aggregate() == state.wall().aggregate());
  });
  EXPECT_TRUE(held);
}

TEST(StateJson, WhatIsNoStateIsRefusedWithTheRowThatIsWrong) {
  const json whole = reread(Scene::mytest().state());
  EXPECT_EQ(refusal_of(whole), "");
  EXPECT_EQ(refusal_of(nullptr), "snapshot has no list of rows");
  json without_policy = whole;
  without_policy["rows"].erase(0);
  EXPECT_EQ(refusal_of(without_policy), "snapshot.rows[0] is no policy");
  json two_policies = whole;
  two_policies["rows"].push_back(whole["rows"][0]);
  EXPECT_EQ(refusal_of(two_policies), "snapshot.rows[" + std::to_string(whole["rows"].size()) + "] is a second policy");
  json unknown = whole;
  unknown["rows"].push_back({{"kind", "drop_running"}, {"domid", 0}});
  EXPECT_EQ(refusal_of(unknown),
            "snapshot.rows[" + std::to_string(whole["rows"].size()) + "] is of no known kind: drop_running");
  json lost = whole;
  for (json& row : lost["rows"]) {
    if (row["kind"] == "running") row["label"]["label"] = "Nobody";
  }
  EXPECT_EQ(refusal_of(lost), "snapshot: Domain-0's label ACM:mytest:Nobody is not in its policy");
}

}  // namespace
}  // namespace xenacm::monitor
