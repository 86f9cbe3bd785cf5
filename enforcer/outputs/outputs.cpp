// SPDX-License-Identifier: Apache-2.0
#include "enforcer/outputs/outputs.h"

#include <algorithm>
#include <set>

#include "enforcer/outputs/journal_output.h"
#include "enforcer/outputs/line_file_output.h"
#include "enforcer/outputs/syslog_output.h"

namespace xenacm::outputs {

namespace {

std::unique_ptr<Output> make(const std::string& name, const OutputOptions& options) {
  if (name == "journald") return std::make_unique<JournalOutput>();
  if (name == "syslog") return std::make_unique<SyslogOutput>();
  return std::make_unique<LineFileOutput>(
      LineFileOptions{name, options.group, options.rotate_size, options.rotate_keep});
}

// Of a path too: "/var/log/x" is "%var%log%x", and what had been a '%' is two.
std::string file_name(const std::string& name) {
  std::string text;
  for (const char c : name) text += c == '/' ? "%" : c == '%' ? "%%" : std::string(1, c);
  return text + ".position";
}

}  // namespace

std::string fault_of(const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (name != "journald" && name != "syslog" && (!name.starts_with('/') || name.ends_with('/'))) {
      return "an output is 'journald', 'syslog' or the absolute path of a file, not '" + name + "'";
    }
    if (!seen.insert(name).second) return "the output '" + name + "' is named twice";
  }
  return {};
}

Outputs::Outputs(const OutputOptions& options, const std::filesystem::path& ledger_file, std::int64_t last) {
  for (const std::string& name : options.names) {
    followers_.push_back(std::make_unique<Follower>(make(name, options), ledger_file,
                                                    ledger_file.parent_path() / "outputs" / file_name(name), last));
  }
}

void Outputs::wake(std::int64_t last) {
  for (const auto& follower : followers_) follower->wake(last);
}

void Outputs::stop() {
  for (const auto& follower : followers_) follower->stop();
}

std::vector<Follower::Told> Outputs::told() const {
  std::vector<Follower::Told> all;
  for (const auto& follower : followers_) all.push_back(follower->told());
  return all;
}

}  // namespace xenacm::outputs
