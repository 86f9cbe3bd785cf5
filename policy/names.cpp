// SPDX-License-Identifier: Apache-2.0
#include "policy/names.h"

#include <algorithm>
#include <charconv>

#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

constexpr std::size_t kMaxVersionDigits = 8;

bool is_name(Form form) {
  return form == Form::policy_name || form == Form::label || form == Form::type || form == Form::conflict_set;
}

std::string_view noun(Form form) {
  switch (form) {
    case Form::policy_name:
      return "policy name";
    case Form::label:
      return "label name";
    case Form::type:
      return "type name";
    case Form::conflict_set:
      return "conflict set name";
    case Form::version:
      return "version";
    case Form::priority:
      return "priority";
    case Form::free_text:
      break;
  }
  return "text";
}

Code code_of(Form form) {
  switch (form) {
    case Form::policy_name:
      return Code::bad_policy_name;
    case Form::label:
      return Code::bad_label;
    case Form::conflict_set:
      return Code::bad_conflict_set;
    default:
      return Code::bad_xml;
  }
}

bool has_invisible(std::string_view name) {
  if (std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7F'; })) return false;  // nearly all names
  for (std::size_t offset = 0; offset < name.size();) {
    const CodePoint c = decode_utf8(name, offset).value_or(CodePoint{0, 1});
    if (is_invisible(c.value)) return true;
    offset += c.bytes;
  }
  return false;
}

bool has_empty_component(std::string_view name) {
  return name.starts_with('.') || name.ends_with('.') || name.contains("..");
}

// What is wrong with a trimmed name; empty if nothing is.
std::string fault_of_name(Form form, std::string_view name) {
  if (name.empty()) return form == Form::type ? "" : "is empty";
  if (name.size() > kMaxNameBytes) {
    return "is " + std::to_string(name.size()) + " bytes long; at most " + std::to_string(kMaxNameBytes) +
           " are allowed";
  }
  if (has_invisible(name)) return "contains white space, a control character or an invisible one; a name is one word";
  const bool is_path = form == Form::policy_name;
  if ((is_path || form == Form::label) && name.contains(':')) {
    return "contains ':', which separates policy and label where a label is written out";
  }
  if (is_path && name.contains('/')) return "contains '/'; its parts are separated by dots, as in 'example.test'";
  if (is_path && has_empty_component(name))
    return "has an empty part; parts are separated by one dot, as in 'example.test'";
  return "";
}

std::string fault_of_word(Form form, std::string_view text) {
  if (form == Form::version && !to_version(text)) {
    return "is not of the form MAJOR.MINOR (1 to 8 digits each, no blanks), as in '1.0'";
  }
  if (form == Form::priority && text != "PrimaryPolicyComponent")
    return "must be 'PrimaryPolicyComponent', or left out";
  return "";
}

bool is_number(std::string_view digits) {
  return !digits.empty() && digits.size() <= kMaxVersionDigits && std::ranges::all_of(digits, is_digit);
}

std::uint32_t to_number(std::string_view digits) {
  std::uint32_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

std::optional<FormFault> find_fault(Form form, std::string_view text) {
  const std::string_view value = is_name(form) ? trim(text) : text;
  const std::string fault = is_name(form) ? fault_of_name(form, value) : fault_of_word(form, value);
  if (fault.empty()) return std::nullopt;
  const std::string subject = value.empty() ? "" : quoted(value) + " ";
  return FormFault{code_of(form), std::string(noun(form)) + " " + subject + fault};
}

std::optional<Version> to_version(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view major = text.substr(0, dot);
  const std::string_view minor = text.substr(dot + 1);
  if (!is_number(major) || !is_number(minor)) return std::nullopt;
  return Version{.major = to_number(major), .minor = to_number(minor)};
}

}  // namespace xenacm::policy
