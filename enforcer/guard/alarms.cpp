// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/alarms.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace xenacm::guard {

void Alarms::raise(std::string text) {
  spdlog::warn("guard: {}", text);
  const std::scoped_lock lock(mutex_);
  ++told_.count;
  told_.last = std::move(text);
}

Alarms::Told Alarms::told() const {
  const std::scoped_lock lock(mutex_);
  return told_;
}

}  // namespace xenacm::guard
