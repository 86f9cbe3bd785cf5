// SPDX-License-Identifier: Apache-2.0
// The members of the state's rows, and what they are called (json_members.h).
#pragma once

#include "enforcer/monitor/common_members.h"

namespace xenacm::monitor {

template <>
inline constexpr std::string_view kKind<PutPolicy> = "policy";
template <>
inline constexpr std::string_view kKind<PutMode> = "mode";
template <>
inline constexpr std::string_view kKind<PutRunning> = "running";
template <>
inline constexpr std::string_view kKind<PutTicket> = "ticket";
template <>
inline constexpr std::string_view kKind<PutBinding> = "binding";
template <>
inline constexpr std::string_view kKind<PutResource> = "resource";
template <>
inline constexpr std::string_view kKind<PutVifLabel> = "vif_label";
template <>
inline constexpr std::string_view kKind<PutLink> = "link";

template <class Archive>
void members(Archive& archive, Is<Archive, PutPolicy>& put) {
  archive.policy_document(put.compiled, put.document);
}

template <class Archive>
void members(Archive& archive, Is<Archive, PutMode>& put) {
  archive("label", put.label);
  archive("mode", put.mode);
}

template <class Archive>
void members(Archive& archive, Is<Archive, PutRunning>& put) {
  archive("domid", put.domain.domid);
  archive("uuid", put.domain.uuid);
  archive("name", put.domain.name);
  archive("label", put.domain.label);
  archive.maybe("adopted", put.domain.adopted);
}

template <class Archive>
void members(Archive& archive, Is<Archive, PutTicket>& put) {
  archive("id", put.ticket.id);
  archive("name", put.ticket.name);
  archive("uuid", put.ticket.uuid);
  archive("label", put.ticket.label);
}

template <class Archive>
void members(Archive& archive, Is<Archive, PutBinding>& put) {
  archive("name", put.name);
  archive("label", put.binding.label);
  archive.maybe("uuid", put.binding.uuid);
  archive.maybe("configured", put.binding.configured);
}

template <class Archive>
void members(Archive& archive, Is<Archive, PutResource>& put) {
  archive("name", put.name);
  archive("label", put.resource.label);
  archive.maybe("identity", put.resource.identity);
}

template <class Archive>
void members(Archive& archive, Is<Archive, PutVifLabel>& put) {
  archive("vif", put.vif);
  archive("label", put.label);
}

template <class Archive>
void members(Archive& archive, Is<Archive, PutLink>& put) {
  archive("key", put.link.key);
  archive.maybe("network", put.link.network);
  archive.maybe("resources", put.link.resources);
}

}  // namespace xenacm::monitor
