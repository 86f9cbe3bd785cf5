// SPDX-License-Identifier: Apache-2.0
#include "labeltool/review/summary.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "enforcer/api/printable.h"
#include "labeltool/member.h"

namespace xenacm::labeltool::review {

using Json = nlohmann::json;

namespace {

// "attach vif 0" and "attach vif 1" are "attach vif".
std::string action_of(const Json& record) {
  std::string action = member_text(record, "action");
  const std::size_t last = action.rfind(' ');
  const bool numbered = last != std::string::npos && last + 1 < action.size() &&
                        action.find_first_not_of("0123456789", last + 1) == std::string::npos;
  return numbered ? action.substr(0, last) : action;
}

// A ticket's id is another each time.
std::string object_of(const Json& record) {
  return member_text(record, "action") == "reserve start" ? "" : member_text(record, "object");
}

std::string time_text(std::int64_t microseconds) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(static_cast<std::time_t>(microseconds / 1'000'000)));
}

std::string party(const std::string& name, const std::string& label) {
  return api::printable(label.empty() ? name : name + " (" + label + ")");
}

std::string counts_table(const char* heading, const std::map<std::string, Tally>& tallies) {
  std::string text = fmt::format("\n{:<14} {:>7} {:>10}\n", heading, "Denied", "Would deny");
  for (const auto& [name, tally] : tallies) {
    text += fmt::format("{:<14} {:>7} {:>10}\n", name.empty() ? "other" : api::printable(name), tally.denied,
                        tally.would_deny);
  }
  return text;
}

Json tally_json(const Tally& tally) {
  return {{"denied", tally.denied},
          {"would_deny", tally.would_deny},
          {"first", tally.first},
          {"last", tally.last},
          {"record", tally.record}};
}

Json tallies_json(const char* key, const std::map<std::string, Tally>& tallies) {
  Json list = Json::array();
  for (const auto& [name, tally] : tallies) {
    list.push_back(tally_json(tally));
    list.back()[key] = name;
  }
  return list;
}

}  // namespace

void Tally::add(const Json& refused) {
  ++(member_text(refused, "decision") == "deny" ? denied : would_deny);
  const std::int64_t time = refused.value("time", std::int64_t{0});
  first = first == 0 ? time : std::min(first, time);
  last = std::max(last, time);
  record = refused.value("seq", std::int64_t{0});
}

void Summary::add(const Json& record) {
  const std::string decision = member_text(record, "decision");
  if (decision != "deny" && decision != "would-deny") return;
  const What what{.rule = member_text(record, "rule"),
                  .toolstack = member_text(record, "toolstack"),
                  .action = action_of(record),
                  .subject = member_text(record, "subject"),
                  .subject_label = member_text(record, "subject_label"),
                  .object = object_of(record),
                  .object_label = member_text(record, "object_label")};
  all_.add(record);
  rules_[what.rule].add(record);
  toolstacks_[what.toolstack].add(record);
  refusals_[what].add(record);
}

std::vector<std::pair<Summary::What, Tally>> Summary::by_count() const {
  std::vector<std::pair<What, Tally>> sorted(refusals_.begin(), refusals_.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(),
                           [](const auto& entry) { return entry.second.denied + entry.second.would_deny; });
  return sorted;
}

std::string Summary::text() const {
  if (refusals_.empty()) return "Nothing was refused.\n";
  std::string text = fmt::format("Refused: {}. Would have been refused, if not for permissive mode: {}.\n{} to {}\n",
                                 all_.denied, all_.would_deny, time_text(all_.first), time_text(all_.last));
  text += counts_table("Rule", rules_) + counts_table("Toolstack", toolstacks_);
  text += fmt::format("\n{:>7} {:>10} {:<19} {:<19} {:>7} {:<13} {:<9} {}\n", "Denied", "Would deny", "First", "Last",
                      "Record", "Rule", "Toolstack", "What");
  for (const auto& [what, tally] : by_count()) {
    std::string object = what.object.empty() ? "" : " -> " + party(what.object, what.object_label);
    text += fmt::format("{:>7} {:>10} {:<19} {:<19} {:>7} {:<13} {:<9} {} {}{}\n", tally.denied, tally.would_deny,
                        time_text(tally.first), time_text(tally.last), tally.record, api::printable(what.rule),
                        what.toolstack.empty() ? "other" : api::printable(what.toolstack), api::printable(what.action),
                        party(what.subject, what.subject_label), object);
  }
  return text;
}

Json Summary::json() const {
  Json refusals = Json::array();
  for (const auto& [what, tally] : by_count()) {
    Json entry = tally_json(tally);
    entry.update({{"rule", what.rule},
                  {"toolstack", what.toolstack},
                  {"action", what.action},
                  {"subject", what.subject},
                  {"subject_label", what.subject_label},
                  {"object", what.object},
                  {"object_label", what.object_label}});
    refusals.push_back(std::move(entry));
  }
  Json all = tally_json(all_);
  all.update({{"rules", tallies_json("rule", rules_)},
              {"toolstacks", tallies_json("toolstack", toolstacks_)},
              {"refusals", refusals}});
  return all;
}

}  // namespace xenacm::labeltool::review
