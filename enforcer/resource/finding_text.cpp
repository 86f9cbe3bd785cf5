// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/finding_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ctime>
#include <string_view>

namespace xenacm::resource {

using monitor::Identity;
using monitor::ResourceName;

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

// "2026-11-22 10:59:02.298607385 UTC", of "SECONDS.NANOSECONDS": two files of one second are told apart.
std::string date(const std::string& birth) {
  std::time_t seconds = 0;
  const char* const fraction = std::from_chars(birth.data(), birth.data() + birth.size(), seconds).ptr;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string text(64, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts));
  return text + std::string(fraction, birth.data() + birth.size()) + " UTC";
}

}  // namespace

std::string rmlabel(const ResourceName& name) { return "labeltool rmlabel res " + shell_word(name.get()); }

std::string repair(const ResourceName& name, const std::string& how) {
  return "labeltool resources --repair " + shell_word(name.get()) + " " + how;
}

std::string text_of(const Identity& identity) {
  std::string text = identity.place;
  if (!identity.birth.empty()) text += ", made " + date(identity.birth);
  return text + (identity.mark.empty() ? ", without a mark" : ", mark " + identity.mark);
}

std::string rename(const ResourceName& name, const ResourceName& to) {
  return repair(name, "rename " + shell_word(to.get()));
}

}  // namespace xenacm::resource
