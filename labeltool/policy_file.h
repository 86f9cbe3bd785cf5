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

// The same for a document that is being written: it lies where its author works, and need not have the file name that
// its policy's name asks for. A file in the current folder is meant before a policy of that name.
[[nodiscard]] std::expected<PolicyFile, Failure> read_document(const std::string& name);

}  // namespace xenacm::labeltool
