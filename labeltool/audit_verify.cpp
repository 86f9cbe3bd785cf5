// SPDX-License-Identifier: Apache-2.0
// labeltool audit verify [FILE…] [--checkpoint FILE] [--key FILE] [--after N]
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "enforcer/audit/verify.h"
#include "labeltool/audit_commands.h"
#include "labeltool/audit_pages.h"

namespace xenacm::labeltool {

namespace {

using audit::Source;
using nlohmann::json;

struct AuditVerifyArguments {
  std::vector<std::string> files;
  std::string checkpoint;
  std::string key;
  unsigned after = 0;
};

Failure unreadable(const std::string& file) { return {"Could not read file: " + file, {}}; }

std::expected<std::string, Failure> text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) return std::unexpected(unreadable(file));
  return text.str();
}

std::expected<std::vector<audit::PublicKey>, Failure> keys_of(const std::string& file) {
  if (file.empty()) return {};
  const auto text = text_of(file);
  if (!text) return std::unexpected(text.error());
  auto keys = audit::PublicKey::all_from_pem(*text);
  if (!keys) return std::unexpected(Failure{file + ": " + keys.error(), {}});
  return *std::move(keys);
}

// One checkpoint in any layout, or several of one line each.
Result expect_from(const std::string& file, audit::Verifier& verifier) {
  if (file.empty()) return {};
  const auto text = text_of(file);
  if (!text) return std::unexpected(text.error());
  if (audit::parse_checkpoint(*text)) {
    verifier.expect(*text, Source::elsewhere);
    return {};
  }
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (const auto checkpoint = audit::parse_checkpoint(line); !checkpoint) {
      return std::unexpected(Failure{file + ": " + checkpoint.error(), {}});
    }
    verifier.expect(line, Source::elsewhere);
  }
  return {};
}

json report_json(const audit::Report& report) {
  json finding;
  if (report.finding) {
    finding = {{"fault", audit::to_text(report.finding->fault)},
               {"seq", report.finding->seq},
               {"message", report.finding->message}};
  }
  return {{"sound", !report.finding.has_value()},
          {"records", report.records},
          {"first", report.first},
          {"last", report.last},
          {"checkpoints", report.checkpoints},
          {"signed", report.vouched},
          {"signed_at", report.vouched_time.count()},
          {"keys", report.keys},
          {"finding", finding}};
}

std::string signed_text(const audit::Report& report) {
  if (report.vouched == 0) {
    return "No checkpoint vouches for it: whoever can write the log could have made all of it anew.\n";
  }
  const auto seconds = static_cast<std::time_t>(report.vouched_time.count() / 1'000'000);
  std::string text = fmt::format(
      "Signed up to record {}: {} checkpoint{}, the newest of {:%Y-%m-%d %H:%M:%S}, key {}.\n", report.vouched,
      report.checkpoints, report.checkpoints == 1 ? "" : "s", fmt::localtime(seconds), fmt::join(report.keys, ", "));
  if (report.vouched < report.last) {
    text += fmt::format("The records after it are chained, and not signed yet.\n");
  }
  return text;
}

Result tell(const Context& context, const audit::Report& report, bool key_was_given) {
  if (context.json) {
    print_json(report_json(report));
    return report.finding ? std::unexpected(Failure{}) : Result();
  }
  if (report.finding) {
    const std::string sound =
        report.last == 0 ? "No record fits." : fmt::format("The records {} to {} fit.", report.first, report.last);
    return std::unexpected(Failure{report.finding->message, {sound}});
  }
  std::cout << fmt::format("The audit log is sound: {} records, {} to {}.\n", report.records, report.first, report.last)
            << signed_text(report);
  if (!key_was_given && report.vouched != 0) {
    std::cout << "No key was given: compare the key's id with the one that you have kept.\n";
  }
  return {};
}

Result verify(const Context& context, const AuditVerifyArguments& arguments) {
  auto keys = keys_of(arguments.key);
  if (!keys) return std::unexpected(keys.error());
  const bool from_daemon = arguments.files.empty();
  if (from_daemon && keys->empty()) {
    auto own = audit_key(context);
    if (!own) return std::unexpected(own.error());
    keys->push_back(*std::move(own));
  }
  const bool key_was_given = !arguments.key.empty();
  std::int64_t after = arguments.after;
  if (from_daemon && after == 0) {
    const auto forgotten = forgotten_up_to(context);
    if (!forgotten) return std::unexpected(forgotten.error());
    after = *forgotten;
  }
  audit::Verifier verifier(*std::move(keys), after);
  if (auto expected = expect_from(arguments.checkpoint, verifier); !expected) return expected;
  const Result fed =
      from_daemon ? feed_from_daemon(context, after, verifier)
                  : for_each_line(arguments.files, [&](std::string_view line) { return verifier.feed_line(line); });
  if (!fed) return fed;
  return tell(context, verifier.finish(), key_was_given);
}

}  // namespace

Command audit_verify_command() {
  constexpr int kMostFiles = 10'000;
  constexpr unsigned kMost = 4'000'000'000;
  auto arguments = std::make_shared<AuditVerifyArguments>();
  return {"verify", "Tell whether the audit log is as it was written, and what was done to it if not",
          [arguments](Words& words) {
            words
                .up_to(kMostFiles, "FILE", arguments->files, "exported lines, the oldest first; none: the daemon's log")
                .option("--checkpoint", arguments->checkpoint, "file of checkpoints that were kept elsewhere")
                .option("--key", arguments->key, "file of the public keys to trust, PEM")
                .option("--after", arguments->after, 0, kMost, "the log begins after this record, which was signed");
          },
          [arguments](const Context& context) { return verify(context, *arguments); }};
}

}  // namespace xenacm::labeltool
