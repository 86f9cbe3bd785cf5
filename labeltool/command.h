// SPDX-License-Identifier: Apache-2.0
// What the commands have in common: how they ask the daemon, how they fail, how they say so.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/api/printable.h"

namespace CLI {
class App;
}

namespace xenacm::labeltool {

using api::printable;

// Ends a command: `details` line by line, then "Error: MESSAGE", all on standard error. Without a message there is no
// such line.
struct Failure {
  std::string message;
  std::vector<std::string> details;
  int status = 1;       // of the exit
  unsigned answer = 0;  // HTTP status that the daemon refused with; 0: it was not the daemon that refused
};

using Result = std::expected<void, Failure>;

struct Context {
  std::string socket;                                   // of acm-enforcerd
  bool json = false;                                    // print JSON instead of text
  std::optional<std::chrono::milliseconds> limit = {};  // of one answer; none: it is waited for
};

// The words and options of one command, in the order in which they are declared. The variables must live as long as the
// command line. (A thin face over CLI11, so that its large header is compiled once.)
class Words {
 public:
  explicit Words(CLI::App& app) : app_(app) {}
  Words& required(const char* name, std::string& value, const char* help);
  Words& optional(const char* name, std::string& value, const char* help);
  Words& optional(const char* name, unsigned& value, const char* help);
  Words& up_to(int most, const char* name, std::vector<std::string>& values, const char* help);
  Words& flag(const char* name, bool& value, const char* help);
  Words& option(const char* name, std::string& value, const char* help);
  Words& option(const char* name, unsigned& value, unsigned least, unsigned most, const char* help);

 private:
  CLI::App& app_;
};

// What a command is called, which words it takes, and what it does then.
using Action = std::function<Result(const Context&)>;
struct Command;
using MakeCommand = Command (*)();
struct Command {
  const char* name;
  const char* help;
  std::function<void(Words&)> declare;
  Action action;
  const char* miscounted = nullptr;     // said where there are too few or too many words (acm.md 5)
  std::vector<MakeCommand> below = {};  // "audit verify": each with words of its own; without one, this command itself
};

Command addlabel_command();
Command audit_command();
Command checkpolicy_command();
Command diffpolicy_command();
Command dry_run_command();
Command dumppolicy_command();
Command getlabel_command();
Command getpolicy_command();
Command import_command();
Command labels_command();
Command list_command();
Command mode_command();
Command policy_command();
Command resetpolicy_command();
Command resources_command();
Command rmlabel_command();
Command setpolicy_command();
Command status_command();
Command test_command();
Command whatif_command();
Command why_command();

// Calls the daemon; its answer as JSON, its error as a failure.
[[nodiscard]] std::expected<nlohmann::json, Failure> ask(const Context& context, std::string_view method,
                                                         const std::string& target, const nlohmann::json& body = {});

// The same for a body and an answer that are text.
[[nodiscard]] std::expected<std::string, Failure> ask_text(const Context& context, std::string_view method,
                                                           const std::string& target, std::string body,
                                                           std::string_view type);

// "LINE:COLUMN: SEVERITY: MESSAGE" of each diagnostic of a policy document.
[[nodiscard]] std::vector<std::string> diagnostic_lines(const nlohmann::json& diagnostics);

// "/v1/domains/NAME/label" and "/v1/resources/NAME/label".
[[nodiscard]] std::string domain_label_target(const std::string& name);
[[nodiscard]] std::string resource_label_target(const std::string& name);

void print_json(const nlohmann::json& value);

}  // namespace xenacm::labeltool
