// SPDX-License-Identifier: Apache-2.0
#include "policy/lint_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

bool is_empty(BitRow row) { return !intersects(row, row); }

// What each label means for the domains or resources that have it. Of several findings on one label the gravest is
// told.
class Labels {
 public:
  Labels(const Policy& policy, const Tables& tables, const Carriers& carriers, Findings& findings)
      : policy_(policy), tables_(tables), carriers_(carriers), findings_(findings) {}

  void check() {
    for (const VmLabel& label : policy_.vm_labels) check(label, *tables_.find_vm_label(label.name.text));
    for (const ResourceLabel& label : policy_.resource_labels) check(label);
  }

 private:
  void check(const VmLabel& label, VmLabelId id);
  void check(const ResourceLabel& label);

  [[nodiscard]] std::vector<std::string> beyond_domain0(VmLabelId id) const;
  [[nodiscard]] bool stands_alone(VmLabelId id) const;

  void warn(const Name& label, std::string message) {
    findings_.warning(Code::bad_label, label.at, std::move(message));
  }

  const Policy& policy_;
  const Tables& tables_;
  const Carriers& carriers_;
  Findings& findings_;
};

// The label's STE types that the bootstrap label does not have; none where that has no types at all, which is told once
// and not of every label.
std::vector<std::string> Labels::beyond_domain0(VmLabelId id) const {
  const BitRow domain0 = tables_.ste(tables_.bootstrap);
  std::vector<std::string> beyond;
  if (is_empty(domain0)) return beyond;
  for_each_bit(tables_.ste(id), [&](std::size_t type) {
    if (!contains(domain0, type)) beyond.push_back(tables_.ste_types[type]);
  });
  return beyond;
}

// Does no label but the bootstrap label have a type of this one? Where no resource is labelled it is nothing unusual
// that domains are served by Domain-0 alone; and what has no label shares with other things without one.
bool Labels::stands_alone(VmLabelId id) const {
  if (policy_.resource_labels.empty() || id == Tables::kUnlabeledRow) return false;
  bool alone = true;
  for_each_bit(tables_.ste(id), [&](std::size_t type) {
    alone = alone && carriers_.vm_ste[type] == 1 && carriers_.resource_ste[type] == 0;
  });
  return alone;
}

void Labels::check(const VmLabel& label, VmLabelId id) {
  const bool bootstrap = id == tables_.bootstrap;
  const std::string name = quoted(label.name.text);
  if (is_empty(tables_.ste(id))) {
    if (bootstrap) {
      warn(label.name, "bootstrap label " + name +
                           " has no STE types, so that no label is authorized to run: only Domain-0 can; give it all "
                           "STE types that domains shall have");
    } else {
      warn(label.name, "VM label " + name + " has no " + (is_empty(tables_.chw(id)) ? "" : "STE ") +
                           "types: no domain is ever authorized to run with it; give it an STE type, or remove it");
    }
    return;
  }
  if (bootstrap) return;
  if (const auto beyond = beyond_domain0(id); !beyond.empty()) {
    warn(label.name, "VM label " + name + " has STE types that " + the_bootstrap_label(tables_) + " lacks (" +
                         listed(beyond) + "): no domain may run as " + name +
                         " while Domain-0 has that label; give them to that label too, or take them from " + name);
  } else if (stands_alone(id)) {
    warn(label.name, "VM label " + name +
                         " shares no STE type with any label but the bootstrap label: its domains can use no labelled "
                         "resource, and be linked to Domain-0 and each other alone; give one of its types to a "
                         "resource label, or give it a type of another label");
  }
}

void Labels::check(const ResourceLabel& label) {
  // Their own types do not count (decisions.md 10); `check` warns where that matters.
  if (label.name.text == kInaccessible || label.name.text == kUnlabeled) return;
  const std::string name = "resource label " + quoted(label.name.text);
  if (!label.ste_type) {
    warn(label.name, name +
                         " has no STE type: nobody may use what it labels, not even Domain-0; give it a type, or use "
                         "'__INACCESSIBLE__' if that is meant");
    return;
  }
  for_each_bit(tables_.ste(*tables_.find_resource_label(label.name.text)), [&](std::size_t type) {
    if (carriers_.vm_ste[type] != 0) return;
    const bool domain0 = contains(tables_.ste(tables_.bootstrap), type);
    const std::string quoted_type = quoted(label.ste_type->text);
    const std::string remedy = "give " + quoted_type + " to the VM labels that shall use it";
    warn(label.name, name + " has the STE type " + quoted_type + ", which no VM label" +
                         (domain0 ? " but " + the_bootstrap_label(tables_) +
                                        " has: only Domain-0 could use what it labels; if that is not meant, " + remedy
                                  : " has: nobody could use what it labels; " + remedy));
  });
}

}  // namespace

void lint_labels(const Policy& policy, const Tables& tables, const Carriers& carriers, Findings& findings) {
  // Without STE types nothing runs but Domain-0, and `check` says so once for all labels.
  if (!policy.ste_types.empty()) Labels(policy, tables, carriers, findings).check();
}

}  // namespace xenacm::policy
