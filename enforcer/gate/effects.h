// SPDX-License-Identifier: Apache-2.0
// What a transaction, or a bare write, would bring into being (docs/gate.md, "Effects"). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "enforcer/gate/intents.h"
#include "enforcer/gate/store_path.h"
#include "enforcer/gate/wire.h"
#include "enforcer/monitor/request.h"

namespace xenacm::gate {

// Something a request does to a path that matters here.
struct Operation {
  enum class Kind { write, mkdir, remove, set_permissions };
  Kind kind{};
  std::string path;   // absolute
  std::string value;  // of a write; of set_permissions what permissions.h reads
};

// None if the request touches nothing of interest, or if no xenstored carries it out (no NUL behind the path; anything
// behind the NUL of a mkdir or rm).
[[nodiscard]] std::optional<Operation> operation_of(const Frame& frame);

using Removal = std::variant<monitor::DetachLink, monitor::DetachBelow>;

struct Outcome {
  std::vector<Intent> intents;
  std::vector<Removal> removed;  // backend directories that go away: reported, never asked
};

// The sum of the operations of one transaction: the last value of a path counts, and what was written and removed again
// does not.
class Effects {
 public:
  // Above this a transaction is refused whole; a toolstack's largest stay below a hundredth of it.
  static constexpr std::size_t kMaxBytes = 256 * 1024;

  void apply(Operation operation);
  [[nodiscard]] Outcome outcome() const;

 private:
  void put(Values& values, Operation operation);
  void forget(Values& values, const std::string& path);
  void remove(const std::string& path);
  void set_permissions(Operation operation);
  [[nodiscard]] std::vector<Removal> removals(const std::vector<Intent>& intents) const;

  Values values_;
  Values permissions_;  // that join somebody, or cannot be allowed
  std::set<BackendDirectory> removed_;
  std::size_t bytes_ = 0;
  std::string overflow_;  // the path that was one too many
};

}  // namespace xenacm::gate
