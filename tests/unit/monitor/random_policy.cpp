// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/monitor/random_policy.h"

#include <algorithm>

#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

const std::vector<std::string> kTypes{"red", "green", "blue", "grey"};
const std::vector<std::string> kNames{"a", "b", "c", "d", "e"};

std::set<std::string> some_types(Chance& chance, std::size_t at_least) {
  std::vector<std::string> types = kTypes;
  std::ranges::shuffle(types, chance);
  return {types.begin(), types.begin() + static_cast<std::ptrdiff_t>(at_least + below(chance, 2))};
}

RandomPolicy::VmLabel any_label(Chance& chance, RandomPolicy::VmLabel label) {
  label.ste = some_types(chance, 1);
  label.chw = once_in(chance, 4) ? "" : kTypes[below(chance, kTypes.size())];
  return label;
}

RandomPolicy::ResourceLabel any_label(Chance& chance, RandomPolicy::ResourceLabel label) {
  label.ste = kTypes[below(chance, kTypes.size())];
  return label;
}

// Most labels mean the same as before: else hardly an update would be accepted.
template <class Label>
std::map<std::string, Label> updated(const std::map<std::string, Label>& before, Chance& chance) {
  std::vector<std::string> old;
  std::vector<std::string> names;
  for (const auto& [name, label] : before) {
    if (!once_in(chance, 8)) old.push_back(name);
  }
  names = old;
  if (once_in(chance, 2)) {
    names = kNames;
    std::ranges::shuffle(names, chance);
  }
  std::map<std::string, Label> after;
  for (std::size_t i = 0; i < old.size(); ++i) {
    Label label = before.at(old[i]);
    label.from = names[i] == old[i] ? "" : old[i];
    after[names[i]] = once_in(chance, 8) ? any_label(chance, label) : label;
  }
  for (const std::string& name : kNames) {
    if (!before.contains(name) && !after.contains(name) && once_in(chance, 2)) after[name] = any_label(chance, Label{});
  }
  return after;
}

std::string types_of(const std::string& element, const std::set<std::string>& types) {
  std::string text = "<" + element + ">";
  for (const std::string& type : types) text += "<Type>" + type + "</Type>";
  return text + "</" + element + ">";
}

std::string named(const std::string& name, const std::string& from) {
  return (from.empty() ? "<Name>" : "<Name from=\"" + from + "\">") + name + "</Name>";
}

std::string version_of(unsigned version) { return "<Version>" + std::to_string(version) + ".0</Version>"; }

}  // namespace

bool once_in(Chance& chance, unsigned times) { return below(chance, times) == 0; }

std::size_t below(Chance& chance, std::size_t end) {
  return std::uniform_int_distribution<std::size_t>(0, end - 1)(chance);
}

RandomPolicy RandomPolicy::any(Chance& chance) {
  RandomPolicy policy;
  policy.dom0 = {kTypes.begin(), kTypes.end()};
  for (const std::string& name : kNames) {
    if (!once_in(chance, 5)) policy.vm[name] = any_label(chance, VmLabel{});
    if (!once_in(chance, 5)) policy.resources[name] = any_label(chance, ResourceLabel{});
  }
  for (std::size_t set = below(chance, 3); set > 0; --set) policy.conflicts.push_back(some_types(chance, 2));
  return policy;
}

RandomPolicy RandomPolicy::update(Chance& chance) const {
  RandomPolicy next = *this;
  next.from_name = name;
  ++next.version;
  if (once_in(chance, 4)) next.name = name + "x";
  next.vm = updated(vm, chance);
  next.resources = updated(resources, chance);
  if (once_in(chance, 6)) next.dom0.erase(kTypes[below(chance, kTypes.size())]);
  if (once_in(chance, 4)) next.conflicts.push_back(some_types(chance, 2));
  return next;
}

SetPolicy RandomPolicy::request() const {
  std::string text = "<SecurityPolicyDefinition xmlns=\"http://www.ibm.com\">\n<PolicyHeader><PolicyName>" + name +
                     "</PolicyName>" + version_of(version);
  if (!from_name.empty()) {
    text += "<FromPolicy><PolicyName>" + from_name + "</PolicyName>" + version_of(version - 1) + "</FromPolicy>";
  }
  const std::set<std::string> all(kTypes.begin(), kTypes.end());
  text += "</PolicyHeader>\n<SimpleTypeEnforcement>" + types_of("SimpleTypeEnforcementTypes", all) +
          "</SimpleTypeEnforcement><ChineseWall>" + types_of("ChineseWallTypes", all);
  if (!conflicts.empty()) text += "<ConflictSets>";
  for (std::size_t set = 0; set < conflicts.size(); ++set) {
    std::string element = types_of("Conflict", conflicts[set]);
    text += element.insert(element.find('>'), " name=\"c" + std::to_string(set) + "\"");
  }
  if (!conflicts.empty()) text += "</ConflictSets>";
  text +=
      "</ChineseWall>\n<SecurityLabelTemplate><SubjectLabels bootstrap=\"SystemManagement\">\n<VirtualMachineLabel>" +
      named("SystemManagement", "") + types_of("SimpleTypeEnforcementTypes", dom0) + "</VirtualMachineLabel>\n";
  for (const auto& [label_name, label] : vm) {
    text += "<VirtualMachineLabel>" + named(label_name, label.from) +
            types_of("SimpleTypeEnforcementTypes", label.ste) +
            (label.chw.empty() ? "" : types_of("ChineseWallTypes", {label.chw})) + "</VirtualMachineLabel>\n";
  }
  text += "</SubjectLabels>";
  if (!resources.empty()) text += "<ObjectLabels>";
  for (const auto& [label_name, label] : resources) {
    text += "<ResourceLabel>" + named(label_name, label.from) + types_of("SimpleTypeEnforcementTypes", {label.ste}) +
            "</ResourceLabel>\n";
  }
  if (!resources.empty()) text += "</ObjectLabels>";
  return policy_request(text + "</SecurityLabelTemplate></SecurityPolicyDefinition>\n");
}

}  // namespace xenacm::monitor
