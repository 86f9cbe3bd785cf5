// SPDX-License-Identifier: Apache-2.0
// labeltool why [RECORD]
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/record_text.h"
#include "labeltool/review/filter.h"

namespace xenacm::labeltool {

namespace {

Result explain(const Context& context, unsigned record) {
  const auto found = review::one_record(context, record);
  if (!found) return std::unexpected(found.error());
  if (context.json) {
    print_json(*found);
  } else {
    std::cout << explanation(*found);
  }
  return {};
}

}  // namespace

Command why_command() {
  auto record = std::make_shared<unsigned>(0);
  return {"why", "Explain the last refusal, or one by its audit record",
          [record](Words& words) {
            words.optional("record", *record, "number of the audit record; none: the last refusal");
          },
          [record](const Context& context) { return explain(context, *record); }};
}

}  // namespace xenacm::labeltool
