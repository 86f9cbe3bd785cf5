// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/resource.h"

namespace xenacm::monitor {

Likeness compare(const Identity& recorded, const Identity& present) {
  const bool same_mark = recorded.mark == present.mark;
  const bool births_known = !recorded.birth.empty() && !present.birth.empty();
  const bool other_birth = births_known && recorded.birth != present.birth;
  if (recorded.place != present.place || other_birth) {
    return same_mark && !recorded.mark.empty() ? Likeness::contradictory : Likeness::different;
  }
  // It was seen before it got its mark.
  const bool marked_since = recorded.mark.empty() && births_known;
  return same_mark || marked_since ? Likeness::same : Likeness::contradictory;
}

std::string_view place_of(const ResourceName& name) {
  const std::string_view text = name.get();
  const std::string_view kind = kind_of(name);
  if (kind == "file" || kind == "tap" || kind == "phy") return text.substr(text.find(":/") + 1);
  if (kind.starts_with("file@") || kind.starts_with("phy@")) return text.substr(text.find('@'));
  return text;
}

bool may_be_same(const Resource& a, const Resource& b) {
  if (place_of(a.name) == place_of(b.name)) return true;
  return a.identity && b.identity && compare(*a.identity, *b.identity) != Likeness::different;
}

ResourceName in_backend(const ResourceName& name, std::string_view backend) {
  const std::string_view kind = kind_of(name);
  if (kind != "file" && kind != "tap" && kind != "phy") return name;
  return ResourceName((kind == "phy" ? "phy@" : "file@") + std::string(backend) + ":" + std::string(place_of(name)));
}

}  // namespace xenacm::monitor
