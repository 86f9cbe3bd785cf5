// SPDX-License-Identifier: Apache-2.0
#include "labeltool/question.h"

#include <iostream>

#include "enforcer/api/verdict_text.h"

namespace xenacm::labeltool {

using nlohmann::json;

Result tell(const Context& context, const json& answer, const std::string& what) {
  const json& verdict = answer.at("verdict");
  const std::string decision = verdict.value("decision", "");
  if (context.json) {
    print_json(answer);
  } else {
    std::cout << api::verdict_text(verdict, what);
    if (decision == "would-deny") std::cout << "Permissive mode: it would be done all the same, and recorded.\n";
  }
  // All is said already: the status is what is left.
  return decision == "deny" ? std::unexpected(Failure{}) : Result();
}

std::expected<json, Failure> ask_policy(const Context& context, const PolicyFile& file) {
  const std::string path = file.path.string();
  const auto text =
      ask_text(context, "POST", "/v1/whatif/setpolicy" + query_of(file, false), file.text, "application/xml");
  if (!text) {
    Failure failure = text.error();
    for (std::string& diagnostic : failure.details) diagnostic.insert(0, path + ":");
    return std::unexpected(std::move(failure));
  }
  json answer = json::parse(*text);
  for (const std::string& warning : diagnostic_lines(answer.value("diagnostics", json::array()))) {
    std::cerr << printable(path) << ':' << printable(warning) << '\n';
  }
  return answer;
}

}  // namespace xenacm::labeltool
