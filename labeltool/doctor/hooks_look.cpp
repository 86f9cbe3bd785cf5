// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>

#include "labeltool/doctor/hooks.h"
#include "labeltool/suggest/commands.h"

namespace xenacm::labeltool::doctor {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestHook = 65'536;

// "/etc/x" below the root.
fs::path below(const fs::path& root, const fs::path& file) { return root / file.relative_path(); }

bool calls_acm_hook(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kLongestHook, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  return std::string_view(text).substr(0, static_cast<std::size_t>(in.gcount())).contains("acm-hook");
}

HookState state_of(const fs::path& file) {
  struct stat seen{};
  if (::stat(file.c_str(), &seen) != 0) return errno == EACCES ? HookState::unseen : HookState::missing;
  if (::access(file.c_str(), R_OK) != 0) return HookState::unseen;
  if (!calls_acm_hook(file)) return HookState::foreign;
  return (seen.st_mode & S_IXUSR) != 0 ? HookState::installed : HookState::not_executable;
}

bool can_run(const fs::path& file) { return fs::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0; }

std::optional<fs::path> first_in(const fs::path& root, const std::string& path, const std::string& program) {
  std::istringstream folders(path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!folder.starts_with('/')) continue;
    fs::path candidate = fs::path(folder) / program;
    if (can_run(below(root, candidate))) return candidate;
  }
  return std::nullopt;
}

// The wrapper may stand anywhere before the real one.
std::optional<Hook> look_for_xl(const fs::path& root, const std::string& path) {
  const fs::path usual = "/usr/local/sbin/xl";
  const auto first = first_in(root, path, "xl");
  if (!first && !can_run(root / "usr/sbin/xl")) return std::nullopt;
  Hook hook{.toolstack = "xl", .sample = "xl", .place = usual, .state = state_of(below(root, usual))};
  if (first && calls_acm_hook(below(root, *first))) {
    hook.place = *first;
    hook.state = HookState::installed;
  } else if (hook.state == HookState::installed) {
    hook.state = HookState::shadowed;
  }
  return hook;
}

// Of the file itself, whatever time it was given: libvirtd looks for hooks when it starts.
std::optional<std::chrono::nanoseconds> changed(const fs::path& file) {
  struct stat seen{};
  if (::stat(file.c_str(), &seen) != 0) return std::nullopt;
  return std::chrono::seconds(seen.st_ctim.tv_sec) + std::chrono::nanoseconds(seen.st_ctim.tv_nsec);
}

// It writes its pid file when it starts.
std::optional<std::chrono::nanoseconds> start_of_libvirtd(const fs::path& root) {
  for (const char* name : {"run/libvirtd.pid", "run/libvirt/libvirtd.pid"}) {
    pid_t pid = 0;
    if (std::ifstream(root / name) >> pid && fs::exists(root / "proc" / std::to_string(pid)))
      return changed(root / name);
  }
  return std::nullopt;
}

// libvirt runs FILE and everything in FILE.d.
Hook look_for_libvirt(const fs::path& root, const std::string& toolstack, const std::string& name) {
  const fs::path place = "/etc/libvirt/hooks/" + name;
  const fs::path beside = place.string() + ".d/xenacm";
  Hook hook{
      .toolstack = toolstack, .sample = name, .place = place, .state = state_of(below(root, place)), .beside = beside};
  if (hook.state == HookState::foreign || hook.state == HookState::missing) {
    if (const HookState other = state_of(below(root, beside)); other != HookState::missing) {
      hook.place = beside;
      hook.state = other;
    }
  }
  if (hook.state != HookState::installed) return hook;
  const auto written = changed(below(root, hook.place));
  const auto started = start_of_libvirtd(root);
  if (written && started && *written > *started) hook.state = HookState::too_new;
  return hook;
}

bool has_libvirt_for_xen(const fs::path& root) {
  for (const char* folder : {"usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib"}) {
    if (fs::exists(root / folder / "libvirt/connection-driver/libvirt_driver_libxl.so")) return true;
  }
  return false;
}

bool has_no_verdict(const fs::path& program, const std::string& daemon_socket) {
  constexpr int kNoVerdict = 3;
  const std::string line = "echo '{\"vif\": {}}' | XENACM_SOCKET=" + suggest::shell_word(daemon_socket) + " " +
                           suggest::shell_word(program) + " pre-attach Domain-0 >/dev/null 2>&1";
  FILE* asked = ::popen(line.c_str(), "re");
  if (asked == nullptr) return true;
  const int status = ::pclose(asked);
  return !WIFEXITED(status) || WEXITSTATUS(status) >= kNoVerdict;
}

}  // namespace

std::vector<Hook> look_for_hooks(const fs::path& root, const std::string& path) {
  std::vector<Hook> hooks;
  if (auto xl = look_for_xl(root, path)) hooks.push_back(*std::move(xl));
  if (has_libvirt_for_xen(root)) {
    hooks.push_back(look_for_libvirt(root, "libvirt", "libxl"));
    hooks.push_back(look_for_libvirt(root, "libvirt's networks", "network"));
  }
  if (fs::exists(root / "opt/xensource/bin/xapi") || fs::exists(root / "usr/sbin/xapi")) {
    for (const char* moment : {"vm-pre-start", "vm-post-destroy"}) {
      const fs::path place = fs::path("/etc/xapi.d") / moment / "10-xenacm";
      hooks.push_back({.toolstack = "XAPI", .sample = "xapi", .place = place, .state = state_of(below(root, place))});
    }
  }
  return hooks;
}

HookFacts look_at_hooks(const fs::path& root, const std::string& path, const std::string& daemon_socket) {
  const fs::path program = root / "usr/libexec/xenacm/acm-hook";
  HookFacts facts{.systemd = fs::exists(root / "run/systemd/system"),
                  .hooks = look_for_hooks(root, path),
                  .program = can_run(program)};
  facts.silent = facts.program && !daemon_socket.empty() && has_no_verdict(program, daemon_socket);
  return facts;
}

}  // namespace xenacm::labeltool::doctor
