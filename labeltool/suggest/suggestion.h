// SPDX-License-Identifier: Apache-2.0
// A change that would have allowed a refusal, and what else it would allow.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "policy/diff.h"

namespace xenacm::labeltool::suggest {

using policy::LabelPair;

// What a change opens, or what it closes. Ends are labels, or the one domain or resource that gets another label.
struct Effects {
  std::vector<LabelPair> sharing;   // may be linked
  std::vector<LabelPair> together;  // may run beside each other
  std::vector<LabelPair> access;    // a domain's end may use a resource's
  std::vector<std::string> starts;  // labels that may run at all
  [[nodiscard]] std::size_t size() const { return sharing.size() + together.size() + access.size() + starts.size(); }
};

struct Suggestion {
  std::string kind;                   // policy, label, stop
  std::string what;                   // "give the label AutoCorp the type A-Bank"
  std::vector<std::string> commands;  // that do it; empty: the policy's document is to be edited
  Effects also;                       // beyond what was refused
  Effects no_more;
};

// "A-Bank with AutoCorp, A-Bank using resources labelled AutoCorp (2 label pairs)"; "nothing".
[[nodiscard]] std::string effects_text(const Effects& effects);

// "1  policy: …" and what else it allows, line by line.
[[nodiscard]] std::string suggestion_text(std::size_t number, const Suggestion& suggestion);
[[nodiscard]] nlohmann::json suggestion_json(const Suggestion& suggestion);

}  // namespace xenacm::labeltool::suggest
