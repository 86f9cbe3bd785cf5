// SPDX-License-Identifier: Apache-2.0
// Names of resources: a canonical name is its own canonical form, and leads where its text says.
// Meant for: enforcer/monitor/resource_name.cpp
#include "enforcer/monitor/resource_name.h"

#include <algorithm>
#include <array>

#include "tests/fuzz/fuzz.h"

namespace {

using namespace xenacm;
using fuzz::require;
using monitor::ResourceName;

void check_canonical(const ResourceName& name) {
  const std::string& text = name.get();
  const auto again = monitor::parse_resource_name(text);
  require(again.has_value(), "a canonical name is a name");
  require(*again == name, "a canonical name is its own canonical form");
  require(std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }), "no control characters");
  const std::string_view kind = monitor::kind_of(name);
  const std::string_view plain = kind.substr(0, kind.find('@'));
  constexpr std::array<std::string_view, 7> kKinds{"phy", "file", "tap", "pci", "nic", "bridge", "vlan"};
  require(std::ranges::find(kKinds, plain) != kKinds.end(), "of a kind that is known");
  require(plain == kind || plain == "phy" || plain == "file", "a domain in the kind of a disk alone");
  const bool network = plain == "nic" || plain == "bridge";
  require(!kind.ends_with("@Domain-0") && !(network && text.ends_with("@Domain-0")),
          "Domain-0's is the name without a domain");
  if (plain != "phy" && plain != "file" && plain != "tap") return;
  const std::string path = text.substr(text.find(":/") + 1) + "/";
  require(path.starts_with('/') && !path.contains("/../") && !path.contains("/./") &&
              (path == "//" || !path.contains("//")),
          "a path without detours");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const auto name = monitor::parse_resource_name(text);
  if (name) {
    check_canonical(*name);
  } else {
    require(!name.error().empty(), "a refusal says why");
  }
  if (const auto on_host = monitor::parse_host_resource_name(text)) {
    require(name && *name == *on_host, "what leads to something on a host is a name, and the same");
  }
  if (const auto disk = monitor::disk_name(text)) {
    check_canonical(*disk);
    require(monitor::kind_of(*disk) == "phy" || monitor::kind_of(*disk) == "file", "a disk is a device or a file");
  }
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return 0;
  for (const char* kind : {"bridge", "nic"}) {
    const auto network = monitor::network_name(kind, text.substr(0, comma), text.substr(comma + 1));
    if (network) check_canonical(*network);
  }
  return 0;
}
