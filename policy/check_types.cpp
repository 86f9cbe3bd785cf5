// SPDX-License-Identifier: Apache-2.0
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/check_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

// The types of one kind, and who uses them.
class Uses {
 public:
  Uses(const NameIndex& declared, std::string kind, std::string element, Findings& findings)
      : declared_(declared),
        kind_(std::move(kind)),
        element_(std::move(element)),
        last_(declared.size()),
        findings_(findings) {}

  // `kind` and `name` of the owner. Also finds a type that its owner lists twice, which counts once.
  void check(const std::vector<Name>& types, std::span<const std::uint32_t> ranks, std::string_view kind,
             const Name& name, Code code) {
    bool may_repeat = false;
    for (std::size_t i = 0; i < types.size(); ++i) {
      if (ranks[i] == TypesUsed::kUndeclared) {
        undeclared(types[i], kind, name, code);
        may_repeat = true;
      } else if (std::exchange(last_[ranks[i]], &name) == &name) {
        may_repeat = true;
      }
    }
    if (may_repeat) check_repeated(types, kind, name);
  }
  void undeclared(const Name& type, std::string_view kind, const Name& name, Code code);

 private:
  void check_repeated(const std::vector<Name>& types, std::string_view kind, const Name& name) {
    const NameIndex listed(types);
    for (const auto& [again, first] : listed.repeated()) {
      findings_.warning(Code::has_duplicates, again->at,
                        owner(kind, name) + " lists the " + kind_ + " " + quoted(again->text) + " again (first in " +
                            line_of(*first) + "); it counts once");
    }
  }
  static std::string owner(std::string_view kind, const Name& name) {
    return std::string(kind) + " " + quoted(name.text);
  }

  const NameIndex& declared_;
  std::string kind_;
  std::string element_;
  std::vector<const Name*> last_;  // by the type's rank: the last owner that listed it
  Findings& findings_;
  bool absence_reported_ = false;
};

void Uses::undeclared(const Name& type, std::string_view kind, const Name& name, Code code) {
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
  for (std::size_t i = 0; i < policy.conflict_sets.size(); ++i) {
    const ConflictSet& set = policy.conflict_sets[i];
    chw.check(set.types, declared.conflicts.of(i), "conflict set", set.name, Code::bad_conflict_set);
  }
  for (std::size_t i = 0; i < policy.vm_labels.size(); ++i) {
    const VmLabel& label = policy.vm_labels[i];
    ste.check(label.ste_types, declared.vm_ste.of(i), "VM label", label.name, Code::bad_label);
    chw.check(label.chw_types, declared.vm_chw.of(i), "VM label", label.name, Code::bad_label);
  }
  for (const ResourceLabel& label : policy.resource_labels) {
    if (label.ste_type && !declared.ste.find(label.ste_type->text)) {
      ste.undeclared(*label.ste_type, "resource label", label.name, Code::bad_label);
    }
  }
}

}  // namespace xenacm::policy
