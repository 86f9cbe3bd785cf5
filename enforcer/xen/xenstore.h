// SPDX-License-Identifier: Apache-2.0
// The monitor's own view of xenstore, past the gate.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "enforcer/monitor/ids.h"

namespace xenacm::xen {

// An operating-system seam: the real one asks through libxenstore.
class Xenstore {
 public:
  virtual ~Xenstore() = default;
  // None: no such node, or not readable.
  [[nodiscard]] virtual std::optional<std::string> read(const std::string& path) = 0;
  // Whether the domain's connection to xenstore was set up: its toolstack has built it.
  [[nodiscard]] virtual bool is_introduced(monitor::DomId domid) = 0;
  // Events come as the token given here, each at least once.
  [[nodiscard]] virtual bool watch(const std::string& path) = 0;
  // Readable when an event waits.
  [[nodiscard]] virtual int descriptor() = 0;
  // Takes one event, without waiting; none: there is none.
  [[nodiscard]] virtual std::optional<std::string> next_event() = 0;
};

// Connects to the xenstored that listens on `socket`.
[[nodiscard]] std::expected<std::unique_ptr<Xenstore>, std::string> open_xenstore(const std::filesystem::path& socket);

}  // namespace xenacm::xen
