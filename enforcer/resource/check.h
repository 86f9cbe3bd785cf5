// SPDX-License-Identifier: Apache-2.0
// Labels whose name and thing have come apart, or will never take effect (docs/resources.md, "Findings").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/monitor/resource.h"

namespace xenacm::resource {

// A label as it is on record.
struct Record {
  monitor::ResourceName name;
  std::string label;                          // "ACM:mytest:A-Bank"
  std::optional<monitor::Identity> identity;  // of what carries the label; none: nothing was at the name yet
};

enum class FindingKind {
  unreadable,     // it cannot be told what is at the name: nobody may use it
  contradictory,  // what is there is partly what is on record, here or under another name: nobody may use it
  replaced,       // something else is there: nobody may use it
  doubled,        // two records lead to one thing
  orphan,         // nothing is there, and no other record leads to what was
  unbound,        // the label was given before there was anything; what is there now takes it over at its first use
};

// "unreadable", "contradictory", "replaced", "double", "orphan", "unbound".
[[nodiscard]] std::string_view to_text(FindingKind kind);

struct Finding {
  FindingKind kind = FindingKind::unreadable;
  monitor::ResourceName name;
  std::string label;
  std::string what;  // a sentence
  // Command lines for a shell, each a way out; which is the right one only an administrator can tell. NEWNAME stands
  // for a name that has to be filled in. Empty: it is not the label that has to be mended.
  std::vector<std::string> mends;
};

// Compares records with what is seen at their names; seen[i] is what identify() says of records[i].name. In the order
// of the records, at most one finding for each. A record with nothing at its name that never had a thing is in order,
// and so are files without a mark. Nothing is said of names without a record: what a record's thing is called by now,
// where it was renamed, is not looked for.
[[nodiscard]] std::vector<Finding> findings(const std::vector<Record>& records,
                                            const std::vector<monitor::Resource>& seen);

}  // namespace xenacm::resource
