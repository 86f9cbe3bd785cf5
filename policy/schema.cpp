// SPDX-License-Identifier: Apache-2.0
#include "policy/schema.h"

#include <algorithm>
#include <array>
#include <string>

#include "policy/grammar.h"
#include "policy/namespaces.h"

namespace xenacm::policy {
namespace {

constexpr std::string_view kInstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";

// How far the children of one element have come in the order that the grammar wants.
struct Progress {
  std::size_t furthest = 0;
  std::array<unsigned, kMaxChildren> lines{};  // of the first child that each rule took; 0: none yet
};

std::string_view name_of(const ChildRule& rule) { return rule.element->name; }
std::string_view name_of(const AttributeRule& rule) { return rule.name; }

template <class Rule>
std::string names_of(std::span<const Rule> rules) {
  std::string names;
  for (const Rule& rule : rules) names += (names.empty() ? "" : ", ") + std::string(name_of(rule));
  return names;
}

// INVARIANT: recursion is as deep as the grammar, whatever the document: an element that the grammar does not know is
// reported and not entered.
class Validator {
 public:
  Validator(const Document& document, Findings& findings) : document_(document), findings_(findings) {}

  bool root();

 private:
  void element(pugi::xml_node node, const ElementRule& rule, const Scope& scope);
  void attributes(pugi::xml_node node, const ElementRule& rule, const Scope& scope);
  void attribute(pugi::xml_attribute attribute, const ElementRule& rule, const Scope& scope);
  void declaration(pugi::xml_attribute attribute);
  void text(pugi::xml_node node, const ElementRule& rule);
  void children(pugi::xml_node node, const ElementRule& rule, const Scope& scope);
  void child(pugi::xml_node node, const ElementRule& parent, const Scope& outer, Progress& progress);
  void in_order(pugi::xml_node node, const ElementRule& parent, std::size_t index, Progress& progress);
  void wrong_namespace(pugi::xml_node node, std::string_view uri);
  void form(Form form, const Text& text);

  void error(Position at, std::string message) { findings_.error(Code::bad_xml, at, std::move(message)); }

