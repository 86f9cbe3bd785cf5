// SPDX-License-Identifier: Apache-2.0
#include "labeltool/review/filter.h"

#include <pwd.h>

#include <algorithm>

#include "enforcer/api/client.h"
#include "enforcer/monitor/request.h"
#include "enforcer/monitor/rule_names.h"

namespace xenacm::labeltool::review {

using nlohmann::json;

namespace {

constexpr std::size_t kFilteredPage = 10'000;

void add(std::string& parameters, const char* key, const std::string& value) {
  if (!value.empty()) parameters += std::string("&") + key + "=" + api::encoded(value);
}

Result add_time(std::string& parameters, const char* key, const std::string& text, Time now) {
  if (text.empty()) return {};
  const auto time = parse_time(text, now);
  if (!time) return std::unexpected(Failure{std::string("--") + key + ": " + time.error()});
  add(parameters, key, std::to_string(time->time_since_epoch().count()));
  return {};
}

// A number is a user's or a process's; a word is a program's or a user's.
void add_asker(std::string& parameters, const std::string& who) {
  const bool number = !who.empty() && std::ranges::all_of(who, [](char c) { return c >= '0' && c <= '9'; });
  if (number) {
    add(parameters, "uid", who);
    add(parameters, "pid", who);
    return;
  }
  add(parameters, "program", who);
  if (who.empty()) return;
  if (const passwd* user = ::getpwnam(who.c_str())) add(parameters, "uid", std::to_string(user->pw_uid));
}

template <class Names>
std::string listed(const Names& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::int64_t number_of(const json& record) { return record.value("seq", std::int64_t{0}); }

}  // namespace

void declare(Words& words, Filter& filter) {
  // The shells' completions read the lists here.
  const std::string rules = "with a reason of this rule: " + listed(monitor::rule_names());
  const std::string toolstacks = "asked by this toolstack: " + listed(monitor::kToolstacks);
  words.flag("--denied", filter.denied, "refusals alone, and what permissive mode would have refused")
      .option("--since", filter.since, "from this time on: 2026-11-22T14:02, today, 2h (ago)")
      .option("--until", filter.until, "before this time")
      .option("--domain", filter.domain, "about this domain")
      .option("--label", filter.label, "about this label")
      .option("--resource", filter.resource, "about this disk, device, bridge or NIC")
      .option("--rule", filter.rule, rules.c_str())
      .option("--toolstack", filter.toolstack, toolstacks.c_str())
      .option("--who", filter.who, "asked by this user (name or uid), process (pid) or program");
}

std::expected<std::string, Failure> parameters(const Filter& filter, Time now) {
  std::string text = filter.denied ? "&refused=1" : "";
  if (auto added = add_time(text, "since", filter.since, now); !added) return std::unexpected(added.error());
  if (auto added = add_time(text, "until", filter.until, now); !added) return std::unexpected(added.error());
  add(text, "domain", filter.domain);
  add(text, "label", filter.label);
  add(text, "resource", filter.resource);
  add(text, "rule", filter.rule);
  add(text, "toolstack", filter.toolstack);
  add_asker(text, filter.who);
  return text;
}

Time now() { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }

std::expected<std::int64_t, Failure> last_record(const Context& context) {
  const auto newest = ask(context, "GET", "/v1/audit?limit=1");
  if (!newest) return std::unexpected(newest.error());
  return newest->empty() ? 0 : number_of(newest->back());
}

Result visit_all(const Context& context, const std::string& parameters, const std::function<void(const json&)>& visit) {
  const auto end = last_record(context);  // a log that grows while it is read would have no end
  if (!end) return std::unexpected(end.error());
  for (std::int64_t after = 0;;) {
    const auto page =
        ask(context, "GET",
            "/v1/audit?after=" + std::to_string(after) + "&limit=" + std::to_string(kFilteredPage) + parameters);
    if (!page) return std::unexpected(page.error());
    for (const json& record : *page) {
      after = number_of(record);
      if (after > *end) return {};
      visit(record);
    }
    if (page->empty()) return {};
  }
}

std::expected<json, Failure> one_record(const Context& context, unsigned number) {
  auto records =
      ask(context, "GET", number == 0 ? "/v1/audit?refused=1&limit=1" : "/v1/audit?seq=" + std::to_string(number));
  if (!records) return std::unexpected(records.error());
  if (!records->empty()) return records->front();
  return std::unexpected(Failure{number == 0 ? "Nothing was refused so far."
                                             : "There is no audit record " + std::to_string(number) + "."});
}

}  // namespace xenacm::labeltool::review
