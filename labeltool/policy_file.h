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
  std::string signature = {};  // of FILE.sig beside it, base64; empty: there is none
};

// NAME itself if it has a slash; else a.b.c is a/b/c-security_policy.xml in the current folder or in
// /etc/xen/acm-security/policies: the first that exists, or the last where none does.
[[nodiscard]] std::filesystem::path find_policy_file(const std::string& name);

// "Could not read policy file: PATH (reason)".
[[nodiscard]] std::expected<PolicyFile, Failure> read_policy_file(const std::string& name);

// Takes along the signature in PATH.sig: 64 bytes, as openssl pkeyutl writes them, or their base64.
[[nodiscard]] std::expected<PolicyFile, Failure> with_signature(PolicyFile file);

// "?signature=…&force=1", as far as it applies; may be empty.
[[nodiscard]] std::string query_of(const PolicyFile& file, bool force);

// The same for a document that is being written: it lies where its author works, and need not have the file name that
// its policy's name asks for. A file in the current folder is meant before a policy of that name.
[[nodiscard]] std::expected<PolicyFile, Failure> read_document(const std::string& name);

}  // namespace xenacm::labeltool
