// SPDX-License-Identifier: Apache-2.0
// The kinds of requests that verdicts are counted by: few and fixed, whatever those who ask name in them.
#pragma once

#include <cstddef>
#include <string_view>

#include "enforcer/monitor/request.h"

namespace xenacm::monitor {

enum class RequestClass {
  start,
  stop,
  ticket,
  introduce,
  rename,
  adopt,
  // Links, by their device class.
  vif,
  vbd,
  virtio_disk,
  pci,
  vtpm,
  vfb,
  vkbd,
  vusb,
  plan9,
  console,
  other_device,
  target,
  xenstore,
  // What else there is.
  detach,
  malformed_write,
  label_change,
  policy_change,
  mode_change,
};
inline constexpr std::size_t kRequestClasses = static_cast<std::size_t>(RequestClass::mode_change) + 1;

[[nodiscard]] std::string_view to_text(RequestClass request_class);  // "start", "vif", "other-device", …

// other_device for every class that has no name here: who writes a path chooses its text.
[[nodiscard]] RequestClass class_of_link(std::string_view device_class);
[[nodiscard]] RequestClass class_of(const Request& request);

}  // namespace xenacm::monitor
