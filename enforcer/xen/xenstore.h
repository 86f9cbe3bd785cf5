// SPDX-License-Identifier: Apache-2.0
// The monitor's own view of xenstore, past the gate.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "enforcer/monitor/ids.h"

namespace xenacm::xen {

// An operating-system seam: the real one asks through libxenstore.
class Xenstore {
 public:
  using Writes = std::vector<std::pair<std::string, std::string>>;  // path, value

  virtual ~Xenstore() = default;
  // None: no such node, or not readable. A node that was only made is empty.
  [[nodiscard]] virtual std::optional<std::string> read(const std::string& path) = 0;
  // The names of the nodes right below; none if there is no such node.
  [[nodiscard]] virtual std::vector<std::string> list(const std::string& path) = 0;
  // In one transaction, as far as others leave the nodes alone for long enough.
  [[nodiscard]] virtual std::expected<void, std::string> write(const Writes& writes) = 0;
  // In one transaction, nodes right below `directory`/`name`, that `reader` may read and only Domain-0 may write. Where
  // the directory is gone nothing is written, which is no error.
  [[nodiscard]] virtual std::expected<void, std::string> publish(const std::string& directory, const std::string& name,
                                                                 const Writes& nodes, monitor::DomId reader) = 0;
  // With all that is below. A node that is not there is no error.
  [[nodiscard]] virtual std::expected<void, std::string> remove(const std::string& path) = 0;
  // Whether the domain's connection to xenstore was set up: its toolstack has built it.
  [[nodiscard]] virtual bool is_introduced(monitor::DomId domid) = 0;
  // An event comes at once, and then for each change of the node or of one below it.
  [[nodiscard]] virtual bool watch(const std::string& path) = 0;
  virtual void unwatch(const std::string& path) = 0;
  // Readable when an event waits.
  [[nodiscard]] virtual int descriptor() = 0;
  // Takes one event, without waiting: the path that changed; none: there is none. The error: the connection is lost.
  [[nodiscard]] virtual std::expected<std::optional<std::string>, std::string> next_event() = 0;
};

// Connects to the xenstored that listens on `socket`.
[[nodiscard]] std::expected<std::unique_ptr<Xenstore>, std::string> open_xenstore(const std::filesystem::path& socket);

}  // namespace xenacm::xen
