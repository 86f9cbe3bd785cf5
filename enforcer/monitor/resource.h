// SPDX-License-Identifier: Apache-2.0
// The thing behind a resource name, and how two sightings of it are compared (architecture, "Labels").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "enforcer/monitor/resource_name.h"

namespace xenacm::monitor {

// What a file or a block device is, whatever it is called. Texts are compared byte by byte and mean nothing else here;
// enforcer/resource makes them.
struct Identity {
  std::string place;  // "inode FILESYSTEM:NUMBER" or "device STABLE-NAME"; never empty
  std::string birth;  // when the file was made: inode numbers are used again; empty where that cannot be told
  std::string mark;   // of the extended attribute trusted.xenacm; empty: none
  friend bool operator==(const Identity&, const Identity&) = default;
};

enum class Likeness {
  same,
  different,
  contradictory,  // some of it is the recorded thing's, some is not: a copy that took the mark along, a lost mark
};

[[nodiscard]] Likeness compare(const Identity& recorded, const Identity& present);

// A resource as a request names it.
struct Resource {
  ResourceName name;
  std::optional<Identity> identity;   // none: nothing is there, or its kind has no identity
  std::string trouble;                // not empty: why it cannot be told what is there; nobody may use it
  bool absent = false;                // looked at, and nothing was there; false where nobody looked
  std::optional<ResourceName> typed;  // the name as it was given, where it leads to another one
  friend bool operator==(const Resource&, const Resource&) = default;
};

// Names of one file or device, whatever the driver: "file:/x", "tap:aio:/x" and "phy:/x" are all "/x", "phy@nicdom:/x"
// and "file@nicdom:/x" are "@nicdom:/x". Other kinds are their own place.
[[nodiscard]] std::string_view place_of(const ResourceName& name);

// Whether the two are, or may be, the same thing.
[[nodiscard]] bool may_be_same(const Resource& a, const Resource& b);

// The name under which a driver domain's resource carries its label: "phy:/dev/a" in nicdom is "phy@nicdom:/dev/a".
[[nodiscard]] ResourceName in_backend(const ResourceName& name, std::string_view backend);

}  // namespace xenacm::monitor
