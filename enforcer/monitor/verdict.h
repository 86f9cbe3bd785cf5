// SPDX-License-Identifier: Apache-2.0
// What the monitor answers, and why (decisions.md, "Refusals say why").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "enforcer/monitor/request.h"
#include "policy/tables.h"

namespace xenacm::monitor {

enum class Decision {
  allow,
  deny,
  would_deny,  // permissive mode: allowed, although the policy refuses it
};

enum class Rule {
  label,          // a label is missing, unknown, or of another policy
  authorization,  // Domain-0's label does not cover the domain's
  chinese_wall,   // a conflict set's other type runs
  ste,            // two domains share no type
  resource,       // a disk, bridge or PCI device refuses
  integrity,      // what is asked contradicts what is recorded
  unavailable,    // no verdict could be made durable
};

[[nodiscard]] std::string_view to_text(Decision decision);  // "allow", "deny", "would-deny"
[[nodiscard]] std::string_view to_text(Rule rule);          // "label", "chinese-wall", …
[[nodiscard]] std::string_view to_text(Mode mode);          // "enforcing", "permissive"

// A domain or resource in a verdict.
struct Party {
  std::string name;
  std::string label;               // empty: none
  std::vector<std::string> types;  // STE types, or Chinese Wall types where the rule is chinese_wall
  unsigned line = 0;               // of the label in the policy document; 0: none
};

// For a Chinese Wall refusal: a running type of the conflict set and the domains that hold it.
struct Holder {
  std::string type;
  std::vector<std::string> domains;  // "nicdom (A-Bank)"
};

struct Reason {
  Rule rule = Rule::label;
  std::string message;  // one line; the manual's words where it has them (acm.md 5)
  Party subject;
  Party object;                    // name is empty where there is none
  std::vector<std::string> types;  // missing (authorization) or in conflict (chinese_wall)
  std::string conflict_set;        // name of the set, empty unless chinese_wall
  std::vector<std::string> conflict_types;
  unsigned conflict_line = 0;
  std::vector<Holder> holders;
  std::string remedy;  // what would allow it
  std::string device;  // which of a starting domain's it is about: "disk 0", "vif 1", "pci 0"; empty: the domain itself
};

struct Verdict {
  Decision decision = Decision::allow;
  std::vector<Reason> reasons;  // in the order of the checks; empty if nothing spoke against it
  policy::PolicyRef policy;
  Mode mode = Mode::enforcing;
  bool changed = false;  // something was reserved that was not there before, to be given back if it comes to nothing

  [[nodiscard]] bool allowed() const { return decision != Decision::deny; }
};

enum class FaultCode {
  invalid,    // the request makes no sense as it stands
  not_found,  // it names something that is not there
  conflict,   // it contradicts the present state: already labelled, in use
  refused_version,
};

// A request that could not be decided, as opposed to one that was denied. Nothing changed.
struct Fault {
  FaultCode code = FaultCode::invalid;
  std::string message;
  std::vector<Reason> reasons;  // what runs and would speak against it too, of a policy change
};

}  // namespace xenacm::monitor
