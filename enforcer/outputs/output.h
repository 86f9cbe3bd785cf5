// SPDX-License-Identifier: Apache-2.0
// Somewhere else that the records of the audit log are copied to.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "enforcer/audit/chain.h"

namespace xenacm::outputs {

// The seam to the operating system that tests replace. Of one thread, which may block. Errors are sentences.
class Output {
 public:
  virtual ~Output() = default;

  // As the configuration names it.
  [[nodiscard]] virtual std::string name() const = 0;

  // Whether an output that is new wants the records that there are already.
  [[nodiscard]] virtual bool wants_all() const = 0;

  // Before the first record, and again after every failure. `position` is the number of the last record that it was
  // given before; the answer, of the last one that it has.
  [[nodiscard]] virtual std::expected<std::int64_t, std::string> open(std::int64_t position) = 0;

  // In their order. After an error some of them may have been written; `open` says how far it came.
  [[nodiscard]] virtual std::expected<void, std::string> write(std::span<const audit::Line> lines) = 0;
};

}  // namespace xenacm::outputs
