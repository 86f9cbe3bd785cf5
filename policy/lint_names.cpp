// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <set>
#include <string_view>
#include <tuple>

#include "policy/lint_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

struct Folded {
  std::string text;
  const Name* name;
};

// Letters of ASCII alone: what is one letter in two cases elsewhere depends on the language.
std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), to_lower);
  return text;
}

class Names {
 public:
  template <class Range, class Projection = std::identity>
  Names& add(const Range& all, Projection projection = {}) {
    for (const auto& each : all) {
      const Name& name = std::invoke(projection, each);
      names_.push_back({.text = lower_case(name.text), .name = &name});
    }
    return *this;
  }

  void check(const std::string& kind, Findings& findings) {
    std::ranges::sort(names_, {}, [](const Folded& name) { return std::tie(name.text, name.name->at); });
    const auto the = [&](const Name& name) { return kind + " " + quoted(name.text); };
    const Folded* first = nullptr;
    std::set<std::string_view> spellings;  // of the group at hand
    for (const Folded& name : names_) {
      if (first == nullptr || first->text != name.text) {
        first = &name;
        spellings.clear();
      }
      if (!spellings.insert(name.name->text).second || &name == first) continue;
      findings.warning(Code::inconsistent, name.name->at,
                       the(*name.name) + " differs from " + the(*first->name) + " (line " +
                           std::to_string(first->name->at.line) +
                           ") in case alone: they are two, and whoever writes one may mean the other; rename one, or "
                           "spell both alike");
    }
  }

 private:
  std::vector<Folded> names_;
};

}  // namespace

void lint_names(const Policy& policy, Findings& findings) {
  Names().add(policy.ste_types).check("STE type", findings);
  Names().add(policy.chw_types).check("Chinese Wall type", findings);
  Names().add(policy.conflict_sets, &ConflictSet::name).check("conflict set", findings);
  // Custom gives a VM label and the resource label that goes with it one name.
  Names()
      .add(policy.vm_labels, &VmLabel::name)
      .add(policy.resource_labels, &ResourceLabel::name)
      .check("label", findings);
}

}  // namespace xenacm::policy