  const Document& document_;
  Findings& findings_;
};

bool Validator::root() {
  const pugi::xml_node node = document_.root();
  const QName name = split(node.name());
  const Scope none;
  const Scope scope(none, node);
  if (name.local != grammar().name) {
    error(document_.at(node),
          "the root element is " + quoted(name.local) + "; that of a policy is SecurityPolicyDefinition");
    return false;
  }
  if (scope.uri(name.prefix) != kNamespace) {
    wrong_namespace(node, scope.uri(name.prefix));
    return false;
  }
  element(node, grammar(), scope);
  return true;
}

void Validator::element(pugi::xml_node node, const ElementRule& rule, const Scope& scope) {
  attributes(node, rule, scope);
  if (rule.text) {
    text(node, rule);
  } else {
    children(node, rule, scope);
  }
}

void Validator::attributes(pugi::xml_node node, const ElementRule& rule, const Scope& scope) {
  for (auto each = node.first_attribute(); each; each = each.next_attribute()) attribute(each, rule, scope);
  for (const AttributeRule& wanted : rule.attributes) {
    if (wanted.required && !node.attribute(wanted.name.data())) {
      error(document_.at(node), std::string(rule.name) + " lacks the attribute " + std::string(wanted.name));
    }
  }
}

void Validator::attribute(pugi::xml_attribute attribute, const ElementRule& rule, const Scope& scope) {
  if (declares_namespace(attribute)) return declaration(attribute);
  const QName name = split(attribute.name());
  const bool schema_location = name.local == "schemaLocation" || name.local == "noNamespaceSchemaLocation";
  if (schema_location && scope.uri(name.prefix) == kInstanceNamespace && !name.prefix.empty()) return;
  const auto known = std::ranges::find(rule.attributes, std::string_view(attribute.name()), &AttributeRule::name);
  if (known == rule.attributes.end()) {
    const std::string may_have = rule.attributes.empty() ? "has none" : "may have " + names_of(rule.attributes);
    error(document_.at(attribute), "attribute " + quoted(attribute.name()) + " is not known in " +
                                       std::string(rule.name) + ", which " + may_have);
    return;
  }
  form(known->form, document_.text_of(attribute));
}

void Validator::declaration(pugi::xml_attribute attribute) {
  const QName name = split(attribute.name());
  if (name.prefix.empty()) return;
  if (name.local.empty() || name.local.contains(':') || !is_ascii(name.local)) {
    error(document_.at(attribute), "attribute " + quoted(attribute.name()) + " declares no usable prefix");
  } else if (std::string_view(attribute.value()).empty()) {
    error(document_.at(attribute),
          "attribute " + quoted(attribute.name()) + " is empty; name a namespace, or remove it");
  }
}

void Validator::text(pugi::xml_node node, const ElementRule& rule) {
  if (!node.first_child() && !find_fault(*rule.text, node.value())) return;  // nearly always
  for (auto child = node.first_child(); child; child = child.next_sibling()) {
    if (child.type() != pugi::node_element) continue;
    error(document_.at(child), std::string(rule.name) + " holds text, not the element " + quoted(child.name()));
  }
  form(*rule.text, document_.text_of(node));
}

void Validator::children(pugi::xml_node node, const ElementRule& rule, const Scope& scope) {
  const auto stray = [&](pugi::xml_node text) {
    error(document_.at_text(text), "text stands in " + std::string(rule.name) + ", which holds elements only");
  };
  if (!trim(node.value()).empty()) stray(node);
  Progress progress;
  for (auto each = node.first_child(); each; each = each.next_sibling()) {
    if (each.type() == pugi::node_element) {
      child(each, rule, scope, progress);
    } else if (each.type() == pugi::node_cdata || !trim(each.value()).empty()) {
      stray(each);
    }
  }
  for (std::size_t i = 0; i < rule.children.size(); ++i) {
    if (progress.lines[i] != 0 || rule.children[i].occurs == Occurs::optional) continue;
    error(document_.at(node),
          std::string(rule.name) + " lacks the element " + std::string(rule.children[i].element->name));
  }
}

void Validator::child(pugi::xml_node node, const ElementRule& parent, const Scope& outer, Progress& progress) {
  const QName name = split(node.name());
  const auto known = std::ranges::find(parent.children, name.local, [](const ChildRule& c) { return c.element->name; });
  if (known == parent.children.end()) {
    error(document_.at(node), "element " + quoted(name.local) + " is not known in " + std::string(parent.name) +
                                  ", which holds " + names_of(parent.children));
    return;
  }
  in_order(node, parent, static_cast<std::size_t>(known - parent.children.begin()), progress);
  const auto inside = [&](const Scope& scope) {
    if (scope.uri(name.prefix) != kNamespace) return wrong_namespace(node, scope.uri(name.prefix));
    element(node, *known->element, scope);
  };
  if (!node.first_attribute()) return inside(outer);
  inside(Scope(outer, node));
}

void Validator::in_order(pugi::xml_node node, const ElementRule& parent, std::size_t index, Progress& progress) {
  const ChildRule& rule = parent.children[index];
  unsigned& first = progress.lines[index];
  if (first != 0 && rule.occurs != Occurs::repeated) {
    error(document_.at(node), std::string(parent.name) + " holds a second " + std::string(rule.element->name) +
                                  "; the first is in line " + std::to_string(first));
  } else if (index < progress.furthest) {
    error(document_.at(node), std::string(rule.element->name) + " must stand before " +
                                  std::string(parent.children[progress.furthest].element->name) + " (line " +
                                  std::to_string(progress.lines[progress.furthest]) + ")");
  }
  if (first == 0) first = document_.at(node).line;
  progress.furthest = std::max(progress.furthest, index);
}

void Validator::wrong_namespace(pugi::xml_node node, std::string_view uri) {
  const std::string found = uri.empty() ? "no namespace" : "the namespace " + quoted(uri);
  error(document_.at(node), "element " + quoted(node.name()) + " is in " + found + "; write xmlns=\"" +
                                std::string(kNamespace) + "\" in SecurityPolicyDefinition");
}

void Validator::form(Form form, const Text& text) {
  if (auto fault = find_fault(form, text.text)) findings_.error(fault->code, text.at, std::move(fault->message));
}

}  // namespace

bool validate(const Document& document, Findings& findings) { return Validator(document, findings).root(); }

}  // namespace xenacm::policy
