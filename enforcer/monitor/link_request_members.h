// SPDX-License-Identifier: Apache-2.0
// The members of requests about links, and what they are called (json_members.h).
#pragma once

#include "enforcer/monitor/common_members.h"

namespace xenacm::monitor {

template <>
inline constexpr std::string_view kKind<AttachLink> = "attach";
template <>
inline constexpr std::string_view kKind<AdoptLink> = "adopt_link";
template <>
inline constexpr std::string_view kKind<DetachLink> = "detach";
template <>
inline constexpr std::string_view kKind<DetachBelow> = "detach_below";
template <>
inline constexpr std::string_view kKind<MalformedWrite> = "malformed_write";

template <class Archive>
void members(Archive& archive, Is<Archive, AttachLink>& attach) {
  archive("key", attach.key);
  archive.maybe("network", attach.network);
  archive.maybe("resources", attach.resources);
  archive.maybe("anew", attach.anew);
}

template <class Archive>
void members(Archive& archive, Is<Archive, AdoptLink>& adopt) {
  archive("link", adopt.link);
  archive.maybe("appeared", adopt.appeared);
}

template <class Archive>
void members(Archive& archive, Is<Archive, DetachLink>& detach) {
  archive("key", detach.key);
  archive.maybe("withdrawn", detach.withdrawn);
}

template <class Archive>
void members(Archive& archive, Is<Archive, DetachBelow>& detach) {
  archive("backend", detach.backend);
  archive.maybe("class", detach.device_class);
  archive.maybe("frontend", detach.frontend);
}

template <class Archive>
void members(Archive& archive, Is<Archive, MalformedWrite>& write) {
  archive("path", write.path);
  archive("why", write.why);
}

}  // namespace xenacm::monitor
