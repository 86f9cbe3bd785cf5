// SPDX-License-Identifier: Apache-2.0
// Whether the toolstacks that are here ask first (docs/hooks.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "labeltool/doctor/finding.h"

namespace xenacm::labeltool::doctor {

enum class HookState : std::uint8_t {
  installed,
  missing,
  foreign,         // there is one, which does not call acm-hook
  not_executable,  // it would, if it could be run
  shadowed,        // xl's: another xl comes before it in PATH
  too_new,         // libvirt's: newer than libvirtd
  unseen,          // no permission to look
};

struct Hook {
  std::string toolstack;  // "xl", "libvirt", "libvirt's networks", "XAPI"
  std::string sample;     // below examples/hooks
  std::filesystem::path place;
  HookState state = HookState::missing;
  std::filesystem::path beside = {};  // where the sample may stand if `place` is taken; empty: nowhere
};

struct HookFacts {
  bool systemd = false;
  std::vector<Hook> hooks = {};  // of the toolstacks that are here
  bool program = false;          // acm-hook can be run
  bool silent = false;           // it was asked, and had no verdict, although the daemon answers
};

[[nodiscard]] Findings check_hooks(const HookFacts& facts);
// "xl asks first; libvirt does not"
[[nodiscard]] std::string hooks_text(const std::vector<Hook>& hooks);
// [{"toolstack", "place", "state"}], of state "installed", "missing", "foreign", …
[[nodiscard]] nlohmann::json hooks_json(const std::vector<Hook>& hooks);

// `path` is a PATH. Starts nothing.
[[nodiscard]] std::vector<Hook> look_for_hooks(const std::filesystem::path& root, const std::string& path);
// Asks through acm-hook, as a toolstack would.
[[nodiscard]] HookFacts look_at_hooks(const std::filesystem::path& root, const std::string& path,
                                      const std::string& daemon_socket);

}  // namespace xenacm::labeltool::doctor
