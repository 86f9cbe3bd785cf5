// SPDX-License-Identifier: Apache-2.0
// The members of requests about domains, and what they are called (json_members.h).
#pragma once

#include "enforcer/monitor/common_members.h"

namespace xenacm::monitor {

template <>
inline constexpr std::string_view kKind<StartDomain> = "start";
template <>
inline constexpr std::string_view kKind<StopDomain> = "stop";
template <>
inline constexpr std::string_view kKind<ReserveStart> = "reserve_start";
template <>
inline constexpr std::string_view kKind<LapseTicket> = "lapse_ticket";
template <>
inline constexpr std::string_view kKind<IntroduceDomain> = "introduce";
template <>
inline constexpr std::string_view kKind<RenameDomain> = "rename";
template <>
inline constexpr std::string_view kKind<AdoptDomain> = "adopt";

template <class Archive>
void members(Archive& archive, Is<Archive, StartDomain::Vif>& vif) {
  archive("backend", vif.backend);
  archive.maybe("network", vif.network);
  archive.maybe("number", vif.number);
}

template <class Archive>
void members(Archive& archive, Is<Archive, StartDomain::Disk>& disk) {
  archive("resource", disk.resource);
  archive("backend", disk.backend);
}

template <class Archive>
void members(Archive& archive, Is<Archive, StartDomain>& start) {
  archive("domid", start.domid);
  archive("uuid", start.uuid);
  archive("name", start.name);
  archive.maybe("disks", start.disks);
  archive.maybe("vifs", start.vifs);
  archive.maybe("pci", start.pci);
  archive.maybe("claimed", start.claimed);
}

template <class Archive>
void members(Archive& archive, Is<Archive, StopDomain>& stop) {
  archive("domid", stop.domid);
  archive("uuid", stop.uuid);
  archive.maybe("withdrawn", stop.withdrawn);
}

template <class Archive>
void members(Archive& archive, Is<Archive, ReserveStart>& reserve) {
  archive("ticket", reserve.ticket);
  archive("start", reserve.start);
}

template <class Archive>
void members(Archive& archive, Is<Archive, LapseTicket>& lapse) {
  archive("ticket", lapse.ticket);
}

template <class Archive>
void members(Archive& archive, Is<Archive, IntroduceDomain>& introduce) {
  archive("domid", introduce.domid);
}

template <class Archive>
void members(Archive& archive, Is<Archive, RenameDomain>& rename) {
  archive("domid", rename.domid);
  archive("name", rename.name);
}

template <class Archive>
void members(Archive& archive, Is<Archive, AdoptDomain>& adopt) {
  archive("domid", adopt.domid);
  archive("uuid", adopt.uuid);
  archive("name", adopt.name);
  archive.maybe("appeared", adopt.appeared);
}

}  // namespace xenacm::monitor
