// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/synthetic_policy.h"

#include <algorithm>

namespace xenacm::bench {

namespace {

constexpr std::size_t kTypesOfALabel = 4;
constexpr std::size_t kMostResourceLabels = 100;

std::string type(std::size_t i) { return "<Type>t" + std::to_string(i) + "</Type>"; }

std::string first_types(std::size_t types) {
  std::string text;
  for (std::size_t i = 0; i < types; ++i) text += type(i);
  return text;
}

std::string label(const std::string& name, const std::string& ste, const std::string& chw) {
  return "<VirtualMachineLabel><Name>" + name + "</Name><SimpleTypeEnforcementTypes>" + ste +
         "</SimpleTypeEnforcementTypes><ChineseWallTypes>" + chw + "</ChineseWallTypes></VirtualMachineLabel>\n";
}

std::string vm_labels(const Size& size) {
  std::string text = label("SystemManagement", first_types(size.types), "<Type/>");
  for (std::size_t i = 0; i < size.labels; ++i) {
    std::string own;
    for (std::size_t k = 0; k < std::min(kTypesOfALabel, size.types); ++k) {
      own += type((kTypesOfALabel * i + k) % size.types);
    }
    text += label("l" + std::to_string(i), own, type(i % size.types));
  }
  return text;
}

std::string resource_labels(std::size_t types) {
  std::string text;
  for (std::size_t i = 0; i < std::min(types, kMostResourceLabels); ++i) {
    text += "<ResourceLabel><Name>r" + std::to_string(i) + "</Name><SimpleTypeEnforcementTypes>" + type(i) +
            "</SimpleTypeEnforcementTypes></ResourceLabel>\n";
  }
  return text;
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

std::string synthetic_policy(const Size& size) {
  const std::string types = first_types(size.types);
  return "<SecurityPolicyDefinition xmlns=\"http://www.ibm.com\"><PolicyHeader><PolicyName>synthetic</PolicyName>"
         "<Version>1.0</Version></PolicyHeader><SimpleTypeEnforcement><SimpleTypeEnforcementTypes>" +
         types + "</SimpleTypeEnforcementTypes></SimpleTypeEnforcement><ChineseWall><ChineseWallTypes>" + types +
         "</ChineseWallTypes>" + conflicts(size.conflict_sets) +
         "</ChineseWall><SecurityLabelTemplate><SubjectLabels bootstrap=\"SystemManagement\">\n" + vm_labels(size) +
         "</SubjectLabels>\n<ObjectLabels>" + resource_labels(size.types) +
         "</ObjectLabels></SecurityLabelTemplate></SecurityPolicyDefinition>\n";
}

std::string synthetic_update(const Size& size) {
  std::string text = synthetic_policy(size);
  const auto replace = [&](const std::string& old, const std::string& by) {
    text.replace(text.find(old), old.size(), by);
  };
  replace("<Version>1.0</Version>",
          "<Version>1.1</Version><FromPolicy><PolicyName>synthetic</PolicyName><Version>1.0</Version></FromPolicy>");
  replace("<Name>l0</Name>", "<Name from=\"l0\">u0</Name>");
  return text;
}

}  // namespace xenacm::bench
