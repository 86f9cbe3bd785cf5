// SPDX-License-Identifier: Apache-2.0
#include "policy/checks.h"

#include <algorithm>

#include "policy/check_rules.h"
#include "policy/nearest.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

bool fits_tables(const Policy& policy, const Declared& declared, Findings& findings) {
  const std::size_t ste = declared.ste.size();
  const std::size_t chw = declared.chw.size();
  const std::size_t labels = policy.vm_labels.size();
  const std::size_t resources = policy.resource_labels.size();
  const std::size_t sets = policy.conflict_sets.size();

  if (const std::size_t most = std::max({ste, chw, labels, resources, sets}); most > kMaxDeclared) {
    findings.error(Code::inconsistent, policy.header.name.at,
                   "the policy has " + std::to_string(most) + " labels, types or conflict sets of one kind; at most " +
                       std::to_string(kMaxDeclared) + " are allowed");
    return false;
  }
  if (const std::size_t bits = labels * (ste + chw) + resources * ste + sets * chw; bits > kMaxTableBits) {
    findings.error(Code::inconsistent, policy.header.name.at,
                   "the policy is too large: labels and conflict sets times types is " + std::to_string(bits) +
                       "; at most " + std::to_string(kMaxTableBits) + " is allowed");
    return false;
  }
  return true;
}

}  // namespace

std::string hint(const NameIndex& declared, std::string_view misspelt, const Findings& findings) {
  const Name* meant = findings.lists_errors() ? nearest(declared, misspelt) : nullptr;
  return meant == nullptr ? "" : " (" + line_of(*meant) + " declares " + quoted(meant->text) + ")";
}

Diagnostics check(const Policy& policy) { return check(policy, Declared(policy)); }

Diagnostics check(const Policy& policy, const Declared& declared) {
  Findings findings;
  if (fits_tables(policy, declared, findings)) {
    check_declarations(policy, declared, findings);
    check_types(policy, declared, findings);
    check_conflicts(policy, declared, findings);
    check_renames(policy, findings);
  }
  return std::move(findings).take();
}

}  // namespace xenacm::policy
