// SPDX-License-Identifier: Apache-2.0
// Which records of the audit log are asked for. Every member that is given narrows the choice.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace xenacm::audit {

// A resource, as an attach names it in its object: "nicdom (phy:/dev/a, …)".
struct ListedResource {
  std::string backend;  // "nicdom"
  std::string name;     // "phy:/dev/a", as the backend calls it
};

// Who asked: of the members that are given one is enough.
struct Asker {
  std::optional<std::int64_t> uid;
  std::optional<std::int64_t> pid;
  std::optional<std::string> program;  // its file's name, or its whole path
};

struct Filter {
  bool refused = false;                            // deny and would-deny alone
  std::optional<std::int64_t> after;               // seq greater than this, oldest first; none: the newest
  std::optional<std::int64_t> seq;                 // this one alone
  std::optional<std::chrono::microseconds> since;  // since 1970-01-01 UTC; from then on
  std::optional<std::chrono::microseconds> until;  // before then
  std::optional<std::string> domain;               // subject or object, or whose vif the subject is
  std::optional<std::string> label;                // of subject or object, in the reasons, or that is given or taken
  std::optional<std::string> resource;             // canonical; subject, in the object, or in the reasons
  std::optional<ListedResource> listed;            // the same resource in an attach's object
  std::optional<std::string> rule;                 // of any reason
  std::optional<std::string> toolstack;
  Asker who;
  std::int64_t limit = 1000;  // records at most
};

}  // namespace xenacm::audit
