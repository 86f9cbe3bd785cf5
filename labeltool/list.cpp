// SPDX-License-Identifier: Apache-2.0
// labeltool list [--label]
#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "labeltool/command.h"

namespace xenacm::labeltool {

namespace {

std::string label_of(const nlohmann::json& domain) {
  return domain.at("label").is_object() ? domain.at("label").value("text", "") : "(none)";
}

// The columns of xl list, plus Label (acm.md 5, list --label).
std::string row(const nlohmann::json& domain, bool with_label) {
  const std::string columns =
      fmt::format("{:<40} {:>5} {:>5} {:>5} {:>10} {:>8.1f}", printable(domain.value("name", "")),
                  domain.value("domid", 0), domain.value("memory_mib", 0LL), domain.value("vcpus", 0),
                  domain.value("state", ""), domain.value("cpu_seconds", 0.0));
  return with_label ? columns + " " + label_of(domain) : columns;
}

Result list_domains(const Context& context, bool with_label) {
  auto domains = ask(context, "GET", "/v1/domains");
  if (!domains) return std::unexpected(domains.error());
  if (context.json) {
    print_json(*domains);
    return {};
  }
  std::cout << fmt::format("{:<40} {:>5} {:>5} {:>5} {:>10} {:>8}", "Name", "ID", "Mem", "VCPUs", "State", "Time(s)")
            << (with_label ? " Label" : "") << '\n';
  std::vector<nlohmann::json> rows = *domains;
  if (with_label) {
    std::ranges::stable_sort(
        rows, [](const auto& a, const auto& b) { return ::strcasecmp(label_of(a).c_str(), label_of(b).c_str()) < 0; });
  }
  for (const auto& domain : rows) std::cout << row(domain, with_label) << '\n';
  return {};
}

}  // namespace

Command list_command() {
  auto with_label = std::make_shared<bool>(false);
  return {"list", "List the running domains",
          [with_label](Words& words) {
            words.flag("-l,--label", *with_label, "with their labels, in the order of the labels");
          },
          [with_label](const Context& context) { return list_domains(context, *with_label); }};
}

}  // namespace xenacm::labeltool
