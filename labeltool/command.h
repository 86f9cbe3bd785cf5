// SPDX-License-Identifier: Apache-2.0
// What the commands have in common: how they ask the daemon, how they fail, how they say so.
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace xenacm::labeltool {

// Ends a command with exit status 1: `details` line by line, then "Error: MESSAGE", all on standard error.
struct Failure {
  std::string message;
  std::vector<std::string> details;
};

using Result = std::expected<void, Failure>;

struct Context {
  std::string socket;  // of acm-enforcerd
  bool json = false;   // print JSON instead of text
};

// A command adds itself to the command line and returns what it does when it is called.
using Action = std::function<Result(const Context&)>;
struct Command {
  CLI::App* app;
  Action action;
};
using AddCommand = Command (*)(CLI::App& app);

Command add_addlabel(CLI::App& app);
Command add_audit(CLI::App& app);
Command add_getlabel(CLI::App& app);
Command add_getpolicy(CLI::App& app);
Command add_labels(CLI::App& app);
Command add_list(CLI::App& app);
Command add_mode(CLI::App& app);
Command add_resources(CLI::App& app);
Command add_rmlabel(CLI::App& app);
Command add_setpolicy(CLI::App& app);
Command add_status(CLI::App& app);
Command add_why(CLI::App& app);

// Calls the daemon; its answer as JSON, its error as a failure.
[[nodiscard]] std::expected<nlohmann::json, Failure> ask(const Context& context, std::string_view method,
                                                         const std::string& target, const nlohmann::json& body = {});

// The same for a body and an answer that are text.
[[nodiscard]] std::expected<std::string, Failure> ask_text(const Context& context, std::string_view method,
                                                           const std::string& target, std::string body,
                                                           std::string_view type);

// "/v1/domains/NAME/label" and "/v1/resources/NAME/label".
[[nodiscard]] std::string domain_label_target(const std::string& name);
[[nodiscard]] std::string resource_label_target(const std::string& name);

// What a guest may have chosen, made fit for a terminal: control characters become '?'.
[[nodiscard]] std::string printable(std::string_view text);

void print_json(const nlohmann::json& value);

}  // namespace xenacm::labeltool
