// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/domain_config.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "enforcer/xen/config_devices.h"

namespace xenacm::xen {

namespace {

// What libxlutil complains about, without the line break at its end.
class Report {
 public:
  Report() : stream_(::open_memstream(&text_, &size_)) {}
  ~Report() {
    std::fclose(stream_);
    std::free(text_);
  }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  [[nodiscard]] FILE* stream() { return stream_; }
  [[nodiscard]] std::string text() {
    std::fflush(stream_);
    std::string_view all(text_, size_);
    while (all.ends_with('\n')) all.remove_suffix(1);
    return std::string(all);
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  FILE* stream_;
};

std::optional<std::string> get_string(const Config& config, const char* key) {
  const char* value = nullptr;
  if (xlu_cfg_get_string(config.get(), key, &value, 1) != 0) return std::nullopt;
  return std::string(value);
}

// "policy=P,label=L", with the keys in any order.
std::expected<AccessControl, std::string> parse_access_control(std::string_view text) {
  AccessControl parsed;
  const std::string wrong =
      "Invalid access_control specifier: '" + std::string(text) + "'; the form is policy=P,label=L";
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return std::unexpected(wrong);
    const std::string_view key = part.substr(0, equals);
    const std::string value(part.substr(equals + 1));
    if (key == "policy" && parsed.policy.empty()) {
      parsed.policy = value;
    } else if (key == "label" && parsed.label.empty()) {
      parsed.label = value;
    } else {
      return std::unexpected(wrong);
    }
  }
  if (parsed.policy.empty() || parsed.label.empty()) return std::unexpected(wrong);
  return parsed;
}

// access_control = ["policy=P,label=L"], or the same without the list.
std::expected<std::optional<AccessControl>, std::string> get_access_control(const Config& config) {
  XLU_ConfigList* list = nullptr;
  int entries = 0;
  if (xlu_cfg_get_list(config.get(), "access_control", &list, &entries, 1) == 0) {
    if (entries == 0) return std::unexpected<std::string>("Invalid access_control specifier: the list is empty");
    if (entries > 1) return std::unexpected<std::string>("Multiple access_control definitions.");
    const char* entry = xlu_cfg_get_listitem(list, 0);
    if (entry == nullptr) return std::unexpected<std::string>("Invalid access_control specifier: not a string");
    return parse_access_control(entry);
  }
  if (const auto text = get_string(config, "access_control")) return parse_access_control(*text);
  return std::nullopt;
}

// libxlutil passes over what it cannot read at the end of the last line, if that has no line break; with a line below
// it the same is an error.
bool ends_well(const std::string& text, Report& report, const std::string& file) {
  if (text.empty() || text.ends_with('\n')) return true;
  const Config config(xlu_cfg_init(report.stream(), file.c_str()), &xlu_cfg_destroy);
  const std::string whole = text + '\n';
  return config != nullptr && xlu_cfg_readdata(config.get(), whole.data(), static_cast<int>(whole.size())) == 0;
}

}  // namespace

std::expected<ConfiguredDisk, std::string> parse_disk(const std::string& spec) {
  Report report;
  const Config config(xlu_cfg_init(report.stream(), "disk"), &xlu_cfg_destroy);
  if (config == nullptr) return std::unexpected<std::string>("out of memory");
  auto disk = read_disk(config, spec);
  if (disk) return disk;
  const std::string details = report.text();
  return std::unexpected("Invalid " + disk.error() + (details.empty() ? "" : " (" + details + ")"));
}

std::expected<DomainConfig, std::string> parse_domain_config(const std::string& text, const std::string& file) {
  if (text.size() > kMaxConfigBytes) {
    return std::unexpected(file + ": larger than a domain configuration can be (" + std::to_string(kMaxConfigBytes) +
                           " bytes)");
  }
  // In a string libxlutil ends the whole process over it (a failed assertion).
  if (text.find('\0') != std::string::npos) {
    return std::unexpected("Invalid config file: " + file + " contains a NUL byte; it is no text");
  }
  Report report;
  const Config config(xlu_cfg_init(report.stream(), file.c_str()), &xlu_cfg_destroy);
  if (config == nullptr) return std::unexpected(file + ": out of memory");
  if (xlu_cfg_readdata(config.get(), text.data(), static_cast<int>(text.size())) != 0 ||
      !ends_well(text, report, file)) {
    return std::unexpected("Invalid config file: " + report.text());
  }
  const auto name = get_string(config, "name");
  if (!name || name->empty()) return std::unexpected("Invalid config file: " + file + " gives the domain no name");

  DomainConfig parsed{.name = monitor::DomainName(*name)};
  if (const auto uuid = get_string(config, "uuid")) {
    parsed.uuid = monitor::parse_uuid(*uuid);
    if (!parsed.uuid) return std::unexpected("Invalid config file: " + file + ": '" + *uuid + "' is not a uuid");
  }
  auto access_control = get_access_control(config);
  if (!access_control) return std::unexpected(file + ": " + access_control.error());
  parsed.access_control = *std::move(access_control);
  if (auto devices = read_devices(config, parsed); !devices) {
    const std::string details = report.text();
    return std::unexpected(devices.error() + (details.empty() ? "" : " (" + details + ")"));
  }
  return parsed;
}

}  // namespace xenacm::xen
