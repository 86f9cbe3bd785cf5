// SPDX-License-Identifier: Apache-2.0
// acm-enforcerd's configuration: a TOML file, documented in examples/xenacm.toml.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace xenacm::daemon {

inline constexpr std::string_view kDefaultConfig = "/etc/xenacm/xenacm.toml";

struct Config {
  std::filesystem::path state_dir = "/var/lib/xenacm";
  std::string log_level = "info";  // trace, debug, info, warn, error, critical
  struct {
    unsigned most_invalidated = 50;     // percent
    std::filesystem::path trusted_key;  // of whoever may sign policies; empty: none need be signed
  } policy;
  struct {
    std::filesystem::path socket = "/run/xenacm/enforcer.sock";
    std::string group = "xenacm";
  } api;
  struct {
    unsigned checkpoint_records = 1000;
    std::chrono::seconds checkpoint_seconds{300};
    std::vector<std::string> witness{"journald"};  // journald, syslog
    std::vector<std::string> outputs{"journald"};  // journald, syslog, absolute paths
    std::uint64_t rotate_size = 100 << 20;         // bytes
    std::uint64_t rotate_keep = 10;
    std::uint64_t keep_records = 1'000'000;
    std::uint64_t segment_records = 100'000;
    std::uint64_t keep_archives = 0;  // 0: all
    std::string on_failure = "deny";  // deny, halt, continue
  } audit;
  struct {
    bool enabled = true;
    std::filesystem::path socket = "/run/xenstored/socket";
    std::string on_death = "deny";  // deny, release
  } gate;
  struct {
    bool enabled = true;
  } guard;
  struct {
    std::chrono::seconds ticket_seconds{60};
  } hook;
};

// The file's settings over the defaults. An unknown key, a wrong type or a syntax error is an error that names file and
// line.
[[nodiscard]] std::expected<Config, std::string> read_config(const std::filesystem::path& file);

}  // namespace xenacm::daemon
