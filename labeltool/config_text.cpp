// SPDX-License-Identifier: Apache-2.0
#include "labeltool/config_text.h"

#include <algorithm>
#include <string_view>

namespace xenacm::labeltool {

namespace {

constexpr std::string_view kKey = "access_control";
constexpr std::string_view kBlanks = " \t";

bool is_quote(char c) { return c == '"' || c == '\''; }

// Past the string that begins at `at`, or at the end of its line where it has no end.
std::size_t past_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != '\n'; ++at) {
    if (text[at] == quote) return at + 1;
    if (text[at] == '\\') ++at;
  }
  return std::min(at, text.size());
}

std::size_t end_of_line(std::string_view text, std::size_t at) { return std::min(text.find('\n', at), text.size()); }

// Past the statement at `at` and what ends it: a semicolon, a newline, or a comment and its newline.
std::size_t past_statement(std::string_view text, std::size_t at) {
  std::size_t open = 0;  // lists
  while (at < text.size()) {
    const char c = text[at];
    if (open == 0 && (c == ';' || c == '\n')) return at + 1;
    if (c == '#') {
      at = end_of_line(text, at);
    } else if (is_quote(c)) {
      at = past_string(text, at);
    } else {
      if (c == '[') ++open;
      if (c == ']' && open > 0) --open;
      ++at;
    }
  }
  return at;
}

std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

bool assigns_label(std::string_view statement) {
  statement = without_blanks(statement);
  if (!statement.starts_with(kKey)) return false;
  statement = without_blanks(statement.substr(kKey.size()));
  return statement.starts_with('=') || statement.starts_with("+=");
}

bool is_blank(std::string_view text) { return text.find_first_not_of(kBlanks) == std::string_view::npos; }

// Every line behind a "#".
std::string commented_out(std::string_view lines) {
  std::string out = "#";
  for (std::size_t at = 0; at < lines.size(); ++at) {
    out += lines[at];
    if (lines[at] == '\n' && at + 1 < lines.size()) out += '#';
  }
  return out;
}

}  // namespace

std::string with_label(const std::string& text, const std::string& policy, const std::string& label) {
  const bool whole = text.empty() || text.ends_with('\n');
  return text + (whole ? "" : "\n") + "access_control = [\"policy=" + policy + ",label=" + label + "\"]\n";
}

std::string without_label(const std::string& text) {
  const std::string_view all = text;
  std::string out;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = past_statement(all, at);
    const std::string_view statement = all.substr(at, end - at);
    at = end;
    if (!assigns_label(statement)) {
      out += statement;
      continue;
    }
    const bool shares_line = !is_blank(std::string_view(out).substr(out.rfind('\n') + 1));
    out += (shares_line ? "\n" : "") + commented_out(statement);
    // To xl a comment ends with its line, so that also the last one needs a line break.
    const bool line_goes_on = end == all.size() || all[end] != '\n';
    if (!statement.ends_with('\n') && line_goes_on) out += '\n';
  }
  return out;
}

}  // namespace xenacm::labeltool
