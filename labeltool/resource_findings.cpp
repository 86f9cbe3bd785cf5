// SPDX-License-Identifier: Apache-2.0
#include "labeltool/resource_findings.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <string_view>

#include "enforcer/api/client.h"
#include "labeltool/member.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kHarmful{"unreadable", "contradictory", "replaced", "double"};
constexpr const char* kMends = "the mends are adopt, rename NEWNAME and forget_mark";

bool is_harmful(const json& finding) {
  return std::ranges::find(kHarmful, finding.value("finding", "")) != kHarmful.end();
}

void print(const json& finding) {
  std::cout << printable_member(finding, "finding") << ": " << printable_member(finding, "name") << " ("
            << printable_member(finding, "label") << ")\n    " << printable_member(finding, "what") << '\n';
}

void print_mends(const json& finding) {
  for (const json& mend : finding.value("mends", json::array())) {
    std::cout << "    " << printable(mend.get<std::string>()) << '\n';
  }
}

void print_count(std::size_t findings) { std::cout << findings << (findings == 1 ? " finding\n" : " findings\n"); }

Result list_mends(const Context& context) {
  const auto findings = ask(context, "GET", "/v1/resources/check");
  if (!findings) return std::unexpected(findings.error());
  if (context.json) {
    print_json(*findings);
    return {};
  }
  for (const json& finding : *findings) {
    print(finding);
    print_mends(finding);
  }
  print_count(findings->size());
  return {};
}

// {"mend": …, "to": …} of MEND [NEWNAME].
std::expected<json, Failure> mend_of(const std::vector<std::string>& words) {
  const auto wrong = [](const std::string& what) {
    return std::unexpected(
        Failure{what + "; the form is labeltool resources --repair NAME MEND [NEWNAME], and " + kMends});
  };
  if (words.size() < 2) return wrong("'" + words.front() + "' is to be repaired, but not how");
  const std::string& mend = words[1];
  if (mend == "rename") {
    if (words.size() < 3) return wrong("rename needs the new name");
    return json{{"mend", mend}, {"to", words[2]}};
  }
  if (mend != "adopt" && mend != "forget_mark") return wrong("Unknown mend '" + mend + "'");
  if (words.size() > 2) return wrong(mend + " takes no new name ('" + words[2] + "' is one too many)");
  return json{{"mend", mend}};
}

}  // namespace

Result check_resources(const Context& context) {
  const auto findings = ask(context, "GET", "/v1/resources/check");
  if (!findings) return std::unexpected(findings.error());
  if (context.json) {
    print_json(*findings);
  } else {
    for (const json& finding : *findings) print(finding);
    print_count(findings->size());
  }
  if (std::ranges::any_of(*findings, is_harmful)) return std::unexpected(Failure{});
  return {};
}

Result repair_resources(const Context& context, const std::vector<std::string>& words) {
  if (words.empty()) return list_mends(context);
  const auto mend = mend_of(words);
  if (!mend) return std::unexpected(mend.error());
  const auto verdict = ask(context, "POST", "/v1/resources/" + api::encoded(words.front()) + "/repair", *mend);
  if (!verdict) return std::unexpected(verdict.error());
  if (context.json) {
    print_json(*verdict);
  } else {
    std::cout << "Successfully repaired '" << words.front() << "'.\n";
  }
  return {};
}

}  // namespace xenacm::labeltool
