// SPDX-License-Identifier: Apache-2.0
// labeltool why [RECORD]
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/record_text.h"

namespace xenacm::labeltool {

namespace {

Result explain(const Context& context, unsigned record) {
  const auto records =
      ask(context, "GET", record == 0 ? "/v1/audit?refused=1&limit=1" : "/v1/audit?seq=" + std::to_string(record));
  if (!records) return std::unexpected(records.error());
  if (records->empty()) {
    return std::unexpected(Failure{record == 0 ? "Nothing was refused so far."
                                               : "There is no audit record " + std::to_string(record) + "."});
  }
  if (context.json) {
    print_json(records->front());
  } else {
    std::cout << explanation(records->front());
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
