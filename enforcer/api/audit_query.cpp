// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/audit_query.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "enforcer/monitor/request.h"
#include "enforcer/monitor/resource_name.h"
#include "enforcer/monitor/rule_names.h"

namespace xenacm::api {

using audit::Filter;

namespace {

using Read = std::expected<void, std::string>;

template <class Member, class Value>
Read set(Member& member, const Value& value) {
  member = value;
  return {};
}

template <class Number>
Read read_number(const std::string& key, const std::string& text, Number& number) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end) {
    return std::unexpected(key + " must be a number, and is '" + text + "'");
  }
  number = Number(value);
  return {};
}

Read read_time(const std::string& key, const std::string& text, std::optional<std::chrono::microseconds>& time) {
  std::int64_t microseconds = 0;
  if (auto read = read_number(key, text, microseconds); !read) return read;
  time = std::chrono::microseconds(microseconds);
  return {};
}

template <class Names>
Read read_one_of(const std::string& key, const std::string& text, const Names& names,
                 std::optional<std::string>& chosen) {
  if (std::ranges::find(names, text) == names.end()) {
    std::string known;
    for (const std::string_view name : names) known += (known.empty() ? "" : ", ") + std::string(name);
    return std::unexpected("there is no " + key + " '" + text + "'; there are " + known);
  }
  chosen = text;
  return {};
}

// "phy@nicdom:/dev/a" is what the object of an attach calls "nicdom (phy:/dev/a)".
audit::ListedResource listed(const std::string& name) {
  const std::size_t colon = name.find(':');
  const std::size_t at = name.find('@');
  if (at > colon) return {std::string(monitor::kDomain0Name), name};
  return {name.substr(at + 1, colon - at - 1), name.substr(0, at) + name.substr(colon)};
}

Read read_resource(const std::string& text, Filter& filter) {
  const auto name = monitor::parse_host_resource_name(text);
  if (!name) return std::unexpected(name.error());
  filter.resource = name->get();
  filter.listed = listed(name->get());
  return {};
}

Read read_parameter(const std::string& key, const std::string& text, Filter& filter) {
  if (key == "refused") return set(filter.refused, true);
  if (key == "after") return read_number(key, text, filter.after);
  if (key == "seq") return read_number(key, text, filter.seq);
  if (key == "limit") return read_number(key, text, filter.limit);
  if (key == "since") return read_time(key, text, filter.since);
  if (key == "until") return read_time(key, text, filter.until);
  if (key == "domain") return set(filter.domain, text);
  if (key == "label") return set(filter.label, text);
  if (key == "resource") return read_resource(text, filter);
  if (key == "rule") return read_one_of(key, text, monitor::rule_names(), filter.rule);
  if (key == "toolstack") return read_one_of(key, text, monitor::kToolstacks, filter.toolstack);
  if (key == "uid") return read_number(key, text, filter.who.uid);
  if (key == "pid") return read_number(key, text, filter.who.pid);
  if (key == "program") return set(filter.who.program, text);
  return std::unexpected("there is no parameter '" + key + "'");
}

}  // namespace

std::expected<Filter, std::string> read_audit_query(const std::map<std::string, std::string>& query) {
  Filter filter;
  for (const auto& [key, text] : query) {
    if (auto read = read_parameter(key, text, filter); !read) return std::unexpected(read.error());
  }
  return filter;
}

}  // namespace xenacm::api
