// SPDX-License-Identifier: Apache-2.0
// labeltool policy {history | show NUMBER | rollback [NUMBER] [--force]}
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "enforcer/api/client.h"
#include "labeltool/command.h"
#include "labeltool/policy_text.h"
#include "labeltool/record_text.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

constexpr const char* kHistory = "/v1/policy/history";

std::string target(const std::string& number, const char* what) {
  return std::string(kHistory) + "/" + api::encoded(number) + "/" + what;
}

// "setpolicy, 2026-11-22 14:02:11, labeltool, pid 2231, uid 0"
std::string set_by(const json& set) {
  return set.is_null() ? "from the beginning" : set.value("action", "") + ", " + origin(set);
}

Result show_history(const Context& context) {
  const auto history = ask(context, "GET", kHistory);
  if (!history) return std::unexpected(history.error());
  if (context.json) {
    print_json(*history);
    return {};
  }
  for (const json& past : *history) {
    const std::string policy = past.value("name", "") + " " + past.value("version", "");
    const bool in_force = &past == &history->back();
    std::cout << printable(fmt::format("{:>4}  {:<24} {:.12}  {}{}", past.value("number", 0), policy,
                                       past.value("digest", ""), set_by(past.at("set")), in_force ? "; in force" : ""))
              << '\n';
  }
  return {};
}

Result show_document(const Context& context, const std::string& number) {
  const auto document = ask_text(context, "GET", target(number, "document"), "", "application/json");
  if (!document) return std::unexpected(document.error());
  if (context.json) {
    print_json({{"document", *document}});
  } else {
    std::cout << *document;
  }
  return {};
}

// The one before the last, which is in force.
std::expected<std::string, Failure> previous(const Context& context) {
  const auto history = ask(context, "GET", kHistory);
  if (!history) return std::unexpected(history.error());
  if (history->size() < 2) return std::unexpected(Failure{"There was no policy before the present one."});
  return std::to_string(history->at(history->size() - 2).value("number", 0));
}

Result roll_back(const Context& context, const std::string& asked, bool force) {
  auto number = asked.empty() ? previous(context) : asked;
  if (!number) return std::unexpected(number.error());
  const auto verdict = ask(context, "POST", target(*number, "restore") + (force ? "?force=1" : ""));
  if (!verdict) return std::unexpected(verdict.error());
  if (!context.json) std::cout << "Went back to policy " << *number << " of the history.\n";
  return print_policy(context, false);
}

struct PolicyArguments {
  std::string word, number;
  bool force = false;
};

Result policy(const Context& context, const PolicyArguments& arguments) {
  if (arguments.word == "history" && arguments.number.empty()) return show_history(context);
  if (arguments.word == "show" && !arguments.number.empty()) return show_document(context, arguments.number);
  if (arguments.word == "rollback") return roll_back(context, arguments.number, arguments.force);
  return std::unexpected(
      Failure{"The forms are policy history, policy show NUMBER and policy rollback [NUMBER] [--force]"});
}

}  // namespace

Command policy_command() {
  auto arguments = std::make_shared<PolicyArguments>();
  return {"policy", "Show the policies that were in force, or go back to one of them",
          [arguments](Words& words) {
            words.required("what", arguments->word, "history, show or rollback")
                .optional("number", arguments->number, "of the history; rollback: the one before the present if none")
                .flag("--force", arguments->force, "rollback: also where it takes the meaning from many labels");
          },
          [arguments](const Context& context) { return policy(context, *arguments); }};
}

}  // namespace xenacm::labeltool
