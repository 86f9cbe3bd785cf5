// SPDX-License-Identifier: Apache-2.0
// The words that addlabel, rmlabel and getlabel have in common (acm.md 5).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "labeltool/command.h"

namespace xenacm::labeltool {

// "the forms are …": what can be labelled, for those who named something else.
inline constexpr const char* kLabelledKinds =
    "the forms are dom CONFIGFILE, mgt DOMAIN, res RESOURCE and vif-INDEX DOMAIN";

// "vif-INDEX", whatever INDEX is.
[[nodiscard]] bool is_vif(const std::string& kind);

// The number of one of a domain's vifs, 0 to 1023. None: the text is no such number.
[[nodiscard]] std::optional<std::uint32_t> parse_vif_index(std::string_view text);

// "/v1/domains/DOMAIN/vifs/INDEX/label". "Bad VIF index."
[[nodiscard]] std::expected<std::string, Failure> vif_label_target(const std::string& kind, const std::string& domain);

// POLICY of "[ACM:]POLICY". "Policy name in wrong format."; "Unsupported policytype 'T'."
[[nodiscard]] std::expected<std::string, Failure> policy_named_by(const std::string& word);

// The failure with `words` before the message, where it is the daemon that refused.
[[nodiscard]] Failure introduced(Failure failure, const std::string& words);

}  // namespace xenacm::labeltool
