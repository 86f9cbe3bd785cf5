// SPDX-License-Identifier: Apache-2.0
// Policy documents on disk, found by the name of the policy (acm.md 2).
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "labeltool/command.h"

namespace xenacm::labeltool {

struct PolicyFile {
  std::filesystem::path path;
  std::string text;
};

// NAME itself if it has a slash; else a.b.c is a/b/c-security_policy.xml in the current folder or in
// /etc/xen/acm-security/policies: the first that exists, or the last where none does.
[[nodiscard]] std::filesystem::path find_policy_file(const std::string& name);

// "Could not read policy file: PATH (reason)".
[[nodiscard]] std::expected<PolicyFile, Failure> read_policy_file(const std::string& name);

}  // namespace xenacm::labeltool
