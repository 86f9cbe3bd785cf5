// SPDX-License-Identifier: Apache-2.0
// Which records a review is about: the options that `labeltool audit` and the commands below it have in common.
#pragma once

#include <expected>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "labeltool/command.h"
#include "labeltool/review/time.h"

namespace xenacm::labeltool::review {

struct Filter {
  bool denied = false;
  std::string since, until, domain, label, resource, rule, toolstack, who;  // empty: any
};

void declare(Words& words, Filter& filter);

// As parameters of GET /v1/audit, each with a & before it: "&refused=1&domain=client2".
[[nodiscard]] std::expected<std::string, Failure> parameters(const Filter& filter, Time now);

[[nodiscard]] Time now();

// The number of the log's last record; 0: there is none.
[[nodiscard]] std::expected<std::int64_t, Failure> last_record(const Context& context);

// Visits every record that the parameters choose and that was written before, the oldest first.
[[nodiscard]] Result visit_all(const Context& context, const std::string& parameters,
                               const std::function<void(const nlohmann::json&)>& visit);

// Record `number`, or the last refusal for 0.
[[nodiscard]] std::expected<nlohmann::json, Failure> one_record(const Context& context, unsigned number);

}  // namespace xenacm::labeltool::review
