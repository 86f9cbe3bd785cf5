// SPDX-License-Identifier: Apache-2.0
#include "policy/namespaces.h"

#include <algorithm>

namespace xenacm::policy {

QName split(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos || colon == 0) return {.prefix = {}, .local = name};
  return {.prefix = name.substr(0, colon), .local = name.substr(colon + 1)};
}

bool declares_namespace(const pugi::xml_attribute& attribute) {
  const std::string_view name = attribute.name();
  return name == "xmlns" || name.starts_with("xmlns:");
}

Scope::Scope(const Scope& outer, pugi::xml_node element) : outer_(&outer), default_(outer.default_) {
  for (auto attribute = element.first_attribute(); attribute; attribute = attribute.next_attribute()) {
    if (!declares_namespace(attribute)) continue;
    const QName name = split(attribute.name());
    declared_.emplace_back(name.prefix.empty() ? std::string_view() : name.local, attribute.value());
  }
  std::ranges::sort(declared_);
  if (!declared_.empty() && declared_.front().first.empty()) default_ = declared_.front().second;
}

std::string_view Scope::uri(std::string_view prefix) const {
  if (prefix.empty()) return default_;
  for (const Scope* scope = this; scope != nullptr; scope = scope->outer_) {
    const auto& declared = scope->declared_;
    const auto found =
        std::ranges::lower_bound(declared, prefix, {}, &std::pair<std::string_view, std::string_view>::first);
    if (found != declared.end() && found->first == prefix) return found->second;
  }
  return {};
}

}  // namespace xenacm::policy
