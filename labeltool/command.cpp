// SPDX-License-Identifier: Apache-2.0
#include "labeltool/command.h"

#include <iostream>

#include "enforcer/api/client.h"

namespace xenacm::labeltool {

using nlohmann::json;

namespace {

// Whom a reason is about: of a link both ends.
std::string parties(const json& reason) {
  const std::string subject = reason.at("subject").value("name", "");
  if (reason.value("rule", "") != "ste" || !reason.contains("object")) return subject;
  return subject + ", " + reason["object"].value("name", "");
}

// {"error": {"message": …}, "diagnostics": […], "reasons": […]}
Failure failure_of(const api::Answer& answer) {
  const json body = json::parse(answer.body, nullptr, false);
  Failure failure{.message = "acm-enforcerd answered with status " + std::to_string(answer.status),
                  .details = {},
                  .answer = answer.status};
  if (!body.is_object()) return failure;
  if (body.contains("error")) failure.message = body["error"].value("message", failure.message);
  failure.details = diagnostic_lines(body.value("diagnostics", json::array()));
  for (const json& reason : body.value("reasons", json::array())) {
    failure.details.push_back(reason.value("rule", "") + ": " + reason.value("message", "") + " (" + parties(reason) +
                              "); to allow: " + reason.value("remedy", ""));
  }
  return failure;
}

}  // namespace

std::vector<std::string> diagnostic_lines(const json& diagnostics) {
  std::vector<std::string> lines;
  for (const json& diagnostic : diagnostics) {
    lines.push_back(std::to_string(diagnostic.value("line", 0)) + ":" + std::to_string(diagnostic.value("column", 0)) +
                    ": " + diagnostic.value("severity", "") + ": " + diagnostic.value("message", ""));
  }
  return lines;
}

std::expected<std::string, Failure> ask_text(const Context& context, std::string_view method, const std::string& target,
                                             std::string body, std::string_view type) {
  const auto answer = api::Client(context.socket, context.limit).call(method, target, std::move(body), type);
  if (!answer) return std::unexpected(Failure{answer.error(), {}});
  if (answer->status != 200) return std::unexpected(failure_of(*answer));
  return answer->body;
}

std::expected<json, Failure> ask(const Context& context, std::string_view method, const std::string& target,
                                 const json& body) {
  const std::string text = body.is_null() ? "" : body.dump(-1, ' ', false, json::error_handler_t::replace);
  const auto answer = ask_text(context, method, target, text, "application/json");
  if (!answer) return std::unexpected(answer.error());
  json value = json::parse(*answer, nullptr, false);
  if (value.is_discarded()) return std::unexpected(Failure{"acm-enforcerd's answer is not JSON", {}});
  return value;
}

std::string domain_label_target(const std::string& name) { return "/v1/domains/" + api::encoded(name) + "/label"; }
std::string resource_label_target(const std::string& name) { return "/v1/resources/" + api::encoded(name) + "/label"; }

void print_json(const json& value) { std::cout << value.dump(2, ' ', false, json::error_handler_t::replace) << '\n'; }

}  // namespace xenacm::labeltool
