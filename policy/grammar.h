// SPDX-License-Identifier: Apache-2.0
// The schema of a policy document (acm.md 1.1) as a table. Inside policy/ only.
//
//   SecurityPolicyDefinition  = PolicyHeader SimpleTypeEnforcement? ChineseWall? SecurityLabelTemplate
//   PolicyHeader              = PolicyName PolicyUrl? Reference? Date? NameSpaceUrl? Version FromPolicy?
//   FromPolicy                = PolicyName Version
//   SimpleTypeEnforcement     = SimpleTypeEnforcementTypes                                @priority?
//   ChineseWall               = ChineseWallTypes ConflictSets?                            @priority?
//   ConflictSets              = Conflict+
//   Conflict                  = Type+                                                     @name
//   SecurityLabelTemplate     = SubjectLabels? ObjectLabels?
//   SubjectLabels             = VirtualMachineLabel+                                      @bootstrap
//   VirtualMachineLabel       = Name SimpleTypeEnforcementTypes? ChineseWallTypes?
//   ObjectLabels              = ResourceLabel+
//   ResourceLabel             = Name SimpleTypeEnforcementTypes(exactly one Type)
//   SimpleTypeEnforcementTypes, ChineseWallTypes = Type+
//   Name                      = text                                                      @from?
//
// The manual's schema allowed a VM label any number of ChineseWallTypes and read the first: here a second one is an
// error.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "policy/names.h"

namespace xenacm::policy {

inline constexpr std::string_view kNamespace = "http://www.ibm.com";

enum class Occurs { once, optional, repeated };  // repeated: once or more

struct AttributeRule {
  std::string_view name;
  Form form = Form::free_text;
  bool required = false;
};

struct ElementRule;

struct ChildRule {
  const ElementRule* element = nullptr;
  Occurs occurs = Occurs::once;
};

struct ElementRule {
  std::string_view name;
  std::optional<Form> text;  // the form of its text; none where it holds elements
  std::span<const ChildRule> children;
  std::span<const AttributeRule> attributes;
};

inline constexpr std::size_t kMaxChildren = 7;

// SecurityPolicyDefinition, and all others below it.
[[nodiscard]] const ElementRule& grammar();

}  // namespace xenacm::policy
