// SPDX-License-Identifier: Apache-2.0
// The daemon's side of its keeper (keeper.h).
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <string>

#include "enforcer/gate/descriptor.h"
#include "enforcer/gate/keeper.h"

namespace xenacm::gate {

class KeeperProcess {
 public:
  // Runs `program`, which shares nothing with this process but the listening socket and one end of a connection.
  [[nodiscard]] static std::expected<KeeperProcess, std::string> start(const std::filesystem::path& program,
                                                                       const Keeping& keeping, int listener);
  KeeperProcess(KeeperProcess&& other) noexcept;
  KeeperProcess& operator=(KeeperProcess&&) = delete;
  // Without goodbye: the keeper takes it for this process's death.
  ~KeeperProcess() = default;

  [[nodiscard]] pid_t pid() const { return pid_; }
  // A pidfd: readable once the keeper has ended.
  [[nodiscard]] int ended() const { return ended_.get(); }

  // Says goodbye, and waits until it has ended.
  void dismiss();
  // It has ended by itself; what it ended with, in words.
  std::string collect();

 private:
  KeeperProcess(pid_t pid, Descriptor ended, Descriptor connection);

  pid_t pid_ = 0;
  Descriptor ended_;
  Descriptor connection_;
};

}  // namespace xenacm::gate
