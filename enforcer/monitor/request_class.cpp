// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/request_class.h"

#include <array>

namespace xenacm::monitor {

namespace {

// In the order of RequestClass.
constexpr std::array<std::string_view, kRequestClasses> kClassNames{
    "start",        "stop",          "ticket",       "introduce",  "rename",   "adopt",  "vif",
    "vbd",          "virtio_disk",   "pci",          "vtpm",       "vfb",      "vkbd",   "vusb",
    "9pfs",         "console",       "other-device", kTargetClass, kNodeClass, "detach", "malformed-write",
    "label-change", "policy-change", "mode-change"};

constexpr auto kFirstLink = static_cast<std::size_t>(RequestClass::vif);
constexpr auto kLastLink = static_cast<std::size_t>(RequestClass::xenstore);

struct Classifier {
  RequestClass operator()(const StartDomain&) const { return RequestClass::start; }
  RequestClass operator()(const StopDomain&) const { return RequestClass::stop; }
  RequestClass operator()(const ReserveStart&) const { return RequestClass::ticket; }
  RequestClass operator()(const LapseTicket&) const { return RequestClass::ticket; }
  RequestClass operator()(const IntroduceDomain&) const { return RequestClass::introduce; }
  RequestClass operator()(const RenameDomain&) const { return RequestClass::rename; }
  RequestClass operator()(const AdoptDomain&) const { return RequestClass::adopt; }
  RequestClass operator()(const AttachLink& request) const { return class_of_link(request.key.device_class); }
  RequestClass operator()(const AdoptLink& request) const { return (*this)(request.link); }
  RequestClass operator()(const DetachLink&) const { return RequestClass::detach; }
  RequestClass operator()(const DetachBelow&) const { return RequestClass::detach; }
  RequestClass operator()(const MalformedWrite&) const { return RequestClass::malformed_write; }
  RequestClass operator()(const LabelDomain&) const { return RequestClass::label_change; }
  RequestClass operator()(const UnlabelDomain&) const { return RequestClass::label_change; }
  RequestClass operator()(const LabelResource&) const { return RequestClass::label_change; }
  RequestClass operator()(const UnlabelResource&) const { return RequestClass::label_change; }
  RequestClass operator()(const RepairResource&) const { return RequestClass::label_change; }
  RequestClass operator()(const LabelVif&) const { return RequestClass::label_change; }
  RequestClass operator()(const UnlabelVif&) const { return RequestClass::label_change; }
  RequestClass operator()(const SetPolicy&) const { return RequestClass::policy_change; }
  RequestClass operator()(const ResetPolicy&) const { return RequestClass::policy_change; }
  RequestClass operator()(const SetMode&) const { return RequestClass::mode_change; }
};

}  // namespace

std::string_view to_text(RequestClass request_class) { return kClassNames.at(static_cast<std::size_t>(request_class)); }

RequestClass class_of_link(std::string_view device_class) {
  for (std::size_t link = kFirstLink; link <= kLastLink; ++link) {
    if (kClassNames.at(link) == device_class) return static_cast<RequestClass>(link);
  }
  return RequestClass::other_device;
}

RequestClass class_of(const Request& request) { return std::visit(Classifier{}, request); }

}  // namespace xenacm::monitor
