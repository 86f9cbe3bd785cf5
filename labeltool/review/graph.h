// SPDX-License-Identifier: Apache-2.0
// Which domains were linked, or refused to be, by what is on record.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace xenacm::labeltool::review {

class LinkGraph {
 public:
  // Records that are about no link, or could not be decided, are passed over.
  void add(const nlohmann::json& record);

  [[nodiscard]] bool empty() const { return edges_.empty(); }
  // For Graphviz. Refused links are dashed and red, with the rule.
  [[nodiscard]] std::string dot() const;
  [[nodiscard]] nlohmann::json json() const;

 private:
  struct Edge {
    std::string frontend, backend, device_class, decision, rule;
    friend auto operator<=>(const Edge&, const Edge&) = default;
  };
  void add_domain(const std::string& name, const std::string& label);

  std::map<std::string, std::string> labels_;  // of each domain the last that is on record; empty: none
  std::map<Edge, std::uint64_t> edges_;        // how often
};

// "nicdom" of "nicdom (phy:/dev/a, phy:/dev/b)".
[[nodiscard]] std::string backend_of(const std::string& object);

}  // namespace xenacm::labeltool::review
