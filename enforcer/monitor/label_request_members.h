// SPDX-License-Identifier: Apache-2.0
// The members of requests about labels, and what they are called (json_members.h).
#pragma once

#include "enforcer/monitor/common_members.h"

namespace xenacm::monitor {

template <>
inline constexpr std::string_view kKind<LabelDomain> = "label_domain";
template <>
inline constexpr std::string_view kKind<UnlabelDomain> = "unlabel_domain";
template <>
inline constexpr std::string_view kKind<LabelResource> = "label_resource";
template <>
inline constexpr std::string_view kKind<UnlabelResource> = "unlabel_resource";
template <>
inline constexpr std::string_view kKind<RepairResource> = "repair_resource";
template <>
inline constexpr std::string_view kKind<LabelVif> = "label_vif";
template <>
inline constexpr std::string_view kKind<UnlabelVif> = "unlabel_vif";

template <>
inline constexpr std::array kValues<Mend>{Mend::adopt, Mend::rename, Mend::forget_mark};

template <class Archive>
void members(Archive& archive, Is<Archive, LabelDomain>& request) {
  archive("name", request.name);
  archive.maybe("uuid", request.uuid);
  archive("label", request.label);
  archive.maybe("policy", request.policy);
}

template <class Archive>
void members(Archive& archive, Is<Archive, UnlabelDomain>& request) {
  archive("name", request.name);
}

template <class Archive>
void members(Archive& archive, Is<Archive, LabelResource>& request) {
  archive("resource", request.resource);
  archive("label", request.label);
  archive.maybe("policy", request.policy);
}

template <class Archive>
void members(Archive& archive, Is<Archive, UnlabelResource>& request) {
  archive("resource", request.resource);
}

template <class Archive>
void members(Archive& archive, Is<Archive, RepairResource>& request) {
  archive("resource", request.resource);
  archive("mend", request.mend);
  archive.maybe("to", request.to);
}

template <class Archive>
void members(Archive& archive, Is<Archive, LabelVif>& request) {
  archive("vif", request.vif);
  archive("label", request.label);
  archive.maybe("policy", request.policy);
}

template <class Archive>
void members(Archive& archive, Is<Archive, UnlabelVif>& request) {
  archive("vif", request.vif);
}

}  // namespace xenacm::monitor
