// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/place.h"

#include <linux/magic.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "enforcer/resource/block_device.h"

namespace xenacm::resource {

namespace fs = std::filesystem;

namespace {

using Text = std::expected<std::string, std::string>;

constexpr std::string_view kDevice = "device ";
constexpr std::string_view kDeleted = " (deleted)";

// A place as part of another one.
std::string within(std::string_view place) {
  if (place.starts_with(kDevice)) place.remove_prefix(kDevice.size());
  return std::string(place);
}

std::string hex(std::uint64_t number) {
  std::array<char, 16> digits{};
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

struct Mount {
  std::string type;
  std::string source;
};

// proc(5): "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELD…] - TYPE SOURCE OPTIONS"; blanks are escaped.
std::optional<Mount> read_mount(const std::string& line, const std::string& device) {
  std::istringstream words(line);
  std::string word;
  for (int field = 0; field < 3 && words >> word; ++field) {
  }
  if (word != device) return std::nullopt;
  while (words >> word && word != "-") {
  }
  Mount mount;
  if (!(words >> mount.type >> mount.source)) return std::nullopt;
  return mount;
}

std::optional<Mount> mount_of(dev_t device, const fs::path& mounts) {
  std::optional<Mount> best;
  std::ifstream in(mounts);
  const auto order = [](const Mount& mount) { return std::pair(mount.source.size(), mount.source); };
  for (std::string line; std::getline(in, line);) {
    auto mount = read_mount(line, device_number(device));
    if (mount && (!best || order(*mount) < order(*best))) best = std::move(mount);
  }
  return best;
}

std::expected<Thing, std::string> backing_thing(const BlockDevice& loop) {
  const std::string text = loop.backing_file->string();
  if (text.ends_with(kDeleted)) {
    return std::unexpected("the file behind loop device " + loop.number + " was deleted or replaced: " + text);
  }
  auto thing = look_at(*loop.backing_file);
  if (thing && thing->kind == ThingKind::nothing) {
    return std::unexpected("the file behind loop device " + loop.number + " is not there: " + text);
  }
  return thing;
}

}  // namespace

// INVARIANT: ends, for the kernel refuses a loop device that would stand on itself.
std::expected<Thing, std::string> behind_loop(Thing thing, const Roots& roots) {
  if (thing.kind != ThingKind::device) return thing;
  const auto device = block_device(thing.device, roots);
  if (!device) return std::unexpected(thing.path.string() + ": " + device.error());
  if (!device->backing_file) return thing;
  auto backing = backing_thing(*device);
  if (!backing) return std::unexpected(thing.path.string() + ": " + backing.error());
  return behind_loop(*std::move(backing), roots);
}

Text place_of_device(dev_t device, const Roots& roots) {
  const auto known = block_device(device, roots);
  if (!known) return std::unexpected(known.error());
  if (known->backing_file) {
    const auto backing = backing_thing(*known);
    if (!backing) return std::unexpected(backing.error());
    return place_of_thing(*backing, roots);
  }
  if (!known->stable_name.empty()) return std::string(kDevice) + known->stable_name;
  if (known->partition) {
    const Text disk = place_of_device(known->partition->disk, roots);
    if (!disk) return disk;
    return std::string(kDevice) + "part " + known->partition->number + " of " + within(*disk);
  }
  return std::string(kDevice) + known->number;
}

Text file_system_name(const FileSystemFacts& facts, const Roots& roots) {
  if (facts.type == MSDOS_SUPER_MAGIC || facts.type == EXFAT_SUPER_MAGIC) {
    return std::unexpected<std::string>(
        "FAT and exFAT do not number their files, so it cannot be told which file it is; copy it to another file "
        "system");
  }
  const auto [high, low] = facts.id;
  if (low != 0) return hex((static_cast<std::uint64_t>(high) << 32) | low);
  const dev_t device = facts.type == OVERLAYFS_SUPER_MAGIC && high != 0 ? dev_t{high} : facts.device;
  if (major(device) != 0) {
    const Text place = place_of_device(device, roots);
    return place ? within(*place) : place;
  }
  const auto mount = mount_of(facts.device, roots.mounts);
  if (!mount) return "mount " + device_number(facts.device);
  const bool names_something = mount->source.find_first_of("/:") != std::string::npos;
  return mount->type + " " + (names_something ? mount->source : device_number(facts.device));
}

Text place_of_thing(const Thing& thing, const Roots& roots) {
  if (thing.kind == ThingKind::device) return place_of_device(thing.device, roots);
  struct statfs answer{};
  if (::fstatfs(thing.opened.get(), &answer) != 0) return trouble("look at", thing.path, errno);
  FileSystemFacts facts{.type = answer.f_type, .device = thing.file_system};
  static_assert(sizeof facts.id == sizeof answer.f_fsid);
  std::memcpy(facts.id.data(), &answer.f_fsid, sizeof facts.id);
  const Text name = file_system_name(facts, roots);
  if (!name) return std::unexpected(thing.path.string() + ": " + name.error());
  return "inode " + *name + ":" + std::to_string(thing.inode);
}

}  // namespace xenacm::resource
