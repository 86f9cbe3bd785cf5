// SPDX-License-Identifier: Apache-2.0
// The members of requests about policy and mode, and what they are called (json_members.h).
#pragma once

#include "enforcer/monitor/common_members.h"

namespace xenacm::monitor {

template <>
inline constexpr std::string_view kKind<SetPolicy> = "set_policy";
template <>
inline constexpr std::string_view kKind<ResetPolicy> = "reset_policy";
template <>
inline constexpr std::string_view kKind<SetMode> = "set_mode";

template <class Archive>
void members(Archive& archive, Is<Archive, SetPolicy::Back>& back) {
  archive("digest", back.digest);
  archive("vm", back.lineage.vm);
  archive("resource", back.lineage.resource);
}

template <class Archive>
void members(Archive& archive, Is<Archive, SetPolicy>& set) {
  archive.policy_document(set.compiled, set.document);
  archive("most_invalidated", set.most_invalidated);
  archive.maybe("back", set.back);
  archive.maybe("signature", set.signature);
  archive.maybe("distrust", set.distrust);
}

template <class Archive>
void members(Archive& /*archive*/, Is<Archive, ResetPolicy>& /*reset*/) {}

template <class Archive>
void members(Archive& archive, Is<Archive, SetMode>& set) {
  archive("mode", set.mode);
  archive.maybe("label", set.label);
}

}  // namespace xenacm::monitor
