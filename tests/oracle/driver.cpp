// SPDX-License-Identifier: Apache-2.0
// Plays traces to the monitor and says after each event what it answered and what it has become. Reads one trace a
// line, {"document": the first policy, "bindings": [labels of domains on record], "resources": [those of resources],
// "requests": […]}, and answers each with one line, a list of as many steps and
// the first state before them. A step without "state" changed nothing.
#include <iostream>
#include <stdexcept>

#include "enforcer/monitor/request_json.h"
#include "tests/oracle/snapshot.h"

namespace {

using namespace xenacm;
using nlohmann::json;

// Of a row [name, policy, label, whether it is valid].
monitor::StoredLabel label(const json& row) { return {row[1], row[2], row[3]}; }

json play(const json& trace) {
  auto document = std::make_shared<const std::string>(trace.at("document").get<std::string>());
  auto compiled = policy::compile_document(*document);
  if (!compiled) return json::array({{{"outcome", "invalid-policy"}}});
  monitor::State state(std::make_shared<const policy::Compiled>(*std::move(compiled)), document);
  for (const json& row : trace.at("bindings")) {
    state.apply(monitor::PutBinding{monitor::DomainName(row[0].get<std::string>()), {.label = label(row)}});
  }
  for (const json& row : trace.at("resources")) {
    state.apply(monitor::PutResource{monitor::ResourceName(row[0].get<std::string>()), {.label = label(row)}});
  }
  json steps = json::array({{{"state", oracle::snapshot(state)}}});
  for (const json& asked : trace.at("requests")) {
    const auto request = monitor::request_from_json(asked);
    if (!request && asked.at("kind") != "set_policy") throw std::invalid_argument(request.error());
    json step = oracle::no_verdict("invalid-policy");
    if (request) {
      const monitor::Outcome outcome = decide(state, *request);
      step = oracle::answer(outcome);
      if (outcome && !outcome->delta.empty()) {
        state.apply(outcome->delta);
        step["state"] = oracle::snapshot(state);
      }
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) std::cout << play(json::parse(line)) << std::endl;
}
