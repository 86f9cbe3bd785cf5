// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "policy/check_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

// The types of one kind, and who uses them.
class Uses {
 public:
  Uses(const NameIndex& declared, std::string kind, std::string element, Findings& findings)
      : declared_(declared), kind_(std::move(kind)), element_(std::move(element)), findings_(findings) {}

  // `kind` and `name` of the owner.
  void check(const Name& type, std::string_view kind, const Name& name, Code code);

  // Also finds a type that its owner lists twice, which counts once.
  void check(const std::vector<Name>& types, std::string_view kind, const Name& name, Code code) {
    for (const Name& type : types) check(type, kind, name, code);
    if (types.size() < 2) return;
    for_each_repeated(types, std::identity{}, [&](const Name& again, const Name& first) {
      findings_.warning(Code::has_duplicates, again.at,
                        owner(kind, name) + " lists the " + kind_ + " " + quoted(again.text) + " again (first in " +
                            line_of(first) + "); it counts once");
    });
  }

 private:
  static std::string owner(std::string_view kind, const Name& name) {
    return std::string(kind) + " " + quoted(name.text);
  }

  const NameIndex& declared_;
  std::string kind_;
  std::string element_;
  Findings& findings_;
  bool absence_reported_ = false;
};

void Uses::check(const Name& type, std::string_view kind, const Name& name, Code code) {
  if (declared_.find(type.text)) return;
  const std::string use = owner(kind, name) + " uses the " + kind_ + " " + quoted(type.text);
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
    chw.check(set.types, "conflict set", set.name, Code::bad_conflict_set);
  }
  for (const VmLabel& label : policy.vm_labels) {
    ste.check(label.ste_types, "VM label", label.name, Code::bad_label);
    chw.check(label.chw_types, "VM label", label.name, Code::bad_label);
  }
  for (const ResourceLabel& label : policy.resource_labels) {
    if (label.ste_type) ste.check(*label.ste_type, "resource label", label.name, Code::bad_label);
  }
}

}  // namespace xenacm::policy
