// SPDX-License-Identifier: Apache-2.0
// syslog(3), facility LOG_AUTHPRIV: one line a record, key="value" (docs/audit.md, "Outputs").
#pragma once

#include "enforcer/outputs/output.h"

namespace xenacm::outputs {

// One a process: syslog(3) has but one state.
class SyslogOutput : public Output {
 public:
  SyslogOutput();
  ~SyslogOutput() override;
  SyslogOutput(const SyslogOutput&) = delete;
  SyslogOutput& operator=(const SyslogOutput&) = delete;

  [[nodiscard]] std::string name() const override { return "syslog"; }
  [[nodiscard]] bool wants_all() const override { return false; }
  [[nodiscard]] std::expected<std::int64_t, std::string> open(std::int64_t position) override;
  [[nodiscard]] std::expected<void, std::string> write(std::span<const audit::Line> lines) override;
};

// seq="5" decision="deny" …
[[nodiscard]] std::string syslog_line(const audit::Line& line);

}  // namespace xenacm::outputs
