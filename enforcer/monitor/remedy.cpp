// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/remedy.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace xenacm::monitor::remedy {

namespace {

// A word of a shell's command line.
std::string shell_word(const std::string& text) {
  const bool plain = std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("/:.,_-+@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

}  // namespace

std::string addlabel(const ResourceName& name) { return "labeltool addlabel LABEL res " + shell_word(name.get()); }

std::string rmlabel(const ResourceName& name) { return "labeltool rmlabel res " + shell_word(name.get()); }

std::string repair(const ResourceName& name, const std::string& how) {
  return "labeltool resources --repair " + shell_word(name.get()) + " " + how;
}

std::string rename(const ResourceName& name, const ResourceName& to) {
  return repair(name, "rename " + shell_word(to.get()));
}

}  // namespace xenacm::monitor::remedy
