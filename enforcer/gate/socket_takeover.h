// SPDX-License-Identifier: Apache-2.0
// Stepping between xenstored's socket and its clients, and back, without an instant at which the name leads nowhere
// (docs/gate.md, "The socket").
//
//   NAME        what clients connect to: xenstored's, or while the gate runs the gate's
//   NAME.real   xenstored's while the gate runs
//   NAME.gate   the gate's, before it takes the name; what its socket is bound as for good
//
// xenstored's socket gets its second name by link(2), then NAME is replaced by rename(2), which is atomic; the way back
// is one rename. So a crash at any point leaves xenstored's socket under a name that prepare() and release() know.
//
// A gate that lives holds an flock(2) on the folder. What answers at NAME while nobody holds it and was bound as
// NAME.gate is the keeper of a gate that died (keeper.h).
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "enforcer/gate/descriptor.h"

namespace xenacm::gate {

[[nodiscard]] std::filesystem::path upstream_name(const std::filesystem::path& name);  // NAME.real

// Which file a name led to; stays true of a socket for as long as somebody listens at it.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};
// Zeros if there is none.
[[nodiscard]] FileId file_at(const std::filesystem::path& name);

class Takeover {
 public:
  // Listens at NAME.gate; clients still come to whom they came before. The error says what stands in the way and what
  // to do; nothing has changed then.
  [[nodiscard]] static std::expected<Takeover, std::string> prepare(const std::filesystem::path& name);
  // For the same gate, once NAME is no longer its own: xenstored was started anew.
  [[nodiscard]] std::expected<Takeover, std::string> prepare_again() const;

  // From here on clients come to this one's listener.
  [[nodiscard]] std::expected<void, std::string> take();

  Takeover(Takeover&& other) noexcept;
  Takeover& operator=(Takeover&&) = delete;
  ~Takeover();  // release()

  [[nodiscard]] int listener() const { return listener_.get(); }
  [[nodiscard]] Descriptor take_listener() { return std::move(listener_); }
  [[nodiscard]] FileId file() const { return file_; }
  [[nodiscard]] bool holds_name() const { return file_at(name_) == file_; }
  // A gate died before this one and nobody has undone it.
  [[nodiscard]] bool follows_a_death() const { return follows_a_death_; }

  // Gives the name back. If somebody else has taken it meanwhile, a restarted xenstored, it is left to them.
  void release();
  // The name stays as it is: for a keeper, or because it is somebody else's.
  void leave();

 private:
  enum class State : std::uint8_t { prepared, taken, over };
  Takeover(std::filesystem::path name, std::shared_ptr<Descriptor> claim, Descriptor listener, bool follows_a_death);
  [[nodiscard]] static std::expected<Takeover, std::string> prepare(const std::filesystem::path& name,
                                                                    std::shared_ptr<Descriptor> claim);

  std::filesystem::path name_;
  std::shared_ptr<Descriptor> claim_;  // the folder, locked
  Descriptor listener_;
  FileId file_;
  bool follows_a_death_ = false;
  State state_ = State::prepared;
};

// After a gate's death: gives xenstored the name back. Refuses while a gate lives. Nothing to do is no error.
[[nodiscard]] std::expected<void, std::string> release(const std::filesystem::path& name);

}  // namespace xenacm::gate
