// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/mark.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "enforcer/monitor/resource.h"
#include "enforcer/resource/place.h"

namespace xenacm::resource {

namespace {

constexpr std::size_t kDigits = 32;

bool is_mark(std::string_view text) {
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::unexpected<std::string> damaged(const Thing& file, const Roots& roots) {
  return std::unexpected("the mark of " + file.path.string() + " is damaged (extended attribute " +
                         roots.mark_attribute + "); setfattr -x " + roots.mark_attribute + " removes it");
}

std::expected<std::string, std::string> random_mark() {
  std::array<unsigned char, kDigits / 2> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return std::unexpected<std::string>("no random numbers for a mark");
  }
  std::string digits;
  for (const unsigned char byte : bytes) {
    digits += "0123456789abcdef"[byte >> 4];
    digits += "0123456789abcdef"[byte & 15];
  }
  return digits;
}

// Onto the disk, lest a power cut takes the mark away that the ledger knows of.
std::expected<void, std::string> flush(const Thing& file) {
  const Descriptor readable(::open(file.opened.magic_link().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!readable.is_open() || ::fsync(readable.get()) != 0) return trouble("flush the mark of", file.path, errno);
  return {};
}

std::expected<Thing, std::string> disk_behind(const monitor::ResourceName& name, const Roots& roots) {
  auto thing = look_at(place_of(name));
  if (!thing) return thing;
  return behind_loop(*std::move(thing), roots);
}

}  // namespace

std::expected<std::string, std::string> read_mark(const Thing& file, const Roots& roots) {
  std::array<char, kDigits + 1> value{};
  const ssize_t size =
      ::getxattr(file.opened.magic_link().c_str(), roots.mark_attribute.c_str(), value.data(), value.size());
  if (size < 0) {
    if (errno == ENODATA || errno == ENOTSUP) return std::string();
    if (errno == ERANGE) return damaged(file, roots);
    return trouble("read the mark of", file.path, errno);
  }
  std::string mark(value.data(), static_cast<std::size_t>(size));
  if (!is_mark(mark)) return damaged(file, roots);
  return mark;
}

std::expected<Marked, std::string> ensure_mark(const monitor::ResourceName& name, const Roots& roots) {
  const auto file = disk_behind(name, roots);
  if (!file) return std::unexpected(file.error());
  if (file->kind != ThingKind::file) return Marked{};
  auto present = read_mark(*file, roots);
  if (!present) return std::unexpected(present.error());
  if (!present->empty()) return Marked{Marking::present, *std::move(present)};

  auto mark = random_mark();
  if (!mark) return std::unexpected(mark.error());
  if (::setxattr(file->opened.magic_link().c_str(), roots.mark_attribute.c_str(), mark->data(), mark->size(),
                 XATTR_CREATE) != 0) {
    if (errno == ENOTSUP || errno == EPERM || errno == EACCES || errno == EROFS) return Marked{};
    return trouble("set the mark of", file->path, errno);
  }
  if (auto flushed = flush(*file); !flushed) {
    ::removexattr(file->opened.magic_link().c_str(), roots.mark_attribute.c_str());
    return std::unexpected(flushed.error());
  }
  return Marked{Marking::made, *std::move(mark)};
}

std::expected<void, std::string> remove_mark(const monitor::ResourceName& name, const std::string& mark,
                                             const Roots& roots) {
  const auto file = disk_behind(name, roots);
  if (!file) return std::unexpected(file.error());
  if (file->kind != ThingKind::file) return {};
  const auto present = read_mark(*file, roots);
  if (!present) return std::unexpected(present.error());
  if (present->empty()) return {};
  if (*present != mark) return std::unexpected(file->path.string() + " carries another mark by now");
  if (::removexattr(file->opened.magic_link().c_str(), roots.mark_attribute.c_str()) != 0) {
    return trouble("remove the mark of", file->path, errno);
  }
  return flush(*file);
}

}  // namespace xenacm::resource
