// SPDX-License-Identifier: Apache-2.0
// Which namespace a name of the XML tree is in. Inside policy/ only.
#pragma once

#include <pugixml.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace xenacm::policy {

struct QName {
  std::string_view prefix;  // empty where there is none
  std::string_view local;
};

// "a:b" -> {a, b}. A name that is no QName ("a:", ":b", "a:b:c") has a prefix or a local part that nothing is called
// by.
[[nodiscard]] QName split(std::string_view name);

// Is this attribute a declaration: xmlns or xmlns:PREFIX?
[[nodiscard]] bool declares_namespace(const pugi::xml_attribute& attribute);

// The declarations that hold inside one element. Points to the scope around it and into the tree: both must outlive it.
class Scope {
 public:
  Scope() = default;
  Scope(const Scope& outer, pugi::xml_node element);

  // Empty: in no namespace, or the prefix is not declared.
  [[nodiscard]] std::string_view uri(std::string_view prefix) const;

 private:
  const Scope* outer_ = nullptr;
  std::string_view default_;  // the namespace of names without a prefix: of nearly all
  std::vector<std::pair<std::string_view, std::string_view>> declared_;  // prefix -> uri, sorted
};

}  // namespace xenacm::policy
