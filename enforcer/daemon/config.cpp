// SPDX-License-Identifier: Apache-2.0
#include "enforcer/daemon/config.h"

#include <spdlog/common.h>
#include <toml++/toml.h>

#include <functional>
#include <map>
#include <sstream>

#include "enforcer/daemon/witness.h"
#include "enforcer/gate/keeper.h"
#include "enforcer/outputs/outputs.h"

namespace xenacm::daemon {

namespace {

std::string at(const toml::node& node, const std::filesystem::path& file) {
  return file.string() + ":" + std::to_string(node.source().begin.line) + ": ";
}

// A setting's name in the file and how its value is taken over; false: of the wrong type, or out of bounds.
using Setting = std::function<bool(const toml::node&)>;
using Settings = std::map<std::string, Setting, std::less<>>;

template <class T>
Setting into(T& target) {
  return [&target](const toml::node& node) {
    if constexpr (std::is_same_v<T, bool>) {
      if (!node.is_boolean()) return false;
      target = node.as_boolean()->get();
    } else {
      if (!node.is_string() || node.as_string()->get().empty()) return false;
      target = node.as_string()->get();
    }
    return true;
  };
}

// Strings.
Setting into(std::vector<std::string>& target) {
  return [&target](const toml::node& node) {
    if (!node.is_array()) return false;
    target.clear();
    for (const toml::node& entry : *node.as_array()) {
      if (!entry.is_string()) return false;
      target.push_back(entry.as_string()->get());
    }
    return true;
  };
}

constexpr std::int64_t kPercent = 100;
constexpr std::int64_t kMostRecords = 1'000'000;

Setting into(unsigned& target, std::int64_t least, std::int64_t most) {
  return [&target, least, most](const toml::node& node) {
    const auto number = node.is_integer() ? node.as_integer()->get() : -1;
    if (number < least || number > most) return false;
    target = static_cast<unsigned>(number);
    return true;
  };
}

// 1 second to an hour: types that are held for nobody stand in everybody's way.
Setting into(std::chrono::seconds& target) {
  return [&target](const toml::node& node) {
    constexpr std::int64_t kMost = 3600;
    const auto number = node.is_integer() ? node.as_integer()->get() : 0;
    if (number < 1 || number > kMost) return false;
    target = std::chrono::seconds(number);
    return true;
  };
}

// At least `least`, and of a size that is meant.
Setting into(std::uint64_t& target, std::int64_t least) {
  return [&target, least](const toml::node& node) {
    constexpr std::int64_t kMost = 1'000'000'000'000;
    const auto number = node.is_integer() ? node.as_integer()->get() : -1;
    if (number < least || number > kMost) return false;
    target = static_cast<std::uint64_t>(number);
    return true;
  };
}

std::expected<void, std::string> take(const toml::table& table, const std::string& prefix, const Settings& settings,
                                      const std::filesystem::path& file) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* section = node.as_table(); section != nullptr && prefix.empty()) {
      if (auto taken = take(*section, name + ".", settings, file); !taken) return taken;
      continue;
    }
    const auto setting = settings.find(name);
    if (setting == settings.end()) return std::unexpected(at(node, file) + "there is no setting '" + name + "'");
    if (!setting->second(node))
      return std::unexpected(at(node, file) + "'" + name +
                             "' has a value of the wrong type, or one that is out of bounds");
  }
  return {};
}

std::expected<void, std::string> check_audit(const Config& config) {
  if (const std::string fault = outputs::fault_of(config.audit.outputs); !fault.empty()) {
    return std::unexpected("audit.outputs: " + fault);
  }
  const std::string& on_failure = config.audit.on_failure;
  if (on_failure != "deny" && on_failure != "halt" && on_failure != "continue") {
    return std::unexpected("audit.on_failure is 'deny', 'halt' or 'continue', not '" + on_failure + "'");
  }
  if (on_failure == "halt" && config.gate.on_death == "release") {
    return std::unexpected(
        "audit.on_failure = \"halt\" would end all enforcement, as gate.on_death is \"release\"; set that to \"deny\"");
  }
  return {};
}

}  // namespace

std::expected<Config, std::string> read_config(const std::filesystem::path& file) {
  Config config;
  const Settings settings{{"state_dir", into(config.state_dir)},
                          {"log_level", into(config.log_level)},
                          {"api.socket", into(config.api.socket)},
                          {"api.group", into(config.api.group)},
                          {"gate.enabled", into(config.gate.enabled)},
                          {"gate.socket", into(config.gate.socket)},
                          {"gate.on_death", into(config.gate.on_death)},
                          {"guard.enabled", into(config.guard.enabled)},
                          {"policy.most_invalidated", into(config.policy.most_invalidated, 0, kPercent)},
                          {"policy.trusted_key", into(config.policy.trusted_key)},
                          {"audit.checkpoint_records", into(config.audit.checkpoint_records, 1, kMostRecords)},
                          {"audit.checkpoint_seconds", into(config.audit.checkpoint_seconds)},
                          {"audit.witness", into(config.audit.witness)},
                          {"hook.ticket_seconds", into(config.hook.ticket_seconds)},
                          {"audit.outputs", into(config.audit.outputs)},
                          {"audit.rotate_size", into(config.audit.rotate_size, 4096)},
                          {"audit.rotate_keep", into(config.audit.rotate_keep, 0)},
                          {"audit.keep_records", into(config.audit.keep_records, 1)},
                          {"audit.segment_records", into(config.audit.segment_records, 2)},
                          {"audit.keep_archives", into(config.audit.keep_archives, 0)},
                          {"audit.on_failure", into(config.audit.on_failure)}};
  try {
    const toml::table table = toml::parse_file(file.string());
    if (auto taken = take(table, "", settings, file); !taken) return std::unexpected(taken.error());
  } catch (const toml::parse_error& error) {
    std::ostringstream text;
    text << file.string() << ":" << error.source().begin.line << ": " << error.description();
    return std::unexpected(text.str());
  }
  if (spdlog::level::from_str(config.log_level) == spdlog::level::off && config.log_level != "off") {
    return std::unexpected(file.string() + ": there is no log level '" + config.log_level +
                           "'; the levels are trace, debug, info, warn, error, critical and off");
  }
  if (!gate::on_death_of(config.gate.on_death)) {
    return std::unexpected(file.string() + ": gate.on_death is 'deny' or 'release', not '" + config.gate.on_death +
                           "'");
  }
  for (const std::string& witness : config.audit.witness) {
    if (!is_witness(witness)) {
      return std::unexpected(file.string() + ": audit.witness names 'journald' and 'syslog', not '" + witness + "'");
    }
  }
  if (auto sound = check_audit(config); !sound) return std::unexpected(file.string() + ": " + sound.error());
  return config;
}

}  // namespace xenacm::daemon
