// SPDX-License-Identifier: Apache-2.0
// A security policy as its XML document states it, names and positions kept (acm.md 1.1).
//
// The model holds what the author wrote, in the author's order; `policy/tables.h` is what decisions are made on.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xenacm::policy {

// Reserved label of domains and resources that carry none (acm.md 1.3).
inline constexpr std::string_view kUnlabeled = "__UNLABELED__";
// Reserved resource label: no domain at all may use such a resource, under any policy (acm.md 1.3).
inline constexpr std::string_view kInaccessible = "__INACCESSIBLE__";
// Names of policies, labels, types and conflict sets are 1 to this many bytes of UTF-8.
inline constexpr std::size_t kMaxNameBytes = 255;
// A policy document is at most this large.
inline constexpr std::size_t kMaxDocumentBytes = std::size_t{64} * 1024 * 1024;

// 1-based line and column (in bytes) in the policy document; 0 where there is no document.
struct Position {
  unsigned line = 0;
  unsigned column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Name {
  std::string text;  // trimmed
  Position at;
};

// Compared as numbers (decisions.md 13).
struct Version {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
  [[nodiscard]] std::string text() const { return std::to_string(major) + "." + std::to_string(minor); }
};

struct FromPolicy {
  Name name;
  Version version;
};

struct Header {
  Name name;
  std::optional<std::string> url;
  std::optional<std::string> reference;
  std::optional<std::string> date;
  std::optional<std::string> namespace_url;
  Version version;
  std::optional<FromPolicy> from;
};

// At most one of its types runs at a time.
struct ConflictSet {
  Name name;
  std::vector<Name> types;
};

struct VmLabel {
  Name name;
  std::optional<Name> from;  // the label of the previous policy that it renames
  std::vector<Name> ste_types;
  std::vector<Name> chw_types;
};

struct ResourceLabel {
  Name name;
  std::optional<Name> from;
  std::optional<Name> ste_type;  // none where the document says <Type/>
};

// Empty <Type/> elements, the idiom for "no types", are left out of every list.
struct Policy {
  Header header;
  std::vector<Name> ste_types;
  std::vector<Name> chw_types;
  std::vector<ConflictSet> conflict_sets;
  std::optional<Name> bootstrap;  // Domain-0's label where it begins under this policy; none without
                                  // SubjectLabels. A policy change leaves Domain-0 its label
  std::vector<VmLabel> vm_labels;
  std::vector<ResourceLabel> resource_labels;
};

}  // namespace xenacm::policy
