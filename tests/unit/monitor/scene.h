// SPDX-License-Identifier: Apache-2.0
// A host to try requests on: the monitor's state, and short words for what happens to it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "enforcer/monitor/decide.h"

namespace xenacm::monitor {

[[nodiscard]] SetPolicy policy_request(std::string document);
[[nodiscard]] std::string example_policy(const std::string& file);  // of examples/policies

// "rule, rule", in the order of the reasons; empty: none.
[[nodiscard]] std::string rules(const Verdict& verdict);

class Scene {
 public:
  // Under examples/policies/mytest-security_policy.xml, enforcing.
  static Scene mytest();
  // Under a policy of this document, enforcing.
  static Scene of(std::string document);

  // Decides and, as the daemon does, applies. A fault fails the test.
  Verdict ask(const Request& request);
  // The fault's message; fails the test if there is none.
  std::string fault(const Request& request) const;

  Verdict start(unsigned domid, const std::string& name);
  // Binds the label first.
  Verdict start(unsigned domid, const std::string& name, const std::string& label);
  Verdict stop(unsigned domid);
  Verdict attach(unsigned frontend, unsigned backend, const std::string& bridge = {});

  // Running domains of a Chinese Wall type, and the conflict aggregate of it (acm.md 3.3).
  [[nodiscard]] long running(const std::string& type) const;
  [[nodiscard]] long aggregate(const std::string& type) const;

  [[nodiscard]] const State& state() const { return state_; }
  void apply(const Change& change) { state_.apply(change); }

 private:
  explicit Scene(State state) : state_(std::move(state)) {}
  State state_;
};

[[nodiscard]] Uuid uuid_of(unsigned domid);
[[nodiscard]] ResourceName name_of(std::string_view text);
// Of which nothing is known but the name.
[[nodiscard]] Resource resource(std::string_view text);
[[nodiscard]] LinkKey vif(unsigned frontend, unsigned backend, unsigned device = 0);

}  // namespace xenacm::monitor
