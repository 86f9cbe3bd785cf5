// SPDX-License-Identifier: Apache-2.0
// labeltool: labels, policy and audit log of a Xen host under acm-enforcerd.
#include <array>
#include <iostream>

#include "enforcer/api/client.h"
#include "labeltool/command.h"

namespace {

using namespace xenacm::labeltool;

constexpr std::array<AddCommand, 12> kCommands{add_setpolicy, add_getpolicy, add_mode,     add_labels,
                                               add_addlabel,  add_rmlabel,   add_getlabel, add_resources,
                                               add_list,      add_status,    add_audit,    add_why};

int report(const Failure& failure) {
  for (const std::string& line : failure.details) std::cerr << printable(line) << '\n';
  std::cerr << "Error: " << printable(failure.message) << '\n';
  return 1;
}

int misused(CLI::App& app, const std::string& how) {
  const auto chosen = app.get_subcommands();
  std::cerr << "Error: " << printable(how) << '\n' << (chosen.empty() ? &app : chosen.front())->help();
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"labeltool: labels, policy and audit log of a Xen host under acm-enforcerd"};
  Context context{std::string(xenacm::api::kDefaultSocket)};
  app.add_option("--socket", context.socket, "socket of acm-enforcerd")
      ->envname("XENACM_SOCKET")
      ->capture_default_str();
  app.set_version_flag("--version", "labeltool " XENACM_VERSION);
  app.require_subcommand(0, 1);
  app.fallthrough();
  app.allow_extras();  // told below, by name

  std::vector<Command> commands;
  for (const AddCommand add : kCommands) {
    commands.push_back(add(app));
    commands.back().app->add_flag("--json", context.json, "print JSON");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);  // --help, --version
  } catch (const CLI::ParseError& error) {
    return misused(app, error.what());
  }
  if (!app.remaining().empty()) return misused(app, "'" + app.remaining().front() + "' is not understood");
  for (const Command& command : commands) {
    if (!command.app->parsed()) continue;
    const Result result = command.action(context);
    return result ? 0 : report(result.error());
  }
  return misused(app, "a command is needed");
}
