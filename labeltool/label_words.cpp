// SPDX-License-Identifier: Apache-2.0
#include "labeltool/label_words.h"

#include <strings.h>

#include <charconv>

#include "enforcer/api/client.h"

namespace xenacm::labeltool {

namespace {

constexpr std::string_view kVif = "vif-";
constexpr std::uint32_t kVifs = 1024;  // as many as acm-enforcerd knows of one domain

}  // namespace

bool is_vif(const std::string& kind) { return kind.starts_with(kVif); }

std::optional<std::uint32_t> parse_vif_index(std::string_view text) {
  std::uint32_t index = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  return error == std::errc{} && stop == end && index < kVifs ? std::optional(index) : std::nullopt;
}

std::expected<std::string, Failure> vif_label_target(const std::string& kind, const std::string& domain) {
  const auto index = parse_vif_index(std::string_view(kind).substr(kVif.size()));
  if (!index) {
    return std::unexpected(Failure{"Bad VIF index. ('" + kind +
                                   "'; the form is vif-INDEX, vif-0 being the first of the domain's, vif-" +
                                   std::to_string(kVifs - 1) + " the last)"});
  }
  return "/v1/domains/" + api::encoded(domain) + "/vifs/" + std::to_string(*index) + "/label";
}

std::expected<std::string, Failure> policy_named_by(const std::string& word) {
  const std::size_t colon = word.find(':');
  const std::string type = colon == std::string::npos ? "ACM" : word.substr(0, colon);
  std::string policy = colon == std::string::npos ? word : word.substr(colon + 1);
  if (type.empty() || policy.empty() || policy.find(':') != std::string::npos) {
    return std::unexpected(Failure{"Policy name in wrong format. ('" + word + "'; the form is [ACM:]POLICY)"});
  }
  if (::strcasecmp(type.c_str(), "ACM") != 0) {
    return std::unexpected(Failure{"Unsupported policytype '" + type + "'. (the form is [ACM:]POLICY)"});
  }
  return policy;
}

Failure introduced(Failure failure, const std::string& words) {
  if (failure.answer != 0) failure.message.insert(0, words);
  return failure;
}

}  // namespace xenacm::labeltool
