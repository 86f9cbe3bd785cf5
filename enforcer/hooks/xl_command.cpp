// SPDX-License-Identifier: Apache-2.0
#include "enforcer/hooks/xl_command.h"

#include <getopt.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>

namespace xenacm::hooks {

namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

// One command's words as getopt tells them apart. Options that are not known here are a newer xl's, and passed over.
struct Options {
  std::map<int, std::string> given;  // option to its last argument
  Words words;
  [[nodiscard]] bool has(int option) const { return given.contains(option); }
};

// getopt_long moves the pointers about, so it gets a list of its own. `command` stands for argv[0].
Options read_options(Words command, const char* short_options, const option* long_options) {
  std::vector<char*> pointers;
  for (std::string& word : command) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const int count = static_cast<int>(command.size());
  Options options;
  ::opterr = 0;
  ::optind = 0;  // start anew
  int letter = 0;
  while ((letter = ::getopt_long(count, pointers.data(), short_options, long_options, nullptr)) != -1) {
    options.given[letter] = ::optarg != nullptr ? ::optarg : "";
  }
  for (int i = ::optind; i < count; ++i) options.words.emplace_back(pointers[static_cast<std::size_t>(i)]);
  return options;
}

constexpr std::array kNone{option{}};
constexpr std::array kHelp{option{"help", 0, nullptr, 'h'}, option{}};
constexpr std::array kCreate{option{"dryrun", 0, nullptr, 'n'},
                             option{"quiet", 0, nullptr, 'q'},
                             option{"defconfig", 1, nullptr, 'f'},
                             option{"vncviewer", 0, nullptr, 'V'},
                             option{"vncviewer-autopass", 0, nullptr, 'A'},
                             option{"ignore-global-affinity-masks", 0, nullptr, 'i'},
                             option{"help", 0, nullptr, 'h'},
                             option{}};
constexpr std::array kRestore{option{"vncviewer", 0, nullptr, 'V'}, option{"vncviewer-autopass", 0, nullptr, 'A'},
                              option{"help", 0, nullptr, 'h'}, option{}};

bool is_override(const std::string& word) { return word.find('=') != std::string::npos; }

// The first word is the file, if it looks like one; so is -f's argument; so is the first later word without a "=".
XlCommand parse_create(const Words& words) {
  Words command = words;
  std::optional<std::string> file;
  if (command.size() > 1 && !command[1].starts_with('-') && !is_override(command[1])) {
    file = command[1];
    command.erase(command.begin() + 1);
  }
  const Options options = read_options(command, "Fnqf:pcdeVAih", kCreate.data());
  if (options.has('h') || options.has('n')) return XlOther{};
  if (options.has('f')) file = options.given.at('f');
  std::string overrides;
  for (const std::string& word : options.words) {
    if (is_override(word)) {
      overrides += word + "\n";
    } else if (!file) {
      file = word;
    } else {
      return XlOther{};  // xl shows its help
    }
  }
  if (!file) return XlOther{};
  return XlCreate{*file, overrides};
}

XlCommand parse_restore(const Words& command) {
  const Options options = read_options(command, "FcpdeVAh", kRestore.data());
  if (options.has('h')) return XlOther{};
  if (options.words.size() == 1) return XlRestore{std::nullopt, options.words[0]};
  if (options.words.size() == 2) return XlRestore{options.words[0], options.words[1]};
  return XlOther{};
}

// Each word is one setting, also where it holds a comma; the last of a kind wins.
XlCommand parse_network_attach(const Words& command) {
  const Options options = read_options(command, "h", kHelp.data());
  if (options.has('h') || options.words.empty()) return XlOther{};
  json vif = json::object();
  for (const std::string& word : std::span(options.words).subspan(1)) {
    for (const auto& [key, name] : {std::pair{"backend=", "backend"}, {"bridge=", "bridge"}, {"gatewaydev=", "nic"}}) {
      if (word.starts_with(key)) vif[name] = word.substr(std::string_view(key).size());
    }
  }
  return XlAttach{{{"domain", options.words[0]}, {"vif", vif}}};
}

XlCommand parse_block_attach(const Words& command) {
  const Options options = read_options(command, "h", kHelp.data());
  if (options.has('h') || options.words.size() < 2) return XlOther{};
  std::string spec;
  for (const std::string& word : std::span(options.words).subspan(1)) spec += (spec.empty() ? "" : ",") + word;
  return XlAttach{{{"domain", options.words[0]}, {"disk", {{"spec", spec}}}}};
}

// "04:00.0@1f,permissive=1": the device is what comes first.
XlCommand parse_pci_attach(const Words& command) {
  const Options options = read_options(command, "h", kHelp.data());
  if (options.has('h') || options.words.size() < 2) return XlOther{};
  const std::string& device = options.words[1];
  return XlAttach{{{"domain", options.words[0]}, {"pci", device.substr(0, device.find_first_of("@,"))}}};
}

struct Known {
  std::string_view name;
  XlCommand (*parse)(const Words&);
};

constexpr std::array kCommands{Known{"create", parse_create}, Known{"restore", parse_restore},
                               Known{"network-attach", parse_network_attach}, Known{"block-attach", parse_block_attach},
                               Known{"pci-attach", parse_pci_attach}};

}  // namespace

XlCommand parse_xl(const Words& words) {
  Words line{"xl"};
  line.insert(line.end(), words.begin(), words.end());
  // '+': the command and all behind it are left alone. -N is a dry run.
  const Options global = read_options(line, "+vftTN", kNone.data());
  if (global.has('N') || global.has('?') || global.words.empty()) return XlOther{};
  // xl takes a command by the beginning of its name, where that is unambiguous.
  const auto* const known = std::ranges::find_if(
      kCommands, [&](const Known& command) { return command.name.starts_with(global.words.front()); });
  return known != kCommands.end() && !global.words.front().empty() ? known->parse(global.words) : XlOther{};
}

}  // namespace xenacm::hooks
