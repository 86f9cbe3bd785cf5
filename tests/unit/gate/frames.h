// SPDX-License-Identifier: Apache-2.0
// Requests and outcomes as the tests write them.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/gate/effects.h"
#include "enforcer/gate/intent_text.h"
#include "enforcer/gate/wire.h"

namespace xenacm::gate::testing {

// A frame with the bytes it views.
struct OwnedFrame {
  std::string bytes;
  [[nodiscard]] Frame view() const {
    Header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    return {header, bytes};
  }
};

inline OwnedFrame frame(Message type, std::string_view payload, std::uint32_t transaction = 0,
                        std::uint32_t request = 1) {
  return {encode(type, request, transaction, payload)};
}

inline OwnedFrame write(std::string_view path, std::string_view value, std::uint32_t transaction = 0,
                        std::uint32_t request = 1) {
  return frame(Message::write, std::string(path) + '\0' + std::string(value), transaction, request);
}
inline OwnedFrame mkdir(std::string_view path, std::uint32_t transaction = 0, std::uint32_t request = 1) {
  return frame(Message::mkdir, std::string(path) + '\0', transaction, request);
}
inline OwnedFrame rm(std::string_view path, std::uint32_t transaction = 0, std::uint32_t request = 1) {
  return frame(Message::rm, std::string(path) + '\0', transaction, request);
}

// XS_SET_PERMS: "n5 r7".
inline OwnedFrame set_perms(std::string_view path, std::string_view permissions, std::uint32_t transaction = 0) {
  std::string payload = std::string(path) + '\0' + std::string(permissions) + '\0';
  std::ranges::replace(payload, ' ', '\0');
  return frame(Message::set_perms, payload, transaction);
}

// "start 7 UUID NAME", "attach vif/FRONTEND/DEVICE to BACKEND on BRIDGE", "malformed PATH", "removed vif/F/I of B".
inline std::string text(const monitor::LinkKey& key, std::string_view preposition) {
  return key.device_class + '/' + std::to_string(key.frontend.get()) + '/' + std::to_string(key.device) + ' ' +
         std::string(preposition) + ' ' + std::to_string(key.backend.get());
}
inline std::string text(const monitor::MalformedWrite& write) { return "malformed " + write.path; }
inline std::string text(const monitor::StartDomain& start) {
  return "start " + std::to_string(start.domid.get()) + ' ' + start.uuid.get() + ' ' + start.name.get();
}
inline std::string text(const monitor::RenameDomain& rename) {
  return "rename " + std::to_string(rename.domid.get()) + ' ' + rename.name.get();
}
inline std::string text(const monitor::IntroduceDomain& introduce) {
  return "introduce " + std::to_string(introduce.domid.get());
}
inline std::string text(const monitor::AttachLink& attach) {
  std::string line = "attach " + text(attach.key, "to");
  if (!attach.network.bridge.empty()) line += " on " + attach.network.bridge;
  if (!attach.network.nic.empty()) line += " by " + attach.network.nic;
  for (const monitor::Resource& resource : attach.resources) line += " with " + resource.name.get();
  return line + (attach.anew ? " anew" : "");
}
inline std::string text(const monitor::DetachLink& detach) { return text(detach.key, "of"); }
// "vif/7/* of 5", "vif/* of 5", "* of 5"
inline std::string text(const monitor::DetachBelow& detach) {
  return (detach.device_class ? *detach.device_class + '/' : "") +
         (detach.frontend ? std::to_string(detach.frontend->get()) + '/' : "") + "* of " +
         std::to_string(detach.backend.get());
}

using Lines = std::vector<std::string>;

inline Lines lines(const Outcome& outcome) {
  Lines all;
  for (const Intent& intent : outcome.intents) all.push_back(std::visit([](const auto& i) { return text(i); }, intent));
  for (const Removal& gone : outcome.removed) {
    all.push_back("removed " + std::visit([](const auto& r) { return text(r); }, gone));
  }
  return all;
}

// What the requests of one transaction come to.
inline Outcome outcome_of(const std::vector<OwnedFrame>& requests) {
  Effects effects;
  for (const OwnedFrame& request : requests) {
    if (auto operation = operation_of(request.view())) effects.apply(std::move(*operation));
  }
  return effects.outcome();
}

inline constexpr std::string_view kUuid = "6e33ac06-7a01-4f2f-9bcd-11c06f2c9a5e";
inline const std::string kVm = "/vm/" + std::string(kUuid);

}  // namespace xenacm::gate::testing
