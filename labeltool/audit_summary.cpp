// SPDX-License-Identifier: Apache-2.0
// labeltool audit summary [FILTER...]
#include <iostream>
#include <memory>

#include "labeltool/audit_commands.h"
#include "labeltool/review/filter.h"
#include "labeltool/review/summary.h"

namespace xenacm::labeltool {

namespace {

Result summarise(const Context& context, review::Filter filter) {
  filter.denied = true;
  const auto parameters = review::parameters(filter, review::now());
  if (!parameters) return std::unexpected(parameters.error());
  review::Summary summary;
  if (auto visited = review::visit_all(context, *parameters, [&](const auto& record) { summary.add(record); });
      !visited) {
    return visited;
  }
  if (context.json) {
    print_json(summary.json());
  } else {
    std::cout << summary.text();
  }
  return {};
}

}  // namespace

Command audit_summary_command() {
  auto filter = std::make_shared<review::Filter>();
  return {"summary", "Count the refusals: who was refused what, how often, first and last when",
          [filter](Words& words) { review::declare(words, *filter); },
          [filter](const Context& context) { return summarise(context, *filter); }};
}

}  // namespace xenacm::labeltool
