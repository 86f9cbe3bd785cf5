// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <regex>

#include "labeltool/doctor/labels.h"

namespace xenacm::labeltool::doctor {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 10'000;
constexpr std::uintmax_t kLongestFile = 1 << 20;

// The file's own name without its ending counts too: whoever looks at the folder takes it for the domain's.
void add_names(const fs::path& folder, const std::regex& pattern, std::set<std::string>& names) {
  std::error_code missing;
  std::size_t files = 0;
  for (auto entry = fs::directory_iterator(folder, missing); !missing && entry != fs::directory_iterator();
       entry.increment(missing)) {
    std::error_code unknown;
    if (!entry->is_regular_file(unknown) || entry->file_size(unknown) > kLongestFile || ++files > kMostFiles) continue;
    names.insert(entry->path().stem());
    std::ifstream file(entry->path());
    for (std::string line; std::getline(file, line);) {
      constexpr std::size_t kLongestLine = 1'024;  // std::regex recurses with the length
      std::smatch found;
      if (line.size() <= kLongestLine && std::regex_search(line, found, pattern)) names.insert(found[1]);
    }
  }
}

}  // namespace

std::optional<std::set<std::string>> look_for_configurations(const fs::path& root) {
  static const std::regex kXl(R"re(^\s*name\s*=\s*["']([^"']+)["'])re");
  static const std::regex kLibvirt("<name>([^<]+)</name>");
  if (fs::exists(root / "opt/xensource/bin/xapi") || fs::exists(root / "usr/sbin/xapi")) return std::nullopt;
  std::set<std::string> names;
  add_names(root / "etc/xen", kXl, names);
  add_names(root / "etc/xen/auto", kXl, names);
  add_names(root / "etc/libvirt/libxl", kLibvirt, names);
  return names;
}

}  // namespace xenacm::labeltool::doctor
