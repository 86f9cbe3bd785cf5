// SPDX-License-Identifier: Apache-2.0
// The journal of systemd, with a field for each member of a record (docs/audit.md, "Outputs").
#pragma once

#include "enforcer/outputs/output.h"

namespace xenacm::outputs {

class JournalOutput : public Output {
 public:
  [[nodiscard]] std::string name() const override { return "journald"; }
  [[nodiscard]] bool wants_all() const override { return false; }
  [[nodiscard]] std::expected<std::int64_t, std::string> open(std::int64_t position) override;
  [[nodiscard]] std::expected<void, std::string> write(std::span<const audit::Line> lines) override;

 private:
  std::int64_t sent_ = 0;
};

}  // namespace xenacm::outputs
