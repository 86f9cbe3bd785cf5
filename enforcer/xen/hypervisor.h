// SPDX-License-Identifier: Apache-2.0
// What the hypervisor says of its domains.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "enforcer/monitor/ids.h"

namespace xenacm::xen {

struct DomainInfo {
  monitor::DomId domid;
  monitor::Uuid uuid;
  std::uint64_t memory_kib = 0;
  std::uint32_t vcpus = 0;
  std::chrono::nanoseconds cpu_time{0};
  std::string
      state;  // as `xl list` shows it: "r-----", in the order running, blocked, paused, shutdown, crashed, dying
  [[nodiscard]] bool paused() const { return state.contains('p'); }
  [[nodiscard]] bool dying() const { return state.contains('d'); }
};

// An operating-system seam: the real one asks through libxenctrl. May be used by several threads.
class Hypervisor {
 public:
  virtual ~Hypervisor() = default;
  // Every domain that is not fully destroyed, Domain-0 and dying ones included, by ascending id.
  [[nodiscard]] virtual std::expected<std::vector<DomainInfo>, std::string> domains() = 0;
  // Pauses are counted: a domain runs again when each was taken back, a toolstack's and this one.
  [[nodiscard]] virtual std::expected<void, std::string> pause(monitor::DomId domid) = 0;
  [[nodiscard]] virtual std::expected<void, std::string> unpause(monitor::DomId domid) = 0;
  // Returns when the domain's memory is given back: for a large domain that takes seconds.
  [[nodiscard]] virtual std::expected<void, std::string> destroy(monitor::DomId domid) = 0;
};

// The error says that this is no Xen host, or that one has to be root.
[[nodiscard]] std::expected<std::unique_ptr<Hypervisor>, std::string> open_hypervisor();

}  // namespace xenacm::xen
