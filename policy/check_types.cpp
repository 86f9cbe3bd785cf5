// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "policy/check_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

// The types of one kind, and who uses them.
class Uses {
 public:
  Uses(const NameIndex& declared, std::string kind, std::string element, Findings& findings)
      : declared_(declared), kind_(std::move(kind)), element_(std::move(element)), findings_(findings) {}

  void check(const Name& type, const std::string& owner, Code code);

  // Also finds a type that its owner lists twice, which counts once.
  void check(const std::vector<Name>& types, const std::string& owner, Code code) {
    for (const Name& type : types) check(type, owner, code);
    for_each_repeated(types, std::identity{}, [&](const Name& again, const Name& first) {
      findings_.warning(Code::has_duplicates, again.at,
                        owner + " lists the " + kind_ + " " + quoted(again.text) + " again (first in " +
                            line_of(first) + "); it counts once");
    });
  }

 private:
  const NameIndex& declared_;
  std::string kind_;
  std::string element_;
  Findings& findings_;
  bool absence_reported_ = false;
};

void Uses::check(const Name& type, const std::string& owner, Code code) {
  if (declared_.find(type.text)) return;
  const std::string use = owner + " uses the " + kind_ + " " + quoted(type.text);
  if (declared_.size() != 0) {
    findings_.error(code, type.at,
                    use + ", which " + element_ + " does not declare" + hint(declared_, type.text, findings_));
  } else if (!absence_reported_) {
    // Where the whole list is missing, one message says it all.
    absence_reported_ = true;
    findings_.error(code, type.at, use + ", but the policy declares no " + kind_ + "s");
  }
}

}  // namespace

void check_types(const Policy& policy, const Declared& declared, Findings& findings) {
  Uses ste(declared.ste, "STE type", "SimpleTypeEnforcementTypes", findings);
  Uses chw(declared.chw, "Chinese Wall type", "ChineseWallTypes", findings);
  for (const ConflictSet& set : policy.conflict_sets) {
    chw.check(set.types, "conflict set " + quoted(set.name.text), Code::bad_conflict_set);
  }
  for (const VmLabel& label : policy.vm_labels) {
    const std::string owner = "VM label " + quoted(label.name.text);
    ste.check(label.ste_types, owner, Code::bad_label);
    chw.check(label.chw_types, owner, Code::bad_label);
  }
  for (const ResourceLabel& label : policy.resource_labels) {
    if (label.ste_type) ste.check(*label.ste_type, "resource label " + quoted(label.name.text), Code::bad_label);
  }
}

}  // namespace xenacm::policy
