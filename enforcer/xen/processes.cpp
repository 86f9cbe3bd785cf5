// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

namespace xenacm::xen {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "socket:[1234]"
std::optional<SocketInode> socket_inode(std::string_view link) {
  constexpr std::string_view kBefore = "socket:[";
  if (!link.starts_with(kBefore) || !link.ends_with(']')) return std::nullopt;
  return number<SocketInode>(link.substr(kBefore.size(), link.size() - kBefore.size() - 1));
}

// Thousands of links every few seconds: readlinkat, and no path for each.
void look_at_descriptors(Process& process, const std::set<SocketInode>& sockets) {
  const std::string name = "/proc/" + std::to_string(process.pid) + "/fd";
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(name.c_str()));
  if (!folder) return;
  std::array<char, 64> link{};
  while (const dirent* entry = ::readdir(folder.get())) {
    const ssize_t size = ::readlinkat(::dirfd(folder.get()), entry->d_name, link.data(), link.size());
    if (size <= 0) continue;
    const std::string_view target(link.data(), static_cast<std::size_t>(size));
    if (target == "/dev/xen/xenbus" || target == "/proc/xen/xenbus") process.holds_xenbus = true;
    if (const auto inode = socket_inode(target); inode && sockets.contains(*inode)) process.sockets.insert(*inode);
  }
}

}  // namespace

std::vector<Process> holders_of(const std::set<SocketInode>& sockets) {
  std::vector<Process> holders;
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir("/proc"));
  if (!folder) return holders;
  while (const dirent* entry = ::readdir(folder.get())) {
    const auto pid = number<pid_t>(entry->d_name);
    if (!pid) continue;
    Process process{.pid = *pid, .start = 0, .program = {}, .sockets = {}, .holds_xenbus = false};
    look_at_descriptors(process, sockets);
    if (process.sockets.empty() && !process.holds_xenbus) continue;
    std::error_code unknown;
    process.program = std::filesystem::read_symlink("/proc/" + std::to_string(*pid) + "/exe", unknown).string();
    process.start = start_of(*pid);
    holders.push_back(std::move(process));
  }
  return holders;
}

std::uint64_t start_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text(std::istreambuf_iterator<char>(file), {});
  // Field 22. The second, the program's name, may hold anything, blanks and brackets too.
  constexpr int kFieldsBetween = 19;
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int i = 0; i <= kFieldsBetween; ++i) fields >> field;
  return number<std::uint64_t>(field).value_or(0);
}

}  // namespace xenacm::xen
