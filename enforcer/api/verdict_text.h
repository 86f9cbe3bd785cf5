// SPDX-License-Identifier: Apache-2.0
// What was decided, and why, for people (decisions.md, "Refusals say why"). `verdict` is a Verdict or an AuditRecord of
// schemas/openapi.yaml.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace xenacm::api {

// "ALLOWED", "DENIED", "WOULD BE DENIED", "ERROR".
[[nodiscard]] std::string decision_word(const nlohmann::json& verdict);

// "vif link client2 -> nicdom".
[[nodiscard]] std::string link_words(const std::string& device_class, const std::string& frontend,
                                     const std::string& backend);

// "DENIED   vif link client2 -> nicdom", and below it why; `what` is fit for a terminal.
[[nodiscard]] std::string verdict_text(const nlohmann::json& verdict, const std::string& what);

// Rule, device, labels, types, conflict set and its holders, and the way out, of every reason:
//   rule     ste: the two labels share no STE type
//   client2  AutoCorp   {AutoCorp}  mytest 1.0, line 71
//   nicdom   A-Bank     {A-Bank}    mytest 1.0, line 43
//   to allow connect client2 to a backend that carries AutoCorp, or give both labels a common type
[[nodiscard]] std::string explain_reasons(const nlohmann::json& verdict);

}  // namespace xenacm::api
