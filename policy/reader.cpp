// SPDX-License-Identifier: Apache-2.0
#include "policy/reader.h"

#include <string_view>

#include "policy/names.h"
#include "policy/namespaces.h"

namespace xenacm::policy {
namespace {

// With or without a prefix. Text has no name.
bool is_called(pugi::xml_node node, std::string_view name) {
  const std::string_view full = node.name();
  return full.ends_with(name) && (full.size() == name.size() || split(full).local == name);
}

// The first child of that name; null if there is none, as for a parent that is null.
pugi::xml_node child(pugi::xml_node parent, std::string_view name) {
  return parent.find_child([name](pugi::xml_node node) { return is_called(node, name); });
}

template <class Visit>
void for_each_child(pugi::xml_node parent, std::string_view name, Visit visit) {
  for (auto node = parent.first_child(); node; node = node.next_sibling()) {
    if (is_called(node, name)) visit(node);
  }
}

Name to_name(Text text) {
  const std::string_view name = trim(text.text);
  return {.text = name.size() == text.text.size() ? std::move(text.text) : std::string(name), .at = text.at};
}

class Reader {
 public:
  explicit Reader(const Document& document) : document_(document) {}

  [[nodiscard]] Policy policy() const;

 private:
  [[nodiscard]] Header header(pugi::xml_node node) const;
  [[nodiscard]] std::vector<ConflictSet> conflict_sets(pugi::xml_node node) const;
  [[nodiscard]] std::vector<VmLabel> vm_labels(pugi::xml_node node) const;
  [[nodiscard]] std::vector<ResourceLabel> resource_labels(pugi::xml_node node) const;

  [[nodiscard]] Name name(pugi::xml_node node) const { return node ? to_name(document_.text_of(node)) : Name{}; }
  [[nodiscard]] std::optional<Name> attribute(pugi::xml_node node, const char* attribute) const;
  [[nodiscard]] std::optional<std::string> text(pugi::xml_node node) const;
  [[nodiscard]] Version version(pugi::xml_node node) const;
  [[nodiscard]] std::vector<Name> types(pugi::xml_node node) const;

  const Document& document_;
};

Policy Reader::policy() const {
  const pugi::xml_node root = document_.root();
  const pugi::xml_node chinese_wall = child(root, "ChineseWall");
  const pugi::xml_node labels = child(root, "SecurityLabelTemplate");
  const pugi::xml_node subjects = child(labels, "SubjectLabels");
  return {
      .header = header(child(root, "PolicyHeader")),
      .ste_types = types(child(child(root, "SimpleTypeEnforcement"), "SimpleTypeEnforcementTypes")),
      .chw_types = types(child(chinese_wall, "ChineseWallTypes")),
      .conflict_sets = conflict_sets(child(chinese_wall, "ConflictSets")),
      .bootstrap = attribute(subjects, "bootstrap"),
      .vm_labels = vm_labels(subjects),
      .resource_labels = resource_labels(child(labels, "ObjectLabels")),
  };
}

Header Reader::header(pugi::xml_node node) const {
  Header header{
      .name = name(child(node, "PolicyName")),
      .url = text(child(node, "PolicyUrl")),
      .reference = text(child(node, "Reference")),
      .date = text(child(node, "Date")),
      .namespace_url = text(child(node, "NameSpaceUrl")),
      .version = version(child(node, "Version")),
      .from = std::nullopt,
  };
  if (const pugi::xml_node from = child(node, "FromPolicy")) {
    header.from = {.name = name(child(from, "PolicyName")), .version = version(child(from, "Version"))};
  }
  return header;
}

std::vector<ConflictSet> Reader::conflict_sets(pugi::xml_node node) const {
  std::vector<ConflictSet> sets;
  for_each_child(node, "Conflict", [&](pugi::xml_node conflict) {
    Name name = attribute(conflict, "name").value_or(Name{.text = {}, .at = document_.at(conflict)});
    sets.push_back({.name = std::move(name), .types = types(conflict)});
  });
  return sets;
}

std::vector<VmLabel> Reader::vm_labels(pugi::xml_node node) const {
  std::vector<VmLabel> labels;
  for_each_child(node, "VirtualMachineLabel", [&](pugi::xml_node label) {
    const pugi::xml_node name_node = child(label, "Name");
    labels.push_back({.name = name(name_node),
                      .from = attribute(name_node, "from"),
                      .ste_types = types(child(label, "SimpleTypeEnforcementTypes")),
                      .chw_types = types(child(label, "ChineseWallTypes"))});
    if (labels.back().name.text.empty()) labels.pop_back();
  });
  return labels;
}

std::vector<ResourceLabel> Reader::resource_labels(pugi::xml_node node) const {
  std::vector<ResourceLabel> labels;
  for_each_child(node, "ResourceLabel", [&](pugi::xml_node label) {
    const pugi::xml_node name_node = child(label, "Name");
    const std::vector<Name> type = types(child(label, "SimpleTypeEnforcementTypes"));
    labels.push_back({.name = name(name_node),
                      .from = attribute(name_node, "from"),
                      .ste_type = type.empty() ? std::nullopt : std::optional(type.front())});
    if (labels.back().name.text.empty()) labels.pop_back();
  });
  return labels;
}

std::optional<Name> Reader::attribute(pugi::xml_node node, const char* attribute) const {
  const pugi::xml_attribute found = node.attribute(attribute);
  return found ? std::optional(to_name(document_.text_of(found))) : std::nullopt;
}

std::optional<std::string> Reader::text(pugi::xml_node node) const {
  return node ? std::optional(name(node).text) : std::nullopt;
}

Version Reader::version(pugi::xml_node node) const {
  if (!node) return {};
  return to_version(document_.text_of(node).text).value_or(Version{});
}

std::vector<Name> Reader::types(pugi::xml_node node) const {
  std::vector<Name> types;
  std::size_t most = 0;  // a list that grows moves its names: counting them is faster
  for (auto each = node.first_child(); each; each = each.next_sibling()) ++most;
  types.reserve(most);
  for_each_child(node, "Type", [&](pugi::xml_node type) {
    if (Name read = name(type); !read.text.empty()) types.push_back(std::move(read));
  });
  return types;
}

}  // namespace

Policy read(const Document& document) { return Reader(document).policy(); }

}  // namespace xenacm::policy
