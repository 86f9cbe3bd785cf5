// SPDX-License-Identifier: Apache-2.0
// The names by which the monitor knows domains, devices and labels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policy/strong.h"

namespace xenacm::monitor {

// Xen's domain id, 0 to 32751; only running domains have one, and it is never used twice before a wrap-around.
using DomId = Strong<struct DomIdTag, std::uint16_t>;
inline constexpr DomId kDomain0{0};

using DomainName = Strong<struct DomainNameTag, std::string>;
inline constexpr std::string_view kDomain0Name = "Domain-0";

// The name that its configuration gives a domain: an incoming migration runs as NAME--incoming; it is NAME
// (decisions.md, "Links between domains").
[[nodiscard]] DomainName configured_name(const DomainName& name);

// Canonical text: 36 bytes, lower-case hex with hyphens.
using Uuid = Strong<struct UuidTag, std::string>;

// None if `text` is not of the form 8-4-4-4-12 hexadecimal digits.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);

// Of a domain that has no uuid yet; no domain but Domain-0 runs under it.
[[nodiscard]] Uuid nil_uuid();

// A label as it is stored: "ACM:mytest:A-Bank", or "INV_ACM:mytest:A-Bank" once a policy change took its meaning away
// (acm.md 1.5). The policy is "*" for __INACCESSIBLE__.
struct StoredLabel {
  std::string policy;
  std::string label;
  bool valid = true;  // false: INV_ACM
  friend bool operator==(const StoredLabel&, const StoredLabel&) = default;
  [[nodiscard]] std::string text() const { return (valid ? "ACM:" : "INV_ACM:") + policy + ":" + label; }
};

}  // namespace xenacm::monitor
