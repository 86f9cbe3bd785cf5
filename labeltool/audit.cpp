// SPDX-License-Identifier: Apache-2.0
// labeltool audit [FILTER...] [--limit N] [--format F] [--follow], and the table of the commands below it
#include <iostream>
#include <memory>

#include "labeltool/audit_commands.h"
#include "labeltool/review/filter.h"
#include "labeltool/review/follow.h"
#include "labeltool/review/rows.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

struct AuditArguments {
  review::Filter filter;
  std::string format;  // empty: table, or an array of JSON where that is asked for
  bool follow = false;
  unsigned limit = 1000;
};

// The format's head goes before the first records, once the daemon has answered.
class Printer {
 public:
  explicit Printer(const review::Format& format) : format_(format) {}

  Result print(const json& records) {
    if (!begun_ && format_.head != nullptr) std::cout << format_.head() << '\n';
    begun_ = true;
    for (const json& record : records) std::cout << format_.row(record) << '\n';
    if (std::cout.flush()) return {};
    return std::unexpected(Failure{"standard output cannot be written"});
  }

 private:
  review::Format format_;
  bool begun_ = false;
};

Result review_as(const Context& context, const AuditArguments& arguments, const std::string& parameters) {
  const auto format = review::format_of(arguments.format.empty() ? "table" : arguments.format);
  if (!format) {
    return std::unexpected(Failure{"Unknown format '" + arguments.format + "'; the formats are table, jsonl and csv"});
  }
  Printer printer(*format);
  const auto show = [&](const json& records) { return printer.print(records); };
  if (arguments.follow) return review::follow(context, parameters, arguments.limit, show);
  const auto records = ask(context, "GET", "/v1/audit?limit=" + std::to_string(arguments.limit) + parameters);
  if (!records) return std::unexpected(records.error());
  return show(*records);
}

Result review_log(const Context& context, const AuditArguments& arguments) {
  const auto parameters = review::parameters(arguments.filter, review::now());
  if (!parameters) return std::unexpected(parameters.error());
  if (!context.json) return review_as(context, arguments, *parameters);
  if (!arguments.format.empty() || arguments.follow) {
    return std::unexpected(
        Failure{"--json prints one array; for a record a line, as --follow needs it, the option is "
                "--format jsonl"});
  }
  const auto records = ask(context, "GET", "/v1/audit?limit=" + std::to_string(arguments.limit) + *parameters);
  if (!records) return std::unexpected(records.error());
  print_json(*records);
  return {};
}

}  // namespace

Command audit_command() {
  auto arguments = std::make_shared<AuditArguments>();
  return {"audit",
          "Show the audit log, oldest record first",
          [arguments](Words& words) {
            review::declare(words, arguments->filter);
            words.option("--limit", arguments->limit, 1, 10'000, "the newest N records")
                .option("--format", arguments->format, "table (default), jsonl or csv")
                .flag("--follow", arguments->follow, "go on with what is recorded from now on, until Ctrl-C");
          },
          [arguments](const Context& context) { return review_log(context, *arguments); },
          nullptr,
          {audit_summary_command, audit_suggest_command, audit_graph_command, audit_verify_command,
           audit_replay_command, audit_checkpoint_command, audit_key_command}};
}

}  // namespace xenacm::labeltool
