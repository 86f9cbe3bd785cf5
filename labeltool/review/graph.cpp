// SPDX-License-Identifier: Apache-2.0
#include "labeltool/review/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "enforcer/api/printable.h"
#include "labeltool/member.h"

namespace xenacm::labeltool::review {

using Json = nlohmann::json;

namespace {

constexpr std::array kColours{"#cfe2f3", "#d9ead3", "#fff2cc", "#ead1dc", "#d0e0e3", "#fce5cd",
                              "#d9d2e9", "#e6e6c8", "#f4cccc", "#c9daf8", "#e2f0cb", "#eeeeee"};

// The class of "attach vif 0"; empty: the record is about no link.
std::string class_of(const std::string& action) {
  const std::size_t first = action.find(' ');
  const std::size_t last = action.rfind(' ');
  const std::string verb = action.substr(0, first);
  if ((verb != "attach" && verb != "adopt") || first == last) return {};
  return action.substr(first + 1, last - first - 1);
}

// Names come from hostile guests. In a label of Graphviz's a backslash and an ampersand begin what is not meant.
std::string quoted(const std::string& text) {
  std::string safe = "\"";
  for (const char c : api::printable(text)) {
    if (c == '"' || c == '\\') {
      safe += std::string("\\") + c;
    } else {
      safe += c == '&' ? "&amp;" : std::string(1, c);
    }
  }
  return safe + "\"";
}

// Two lines of a label, the first above the second.
std::string lines(const std::string& first, const std::string& second) {
  if (second.empty()) return quoted(first);
  std::string above = quoted(first);
  above.pop_back();
  return above + "\\n" + quoted(second).substr(1);
}

std::string style_of(const std::string& decision) {
  if (decision == "deny") return ", style=dashed, color=red, fontcolor=red";
  if (decision == "would-deny") return ", style=dashed, color=darkorange, fontcolor=darkorange";
  return {};
}

std::string note_of(const std::string& decision, const std::string& rule) {
  if (decision == "deny") return "denied: " + rule;
  if (decision == "would-deny") return "would be denied: " + rule;
  return {};
}

}  // namespace

std::string backend_of(const std::string& object) {
  constexpr std::array<std::string_view, 4> kKinds{"phy:", "file:", "tap:", "pci:"};
  for (std::size_t at = object.find(" ("); at != std::string::npos; at = object.find(" (", at + 1)) {
    const std::string_view rest = std::string_view(object).substr(at + 2);
    const bool list = rest.ends_with(')') &&
                      std::ranges::any_of(kKinds, [&](std::string_view kind) { return rest.starts_with(kind); });
    if (list) return object.substr(0, at);
  }
  return object;
}

void LinkGraph::add(const Json& record) {
  const std::string device_class = class_of(member_text(record, "action"));
  const std::string decision = member_text(record, "decision");
  if (device_class.empty() || decision == "error") return;
  Edge edge{.frontend = member_text(record, "subject"),
            .backend = backend_of(member_text(record, "object")),
            .device_class = device_class,
            .decision = decision,
            .rule = member_text(record, "rule")};
  add_domain(edge.frontend, member_text(record, "subject_label"));
  add_domain(edge.backend, member_text(record, "object_label"));
  ++edges_[std::move(edge)];
}

void LinkGraph::add_domain(const std::string& name, const std::string& label) {
  std::string& known = labels_[name];
  if (!label.empty()) known = label;
}

std::string LinkGraph::dot() const {
  std::map<std::string, std::string> colours{{"", "white"}};
  for (const auto& [name, label] : labels_) {
    if (!colours.contains(label)) colours.emplace(label, kColours[(colours.size() - 1) % kColours.size()]);
  }
  std::string text = "digraph xenacm {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\"];\n";
  for (auto domain = labels_.begin(); domain != labels_.end(); ++domain) {
    const auto& [name, label] = *domain;
    text += fmt::format("  n{} [label={}, fillcolor=\"{}\"];\n", std::distance(labels_.begin(), domain),
                        lines(name, label.empty() ? "no label" : label), colours[label]);
  }
  const auto node = [&](const std::string& name) { return std::distance(labels_.begin(), labels_.find(name)); };
  for (const auto& [edge, count] : edges_) {
    text += fmt::format("  n{} -> n{} [label={}{}];\n", node(edge.frontend), node(edge.backend),
                        lines(fmt::format("{} x {}", edge.device_class, count), note_of(edge.decision, edge.rule)),
                        style_of(edge.decision));
  }
  return text + "}\n";
}

Json LinkGraph::json() const {
  Json domains = Json::array();
  for (const auto& [name, label] : labels_) domains.push_back({{"name", name}, {"label", label}});
  Json links = Json::array();
  for (const auto& [edge, count] : edges_) {
    links.push_back({{"frontend", edge.frontend},
                     {"backend", edge.backend},
                     {"class", edge.device_class},
                     {"decision", edge.decision},
                     {"rule", edge.rule},
                     {"count", count}});
  }
  return {{"domains", domains}, {"links", links}};
}

}  // namespace xenacm::labeltool::review
