// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "policy/check_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

// Names that stand for "no policy" or "any policy" wherever a policy's name is written (acm.md 1.3).
constexpr std::array<std::string_view, 4> kReservedPolicyNames{"*", "NULL", "INACTIVE", "INACCESSIBLE"};

// Of a document that could not be read there is no header to complain about.
bool has_header(const Policy& policy) { return policy.header.name.at != Position{}; }

void check_header(const Policy& policy, Findings& findings) {
  const Name& name = policy.header.name;
  if (std::ranges::find(kReservedPolicyNames, name.text) != kReservedPolicyNames.end()) {
    findings.error(Code::bad_policy_name, name.at, "policy name " + quoted(name.text) + " is reserved; choose another");
  }
  if (has_header(policy) && policy.ste_types.empty()) {
    findings.warning(Code::inconsistent, name.at,
                     "the policy declares no STE types, so that no label is authorized to run: only Domain-0 can");
  }
}

void declared_once(const NameIndex& declared, const std::string& kind, Findings& findings) {
  for (const auto& [again, first] : declared.repeated()) {
    findings.error(Code::has_duplicates, again->at,
                   kind + " " + quoted(again->text) + " is declared again; " + line_of(*first) + " declares it first");
  }
}

void check_bootstrap(const Policy& policy, const Declared& declared, Findings& findings) {
  if (policy.bootstrap && !policy.bootstrap->text.empty() && !declared.vm_labels.find(policy.bootstrap->text)) {
    const auto& [text, at] = *policy.bootstrap;
    findings.error(
        Code::inconsistent, at,
        "bootstrap names " + quoted(text) + ", which is no VM label" + hint(declared.vm_labels, text, findings));
  }
  if (!policy.bootstrap && policy.vm_labels.empty() && has_header(policy)) {
    findings.error(
        Code::inconsistent, policy.header.name.at,
        "the policy has no VM labels; Domain-0 needs one: declare it in SubjectLabels and name it in bootstrap");
  }
}

// What no domain may use, and what carries no label, is not ruled by resource labels (decisions.md 10).
void check_reserved_resource_labels(const Policy& policy, const Declared& declared, Findings& findings) {
  for (const ResourceLabel& label : policy.resource_labels) {
    if (label.name.text == kInaccessible) {
      findings.warning(
          Code::bad_label, label.name.at,
          "resource label '__INACCESSIBLE__' needs no declaration, and its type has no effect: no domain may use "
          "a resource labelled so");
    }
    if (label.name.text == kUnlabeled && !declared.vm_labels.find(kUnlabeled)) {
      findings.warning(
          Code::bad_label, label.name.at,
          "resource label '__UNLABELED__' has no effect without a VM label of that name: unlabelled resources "
          "are denied to all");
    }
  }
}

}  // namespace

void check_declarations(const Policy& policy, const Declared& declared, Findings& findings) {
  check_header(policy, findings);
  declared_once(declared.ste, "STE type", findings);
  declared_once(declared.chw, "Chinese Wall type", findings);
  declared_once(declared.vm_labels, "VM label", findings);
  declared_once(declared.resource_labels, "resource label", findings);
  check_bootstrap(policy, declared, findings);
  check_reserved_resource_labels(policy, declared, findings);
}

}  // namespace xenacm::policy
