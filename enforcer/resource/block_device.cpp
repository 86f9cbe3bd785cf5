// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/block_device.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <utility>

#include "enforcer/resource/descriptor.h"
#include "enforcer/resource/thing.h"

namespace xenacm::resource {

namespace fs = std::filesystem;

namespace {

using MaybeText = std::expected<std::optional<std::string>, std::string>;

constexpr std::array<std::string_view, 10> kPreferred{"wwn-",   "nvme-eui.", "nvme-uuid.", "nvme-",   "scsi-3",
                                                      "scsi-2", "scsi-",     "ata-",       "virtio-", "md-uuid-"};

// An attribute of sysfs, without its last line end. None: there is no such attribute.
MaybeText read_attribute(const fs::path& file) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return trouble("read", file, errno);
  }
  std::string text;
  std::array<char, 4096> part{};
  while (true) {
    const ssize_t size = ::read(opened.get(), part.data(), part.size());
    if (size < 0) return trouble("read", file, errno);
    if (size == 0) break;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

// The value of KEY=VALUE, a line of a uevent file.
std::string value_of(std::string_view uevent, std::string_view key) {
  while (!uevent.empty()) {
    const std::string_view line = uevent.substr(0, uevent.find('\n'));
    if (line.starts_with(key) && line.substr(key.size()).starts_with('='))
      return std::string(line.substr(key.size() + 1));
    uevent.remove_prefix(std::min(uevent.size(), line.size() + 1));
  }
  return {};
}

std::optional<dev_t> parse_number(std::string_view text) {
  unsigned major_number = 0;
  unsigned minor_number = 0;
  const char* const end = text.data() + text.size();
  const auto [colon, wrong] = std::from_chars(text.data(), end, major_number);
  if (wrong != std::errc{} || colon == end || *colon != ':') return std::nullopt;
  const auto [last, also_wrong] = std::from_chars(colon + 1, end, minor_number);
  if (also_wrong != std::errc{} || last != end) return std::nullopt;
  return makedev(major_number, minor_number);
}

// By how good a kind of link is, then in byte order: the least is the best.
std::pair<std::ptrdiff_t, std::string> rank(const std::string& link) {
  const auto* const kind =
      std::ranges::find_if(kPreferred, [&](std::string_view prefix) { return link.starts_with(prefix); });
  return {kind - kPreferred.begin(), link};
}

std::expected<std::string, std::string> best_link(const fs::path& node, const fs::path& by_id) {
  std::error_code error;
  std::optional<std::string> best;
  fs::directory_iterator links(by_id, error);
  if (error == std::errc::no_such_file_or_directory) return std::string();  // udev knows no disks
  for (; !error && links != fs::directory_iterator(); links.increment(error)) {
    std::error_code no_link;
    const fs::path target = fs::read_symlink(links->path(), no_link);
    if (no_link || (by_id / target).lexically_normal() != node.lexically_normal()) continue;
    const std::string name = links->path().filename().string();
    if (!best || rank(name) < rank(*best)) best = name;
  }
  if (error) return trouble("read", by_id, error.value());
  return best.value_or(std::string());
}

std::expected<std::optional<Partition>, std::string> partition_of(const fs::path& kernel, const std::string& uevent) {
  const std::string number = value_of(uevent, "PARTN");
  if (number.empty()) return std::nullopt;
  const fs::path disk = kernel / ".." / "dev";  // the kernel's folder of a partition is in that of its disk
  const MaybeText text = read_attribute(disk);
  if (!text) return std::unexpected(text.error());
  const auto device = parse_number(text->value_or(std::string()));
  if (!device) return std::unexpected("the kernel does not say which disk " + kernel.string() + " is a partition of");
  return Partition{*device, number};
}

}  // namespace

std::string device_number(dev_t device) { return std::to_string(major(device)) + ":" + std::to_string(minor(device)); }

std::expected<BlockDevice, std::string> block_device(dev_t device, const Roots& roots) {
  BlockDevice found{.number = device_number(device)};
  const fs::path kernel = roots.sys / "dev/block" / found.number;
  const MaybeText uevent = read_attribute(kernel / "uevent");
  if (!uevent) return std::unexpected(uevent.error());
  if (!*uevent) return std::unexpected("the kernel has no block device " + found.number);

  const MaybeText backing = read_attribute(kernel / "loop/backing_file");
  if (!backing) return std::unexpected(backing.error());
  if (!backing->value_or(std::string()).empty()) found.backing_file = **backing;

  auto partition = partition_of(kernel, **uevent);
  if (!partition) return std::unexpected(partition.error());
  found.partition = *std::move(partition);

  const MaybeText uuid = read_attribute(kernel / "dm/uuid");
  if (!uuid) return std::unexpected(uuid.error());
  found.stable_name = uuid->value_or(std::string());
  if (found.stable_name.empty()) {
    auto link = best_link(roots.dev / value_of(**uevent, "DEVNAME"), roots.dev / "disk/by-id");
    if (!link) return std::unexpected(link.error());
    found.stable_name = *std::move(link);
  }
  return found;
}

}  // namespace xenacm::resource
