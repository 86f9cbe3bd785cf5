// SPDX-License-Identifier: Apache-2.0
// labeltool: labels, policy and audit log of a Xen host under acm-enforcerd.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <utility>

#include "enforcer/api/client.h"
#include "labeltool/command.h"
#include "labeltool/doctor/command.h"

namespace {

using namespace xenacm::labeltool;

constexpr auto kCommands = std::to_array<MakeCommand>(
    {setpolicy_command,   getpolicy_command,  resetpolicy_command, policy_command, dumppolicy_command,
     checkpolicy_command, diffpolicy_command, test_command,        mode_command,   labels_command,
     addlabel_command,    rmlabel_command,    getlabel_command,    import_command, resources_command,
     list_command,        dry_run_command,    whatif_command,      status_command, doctor_command,
     audit_command,       why_command});

constexpr const char* kStatuses =
    "Exit status:\n"
    "  0  done, allowed, PASSED\n"
    "  1  refused, FAILED, or an error; standard error tells which\n"
    "  2  checkpolicy --strict: no errors, but warnings; doctor: could not look\n";

using Commands = std::vector<std::pair<CLI::App*, Command>>;

int report(const Failure& failure) {
  for (const std::string& line : failure.details) std::cerr << printable(line) << '\n';
  if (!failure.message.empty()) std::cerr << "Error: " << printable(failure.message) << '\n';
  return failure.status;
}

// A command, after those below it: the first that was parsed is the one that was typed.
void declare(CLI::App& above, MakeCommand make, Context& context, Commands& commands) {
  const Command command = make();
  CLI::App* app = above.add_subcommand(command.name, command.help)->require_subcommand(0, 1);
  Words words(*app);
  command.declare(words.flag("--json", context.json, "print JSON"));
  for (const MakeCommand below : command.below) declare(*app, below, context, commands);
  commands.emplace_back(app, command);
}

Commands::const_iterator chosen_of(const Commands& commands) {
  return std::ranges::find_if(commands, [](const auto& declared) { return declared.first->parsed(); });
}

int misused(const CLI::App& app, const Commands& commands, const std::string& how) {
  const auto chosen = chosen_of(commands);
  std::cerr << "Error: " << printable(how) << '\n' << (chosen == commands.end() ? app : *chosen->first).help();
  return 1;
}

// What the chosen command says of too few or too many words, and which word it is about.
std::string miscounted(const Commands& commands, const std::string& word) {
  const auto chosen = chosen_of(commands);
  if (chosen == commands.end() || chosen->second.miscounted == nullptr) return word;
  return std::string(chosen->second.miscounted) + " (" + word + ")";
}

// An option of the command above that one below it would pass over; empty: there is none.
std::string passed_over(const CLI::App& app, const CLI::App& chosen) {
  if (chosen.get_parent() == &app) return {};
  for (const CLI::Option* option : chosen.get_parent()->get_options()) {
    if (option->count() > 0) return option->get_name();
  }
  return {};
}

std::string unexpected(const Commands& commands, const std::string& word) {
  const std::string said = "'" + word + "' is not understood";
  return word.starts_with('-') ? said : miscounted(commands, said);
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

  Commands commands;
  for (const MakeCommand make : kCommands) declare(app, make, context, commands);
  app.footer(kStatuses);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);  // --help, --version
  } catch (const CLI::RequiredError& error) {
    return misused(app, commands, miscounted(commands, error.what()));
  } catch (const CLI::ParseError& error) {
    return misused(app, commands, error.what());
  }
  if (!app.remaining().empty()) return misused(app, commands, unexpected(commands, app.remaining().front()));
  const auto chosen = chosen_of(commands);
  if (chosen == commands.end()) return misused(app, commands, "a command is needed");
  if (const std::string option = passed_over(app, *chosen->first); !option.empty()) {
    return misused(app, commands,
                   "'" + option + "' does not go with '" + chosen->second.name + "'; its own options stand behind it");
  }
  try {
    const Result result = chosen->second.action(context);
    return result ? 0 : report(result.error());
  } catch (const std::exception& error) {
    return report({error.what(), {}});  // of the file system: a name too long, a folder that may not be read
  }
}
