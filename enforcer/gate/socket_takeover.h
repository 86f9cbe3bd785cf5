// SPDX-License-Identifier: Apache-2.0
// Stepping between xenstored's socket and its clients, and back, without an instant at which the name leads nowhere
// (docs/gate.md, "The socket").
//
//   NAME        what clients connect to: xenstored's, or while the gate runs the gate's
//   NAME.real   xenstored's while the gate runs
//   NAME.gate   the gate's, before it takes the name
//
// xenstored's socket gets its second name by link(2), then NAME is replaced by rename(2), which is atomic; the way back
// is one rename. So a crash at any point leaves xenstored's socket under a name that begin() and release() know.
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <string>

namespace xenacm::gate {

[[nodiscard]] std::filesystem::path upstream_name(const std::filesystem::path& name);  // NAME.real

class Takeover {
 public:
  // The error says what stands in the way and what to do; nothing has changed then.
  [[nodiscard]] static std::expected<Takeover, std::string> begin(const std::filesystem::path& name);

  Takeover(Takeover&& other) noexcept;
  Takeover& operator=(Takeover&&) = delete;
  ~Takeover();  // release(), and closes the listener unless it was taken

  // The listening socket, non-blocking; the caller closes it.
  [[nodiscard]] int take_listener();

  // Gives the name back. If somebody else has taken it meanwhile, a restarted xenstored, it is left to them.
  void release();

 private:
  Takeover(std::filesystem::path name, int listener, dev_t device, ino_t inode);

  std::filesystem::path name_;
  int listener_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;  // of the gate's socket in the file system
  bool held_ = true;
};

// By hand, after a crash: gives xenstored the name back. Refuses while a gate still answers at it. Nothing to do is no
// error.
[[nodiscard]] std::expected<void, std::string> release(const std::filesystem::path& name);

}  // namespace xenacm::gate
