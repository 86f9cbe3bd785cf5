// SPDX-License-Identifier: Apache-2.0
#include "policy/grammar.h"

#include <array>

namespace xenacm::policy {
namespace {

constexpr ElementRule text(std::string_view name, Form form) {
  return {.name = name, .text = form, .children = {}, .attributes = {}};
}

constexpr ElementRule elements(std::string_view name, std::span<const ChildRule> children,
                               std::span<const AttributeRule> attributes = {}) {
  return {.name = name, .text = std::nullopt, .children = children, .attributes = attributes};
}

using enum Occurs;

constexpr auto kPolicyName = text("PolicyName", Form::policy_name);
constexpr auto kPolicyUrl = text("PolicyUrl", Form::free_text);
constexpr auto kReference = text("Reference", Form::free_text);
constexpr auto kDate = text("Date", Form::free_text);
constexpr auto kNameSpaceUrl = text("NameSpaceUrl", Form::free_text);
constexpr auto kVersion = text("Version", Form::version);
constexpr auto kType = text("Type", Form::type);

constexpr std::array kFromChild{AttributeRule{.name = "from", .form = Form::label}};
constexpr ElementRule kName{.name = "Name", .text = Form::label, .children = {}, .attributes = kFromChild};

constexpr std::array kFromPolicyChildren{ChildRule{&kPolicyName, once}, ChildRule{&kVersion, once}};
constexpr auto kFromPolicy = elements("FromPolicy", kFromPolicyChildren);

constexpr std::array kHeaderChildren{
    ChildRule{&kPolicyName, once},     ChildRule{&kPolicyUrl, optional},    ChildRule{&kReference, optional},
    ChildRule{&kDate, optional},       ChildRule{&kNameSpaceUrl, optional}, ChildRule{&kVersion, once},
    ChildRule{&kFromPolicy, optional},
};
static_assert(kHeaderChildren.size() <= kMaxChildren);
constexpr auto kHeader = elements("PolicyHeader", kHeaderChildren);

constexpr std::array kTypes{ChildRule{&kType, repeated}};
constexpr std::array kOneType{ChildRule{&kType, once}};
constexpr auto kSteTypes = elements("SimpleTypeEnforcementTypes", kTypes);
constexpr auto kOneSteType = elements("SimpleTypeEnforcementTypes", kOneType);
constexpr auto kChwTypes = elements("ChineseWallTypes", kTypes);

constexpr std::array kPriority{AttributeRule{.name = "priority", .form = Form::priority}};
constexpr std::array kSteChildren{ChildRule{&kSteTypes, once}};
constexpr auto kSte = elements("SimpleTypeEnforcement", kSteChildren, kPriority);

constexpr std::array kConflictName{AttributeRule{.name = "name", .form = Form::conflict_set, .required = true}};
constexpr auto kConflict = elements("Conflict", kTypes, kConflictName);
constexpr std::array kConflictSetsChildren{ChildRule{&kConflict, repeated}};
constexpr auto kConflictSets = elements("ConflictSets", kConflictSetsChildren);
constexpr std::array kChwChildren{ChildRule{&kChwTypes, once}, ChildRule{&kConflictSets, optional}};
constexpr auto kChw = elements("ChineseWall", kChwChildren, kPriority);

constexpr std::array kVmLabelChildren{ChildRule{&kName, once}, ChildRule{&kSteTypes, optional},
                                      ChildRule{&kChwTypes, optional}};
constexpr auto kVmLabel = elements("VirtualMachineLabel", kVmLabelChildren);
constexpr std::array kSubjectChildren{ChildRule{&kVmLabel, repeated}};
constexpr std::array kBootstrap{AttributeRule{.name = "bootstrap", .form = Form::label, .required = true}};
constexpr auto kSubjects = elements("SubjectLabels", kSubjectChildren, kBootstrap);

constexpr std::array kResourceLabelChildren{ChildRule{&kName, once}, ChildRule{&kOneSteType, once}};
constexpr auto kResourceLabel = elements("ResourceLabel", kResourceLabelChildren);
constexpr std::array kObjectChildren{ChildRule{&kResourceLabel, repeated}};
constexpr auto kObjects = elements("ObjectLabels", kObjectChildren);

constexpr std::array kTemplateChildren{ChildRule{&kSubjects, optional}, ChildRule{&kObjects, optional}};
constexpr auto kTemplate = elements("SecurityLabelTemplate", kTemplateChildren);

constexpr std::array kDefinitionChildren{ChildRule{&kHeader, once}, ChildRule{&kSte, optional},
                                         ChildRule{&kChw, optional}, ChildRule{&kTemplate, once}};
constexpr auto kDefinition = elements("SecurityPolicyDefinition", kDefinitionChildren);

}  // namespace

const ElementRule& grammar() { return kDefinition; }

}  // namespace xenacm::policy
