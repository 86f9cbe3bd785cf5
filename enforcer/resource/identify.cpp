// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/identify.h"

#include <utility>

#include "enforcer/resource/mark.h"
#include "enforcer/resource/place.h"
#include "enforcer/resource/thing.h"

namespace xenacm::resource {

using monitor::Identity;
using monitor::Resource;
using monitor::ResourceName;

namespace {

// A file that is replaced while it is looked at is looked at again.
constexpr int kLooks = 5;

std::expected<Identity, std::string> identity_of(Thing named, const Roots& roots) {
  const auto thing = behind_loop(std::move(named), roots);
  if (!thing) return std::unexpected(thing.error());
  auto place = place_of_thing(*thing, roots);
  if (!place) return std::unexpected(place.error());
  Identity identity{.place = *std::move(place), .birth = {}, .mark = {}};
  if (thing->kind == ThingKind::device) return identity;
  auto mark = read_mark(*thing, roots);
  if (!mark) return std::unexpected(mark.error());
  identity.birth = thing->birth;
  identity.mark = *std::move(mark);
  return identity;
}

// The name with another path. The error: no resource can be called so.
std::expected<ResourceName, std::string> with_path(const ResourceName& name, const std::filesystem::path& path) {
  const std::string_view text = name.get();
  const std::string_view kind = text.substr(0, text.size() - place_of(name).size());
  auto renamed = monitor::parse_resource_name(std::string(kind) + path.string());
  if (renamed) return renamed;
  return std::unexpected("'" + name.get() + "' leads to a path that is no name of a resource: " + renamed.error());
}

std::expected<Resource, std::string> look(const ResourceName& name, const Roots& roots) {
  const std::filesystem::path path = place_of(name);
  for (int looks = 0; looks < kLooks; ++looks) {
    auto thing = look_at(path);
    if (!thing) return std::unexpected(thing.error());
    auto resource = resource_of(name, *std::move(thing), roots);
    if (!resource) return std::unexpected(resource.error());
    if (*resource) return **std::move(resource);
  }
  return std::unexpected(path.string() + " is replaced again and again while it is looked at");
}

}  // namespace

bool names_a_disk(const ResourceName& name) {
  const std::string_view kind = monitor::kind_of(name);
  return kind == "phy" || kind == "file" || kind == "tap";
}

std::expected<std::optional<Resource>, std::string> resource_of(const ResourceName& name, Thing thing,
                                                                const Roots& roots) {
  Resource resource{.name = name};
  if (thing.kind != ThingKind::device && monitor::kind_of(name) != "phy") {
    const auto real = thing.kind == ThingKind::nothing ? real_path_of_nothing(place_of(name)) : real_path(thing);
    if (!real) return std::unexpected(real.error());
    if (real->empty()) return std::nullopt;
    auto renamed = with_path(name, *real);
    if (!renamed) return std::unexpected(renamed.error());
    if (*renamed != name) resource.typed = name;
    resource.name = *std::move(renamed);
  }
  resource.absent = thing.kind == ThingKind::nothing;
  if (resource.absent) return resource;
  auto identity = identity_of(std::move(thing), roots);
  if (!identity) return std::unexpected(identity.error());
  resource.identity = *std::move(identity);
  return resource;
}

Resource identify(const ResourceName& name, const Roots& roots) {
  if (!names_a_disk(name)) return {.name = name};
  auto resource = look(name, roots);
  if (resource) return *std::move(resource);
  return {.name = name, .identity = std::nullopt, .trouble = std::move(resource.error())};
}

}  // namespace xenacm::resource
