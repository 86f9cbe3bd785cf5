// SPDX-License-Identifier: Apache-2.0
#include "labeltool/suggest/commands.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "policy/model.h"

namespace xenacm::labeltool::suggest {

std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("/:.,_-+@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

namespace {

std::vector<std::string> relabel(const std::string& words, bool labelled, const std::string& label) {
  std::vector<std::string> commands;
  if (labelled) commands.push_back("labeltool rmlabel " + words);
  commands.push_back("labeltool addlabel " + shell_word(label) + " " + words);
  return commands;
}

}  // namespace

std::vector<std::string> relabel_domain(const std::string& domain, const std::string& before,
                                        const std::string& label) {
  return relabel("mgt " + shell_word(domain), !before.empty() && before != policy::kUnlabeled, label);
}

std::vector<std::string> relabel_resource(const std::string& resource, bool labelled, const std::string& label) {
  const std::size_t of = resource.find(" of ");
  const bool vif = resource.starts_with("vif-") && of != std::string::npos;
  return relabel(
      vif ? resource.substr(0, of) + " " + shell_word(resource.substr(of + 4)) : "res " + shell_word(resource),
      labelled, label);
}

}  // namespace xenacm::labeltool::suggest
