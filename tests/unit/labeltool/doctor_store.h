// SPDX-License-Identifier: Apache-2.0
// A xenstore to read from: what a test put there, and anything may stand in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "enforcer/xen/xenstore.h"

namespace xenacm::labeltool::doctor::test {

class Store final : public xen::Xenstore {
 public:
  std::map<std::string, std::string> nodes;

  std::optional<std::string> read(const std::string& path) override {
    const auto found = nodes.find(path);
    return found == nodes.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<std::string> list(const std::string& path) override {
    std::vector<std::string> names;
    const std::string below = path + "/";
    for (const auto& [node, value] : nodes) {
      if (!node.starts_with(below)) continue;
      const std::string name = node.substr(below.size(), node.find('/', below.size()) - below.size());
      if (names.empty() || names.back() != name) names.push_back(name);
    }
    return names;
  }
  // Who examines changes nothing.
  std::expected<void, std::string> write(const Writes&) override { return refused(); }
  std::expected<void, std::string> publish(const std::string&, const std::string&, const Writes&,
                                           monitor::DomId) override {
    return refused();
  }
  std::expected<void, std::string> remove(const std::string&) override { return refused(); }
  bool is_introduced(monitor::DomId) override { return true; }
  bool watch(const std::string&) override { return false; }
  void unwatch(const std::string&) override {}
  int descriptor() override { return -1; }
  std::expected<std::optional<std::string>, std::string> next_event() override { return std::nullopt; }

 private:
  static std::unexpected<std::string> refused() { return std::unexpected<std::string>("read only"); }
};

}  // namespace xenacm::labeltool::doctor::test
