// SPDX-License-Identifier: Apache-2.0
#include "labeltool/difference_text.h"

#include <fmt/format.h>

#include <utility>

namespace xenacm::labeltool {

namespace {

using nlohmann::json;
using policy::LabelChanges;
using policy::LabelPair;
using policy::PairChanges;

std::string title(const policy::PolicyRef& ref) { return ref.name + " " + ref.version.text(); }

std::expected<policy::Compiled, Failure> compile(const PolicyFile& file) {
  auto compiled = policy::compile_document(file.text);
  if (compiled) return *std::move(compiled);
  Failure failure{"There are errors in the policy " + file.path.string()};
  for (const policy::Diagnostic& diagnostic : compiled.error()) {
    failure.details.push_back(policy::to_text(diagnostic, file.path.string()));
  }
  return std::unexpected(std::move(failure));
}

void add_names(std::string& text, const char* heading, const std::vector<std::string>& names) {
  if (names.empty()) return;
  text += fmt::format("{} ({}):\n", heading, names.size());
  for (const std::string& name : names) text += "  " + name + "\n";
}

void add_labels(std::string& text, const std::string& kind, const LabelChanges& changes) {
  add_names(text, ("New " + kind).c_str(), changes.added);
  add_names(text, ("Removed " + kind).c_str(), changes.removed);
  std::vector<std::string> renamed;
  for (const policy::RenamedLabel& label : changes.renamed) renamed.push_back(label.from + " -> " + label.to);
  add_names(text, ("Renamed " + kind).c_str(), renamed);
}

void add_pairs(std::string& text, const char* heading, const std::vector<LabelPair>& pairs) {
  std::size_t width = 0;
  for (const LabelPair& pair : pairs) width = std::max(width, pair.first.size());
  std::vector<std::string> lines;
  for (const LabelPair& pair : pairs) lines.push_back(fmt::format("{:<{}}  {}", pair.first, width, pair.second));
  add_names(text, heading, lines);
}

json labels_json(const LabelChanges& changes) {
  json renamed = json::array();
  for (const policy::RenamedLabel& label : changes.renamed) renamed.push_back({{"from", label.from}, {"to", label.to}});
  return {{"added", changes.added}, {"removed", changes.removed}, {"renamed", renamed}};
}

json pairs_json(const PairChanges& changes) {
  const auto list = [](const std::vector<LabelPair>& pairs) {
    json array = json::array();
    for (const LabelPair& pair : pairs) array.push_back({pair.first, pair.second});
    return array;
  };
  return {{"begin", list(changes.begin)}, {"cease", list(changes.cease)}};
}

}  // namespace

std::expected<PolicyChange, Failure> compare(const PolicyFile& older, const PolicyFile& newer) {
  const auto before = compile(older);
  if (!before) return std::unexpected(before.error());
  const auto after = compile(newer);
  if (!after) return std::unexpected(after.error());
  return PolicyChange{before->tables.ref, after->tables.ref, policy::difference(*before, *after)};
}

std::string difference_text(const PolicyChange& change) {
  const policy::Difference& found = change.difference;
  std::string text = title(change.older) + " -> " + title(change.newer) + "\n";
  if (found.empty()) return text + "No difference in what is allowed.\n";
  add_labels(text, "labels of domains", found.vm_labels);
  add_labels(text, "labels of resources", found.resource_labels);
  add_pairs(text, "Domains that may be linked from now on", found.sharing.begin);
  add_pairs(text, "Domains that may no longer be linked", found.sharing.cease);
  add_pairs(text, "Domains that can no longer run together", found.exclusion.begin);
  add_pairs(text, "Domains that can run together from now on", found.exclusion.cease);
  add_pairs(text, "Domains that may use a resource from now on", found.access.begin);
  add_pairs(text, "Domains that may no longer use a resource", found.access.cease);
  add_names(text, "Resources that no domain can use any more", found.unreadable);
  return text;
}

json difference_json(const PolicyChange& change) {
  const policy::Difference& found = change.difference;
  return {{"older", {{"name", change.older.name}, {"version", change.older.version.text()}}},
          {"newer", {{"name", change.newer.name}, {"version", change.newer.version.text()}}},
          {"vm_labels", labels_json(found.vm_labels)},
          {"resource_labels", labels_json(found.resource_labels)},
          {"sharing", pairs_json(found.sharing)},
          {"exclusion", pairs_json(found.exclusion)},
          {"access", pairs_json(found.access)},
          {"unreadable", found.unreadable}};
}

}  // namespace xenacm::labeltool
