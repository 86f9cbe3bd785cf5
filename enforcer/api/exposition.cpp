// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/exposition.h"

#include <fmt/format.h>

namespace xenacm::api {

namespace {

std::string escaped_label(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    c == '\n' ? text += "\\n" : text += c;
  }
  return text;
}

}  // namespace

void Exposition::begin(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

void Exposition::line(std::string_view suffix, Labels labels, std::string_view value) {
  text_ += name_;
  text_ += suffix;
  char before = '{';
  for (const auto& [name, content] : labels) {
    text_ += fmt::format("{}{}=\"{}\"", before, name, escaped_label(content));
    before = ',';
  }
  if (labels.size() != 0) text_ += '}';
  text_ += fmt::format(" {}\n", value);
}

void Exposition::sample(std::uint64_t value, Labels labels) { line({}, labels, std::to_string(value)); }

void Exposition::sample_seconds(double value) { line({}, {}, fmt::format("{}", value)); }

void Exposition::histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                           std::span<const std::uint64_t> counts, double sum) {
  begin(name, "histogram", help);
  std::uint64_t up_to = 0;
  for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) {
    up_to += counts[bucket];
    const std::string bound = bucket < bounds.size() ? fmt::format("{}", bounds[bucket]) : "+Inf";
    line("_bucket", {{"le", bound}}, std::to_string(up_to));
  }
  line("_sum", {}, fmt::format("{}", sum));
  line("_count", {}, std::to_string(up_to));
}

}  // namespace xenacm::api
