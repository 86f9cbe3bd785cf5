// SPDX-License-Identifier: Apache-2.0
#include "enforcer/hooks/xl.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <vector>

#include "enforcer/hooks/input.h"
#include "enforcer/hooks/xl_command.h"
#include "enforcer/hooks/xl_save_file.h"

namespace xenacm::hooks {

namespace {

// The ticket is held for this process, which becomes xl: it lapses when xl ends before the domain starts.
Outcome ask_start(const Settings& settings, const std::expected<nlohmann::json, std::string>& body) {
  return body ? Daemon(settings, "xl").ask_start(*body) : no_verdict(body.error());
}

std::expected<nlohmann::json, std::string> config_body(const std::string& file, const std::string& overrides) {
  auto text = read_plain_file(file);
  if (!text) return std::unexpected(text.error());
  if (!overrides.empty()) *text += "\n" + overrides + "\n";
  return nlohmann::json{{"config", *std::move(text)}, {"file", file}};
}

struct Question {
  const Settings& settings;

  Outcome operator()(const XlOther&) const { return {}; }
  Outcome operator()(const XlCreate& create) const {
    return ask_start(settings, config_body(create.config_file, create.overrides));
  }
  Outcome operator()(const XlRestore& restore) const {
    return ask_start(settings,
                     restore.config_file ? config_body(*restore.config_file, "") : read_save_file(restore.save_file));
  }
  Outcome operator()(const XlAttach& attach) const {
    const auto outcome = Daemon(settings, "xl").ask_attach(attach.body);
    return outcome.value_or(no_verdict("domain '" + attach.body.value("domain", "") + "' does not run"));
  }
};

}  // namespace

Outcome run_xl(const Settings& settings, std::span<char*> words) {
  const XlCommand command = parse_xl({words.begin(), words.end() - 1});
  Outcome outcome = std::visit(Question{settings}, command);
  if (outcome.status != Status::allowed) return outcome;
  std::cerr << outcome.message << std::flush;
  std::string name = settings.xl;
  std::vector<char*> line{name.data()};
  line.insert(line.end(), words.begin(), words.end());
  ::execv(name.c_str(), line.data());
  return no_verdict("cannot run " + name + ": " + std::strerror(errno) + "; XENACM_XL says where xl is");
}

}  // namespace xenacm::hooks
