// SPDX-License-Identifier: Apache-2.0
// What is wrong with a host, and the way out. docs/doctor.md lists all kinds; a test holds the two together.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xenacm::labeltool::doctor {

enum class Severity : std::uint8_t {
  notice,    // good to know
  warning,   // something is not as it is meant to be
  critical,  // a promise of docs/architecture.md is not kept now
};

enum class Kind : std::uint8_t {
  xenstored_missing,
  xenstored_several,
  xenstored_silent,
  daemon_silent,
  everything_refused,
  ledger_unreadable,
  gate_off,
  gate_displaced,
  guard_off,
  bypass,
  bypass_unseen,
  permissive,
  not_admitted,
  hook_program_missing,
  hook_missing,
  hook_foreign,
  hook_not_executable,
  hook_shadowed,
  hook_too_new,
  hook_silent,
  default_script_missing,
  backend_gone,
  backend_not_taken,
  script_silent,
  script_failed,
  frontend_silent,
  device_stale,
  no_iommu,
  pci_unlabelled,
  domain_unlabelled,
  label_idle,
  label_invalid,
  resource_contradictory,
  resource_idle,
  audit_unwritable,
  audit_unsound,
  audit_unsigned,
  audit_archive,
  audit_output,
  clock_back,
  clock_unsynchronised,
};

struct Meaning {
  Kind kind;
  std::string_view name;
  Severity severity;
  std::string_view why;  // it matters
};

[[nodiscard]] std::span<const Meaning> meanings();
[[nodiscard]] const Meaning& meaning(Kind kind);
[[nodiscard]] std::string_view to_text(Severity severity);

// INVARIANT: nothing that a guest chose goes into a command, but numbers. What stands for something to be filled in is
// in capitals: LABEL.
struct Step {
  std::string command;  // for a shell
  std::string in = {};  // name of the domain to type it in; empty: Domain-0
};

struct Finding {
  Kind kind{};
  std::string where;
  std::string what;  // may hold what a guest chose: printable() before it is shown
  std::vector<Step> remedy;
};

using Findings = std::vector<Finding>;

// Of what guests write: printable, and no more than a line's length.
[[nodiscard]] std::string guests_words(std::string_view text);

}  // namespace xenacm::labeltool::doctor
