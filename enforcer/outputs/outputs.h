// SPDX-License-Identifier: Apache-2.0
// All outputs of the audit log, as they are configured.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "enforcer/outputs/follower.h"

namespace xenacm::outputs {

struct OutputOptions {
  std::vector<std::string> names;  // journald, syslog, or the absolute path of a file
  std::string group;               // that may read the files
  std::uint64_t rotate_size = 100 << 20;
  unsigned rotate_keep = 10;
};

// What is wrong with the names; empty: nothing.
[[nodiscard]] std::string fault_of(const std::vector<std::string>& names);

class Outputs {
 public:
  // Begins to copy. `last`: the number of the newest record there is.
  Outputs(const OutputOptions& options, const std::filesystem::path& ledger_file, std::int64_t last);

  // There are records up to this one. Any thread may call; never blocks.
  void wake(std::int64_t last);
  void stop();
  [[nodiscard]] std::vector<Follower::Told> told() const;

 private:
  std::vector<std::unique_ptr<Follower>> followers_;
};

}  // namespace xenacm::outputs
