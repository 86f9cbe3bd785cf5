// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/synthetic_policy.h"

namespace xenacm::bench {

namespace {

std::string type(std::size_t i) { return "<Type>t" + std::to_string(i) + "</Type>"; }

std::string all_types(std::size_t types) {
  std::string text;
  for (std::size_t i = 0; i < types; ++i) text += type(i);
  return text;
}

std::string label(const std::string& name, const std::string& ste, const std::string& chw) {
  return "<VirtualMachineLabel><Name>" + name + "</Name><SimpleTypeEnforcementTypes>" + ste +
         "</SimpleTypeEnforcementTypes><ChineseWallTypes>" + chw + "</ChineseWallTypes></VirtualMachineLabel>\n";
}

std::string conflicts(std::size_t sets) {
  if (sets == 0) return {};
  std::string text = "<ConflictSets>";
  for (std::size_t i = 0; i < sets; ++i) {
    text += "<Conflict name=\"c" + std::to_string(i) + "\">" + type(2 * i) + type(2 * i + 1) + "</Conflict>";
  }
  return text + "</ConflictSets>";
}

}  // namespace

std::string synthetic_policy(std::size_t types, std::size_t conflict_sets) {
  std::string labels = label("SystemManagement", all_types(types), "<Type/>");
  for (std::size_t i = 0; i < types; ++i) labels += label("t" + std::to_string(i), type(i), type(i));
  return "<SecurityPolicyDefinition xmlns=\"http://www.ibm.com\"><PolicyHeader><PolicyName>synthetic</PolicyName>"
         "<Version>1.0</Version></PolicyHeader><SimpleTypeEnforcement><SimpleTypeEnforcementTypes>" +
         all_types(types) + "</SimpleTypeEnforcementTypes></SimpleTypeEnforcement><ChineseWall><ChineseWallTypes>" +
         all_types(types) + "</ChineseWallTypes>" + conflicts(conflict_sets) +
         "</ChineseWall><SecurityLabelTemplate><SubjectLabels bootstrap=\"SystemManagement\">\n" + labels +
         "</SubjectLabels></SecurityLabelTemplate></SecurityPolicyDefinition>\n";
}

std::string synthetic_update(std::size_t types, std::size_t conflict_sets) {
  std::string text = synthetic_policy(types, conflict_sets);
  const auto replace = [&](const std::string& old, const std::string& by) {
    text.replace(text.find(old), old.size(), by);
  };
  replace("<Version>1.0</Version>",
          "<Version>1.1</Version><FromPolicy><PolicyName>synthetic</PolicyName><Version>1.0</Version></FromPolicy>");
  replace("<Name>t0</Name>", "<Name from=\"t0\">u0</Name>");
  return text;
}

}  // namespace xenacm::bench
