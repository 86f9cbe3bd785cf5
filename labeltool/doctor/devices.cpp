// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/devices.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "labeltool/suggest/commands.h"

namespace xenacm::labeltool::doctor {

namespace {

// Of xenbus.
constexpr std::string_view kInitialising = "1";
constexpr std::string_view kInitWait = "2";
constexpr std::string_view kInitialised = "3";
constexpr std::string_view kClosed = "6";

// The classes whose back ends are drivers of a kernel with hotplug scripts.
struct Served {
  std::string_view device_class;
  const char* module;
  const char* detach;
};
constexpr std::array kServed{Served{"vif", "xen-netback", "network-detach"},
                             Served{"vbd", "xen-blkback", "block-detach"}};

const Served* served(const std::string& device_class) {
  const auto* found = std::ranges::find(kServed, device_class, &Served::device_class);
  return found == kServed.end() ? nullptr : found;
}

std::string text(DomId domid) { return std::to_string(domid.get()); }

std::string name_of(const DeviceFacts& facts, DomId domid) {
  const auto found = facts.domains.find(domid);
  return found == facts.domains.end() ? "domain " + text(domid) : found->second.name;
}

std::string path_of(const Device& device) {
  return "/local/domain/" + text(device.backend) + "/backend/" + device.device_class + "/" + text(device.frontend) +
         "/" + std::to_string(device.number);
}

// "vif 0 of client1, served by nicdom"
std::string where(const DeviceFacts& facts, const std::string& device_class, std::uint32_t number, DomId frontend,
                  DomId backend) {
  return device_class + " " + std::to_string(number) + " of " + name_of(facts, frontend) + ", served by " +
         name_of(facts, backend);
}

Step detach(const Served& kind, DomId frontend, std::uint32_t number) {
  return {std::string("xl ") + kind.detach + " " + text(frontend) + " " + std::to_string(number)};
}

// Where to type what mends a backend's domain; empty: here.
std::string inside(const DeviceFacts& facts, const Device& device) {
  return device.backend == monitor::kDomain0 ? "" : name_of(facts, device.backend);
}

std::vector<Step> mend_script(const DeviceFacts& facts, const Device& device, const Served& kind) {
  const bool ours = std::filesystem::path(device.script.value_or("")).filename() == "vif-acm";
  const std::string in = inside(facts, device);
  return {{ours ? "apt-get install xenacm-driver-domain xen-utils-common xenstore-utils"
                : "apt-get install xen-utils-common xenstore-utils",
           in},
          detach(kind, device.frontend, device.number)};
}

void check_script(const DeviceFacts& facts, const Device& device, const Served& kind, Findings& findings) {
  const std::string at = where(facts, device.device_class, device.number, device.frontend, device.backend);
  const std::string script = guests_words(*device.script);
  if (device.hotplug_status == "error") {
    const std::string said = guests_words(device.hotplug_error.value_or(""));
    findings.push_back({Kind::script_failed, at,
                        "the hotplug script " + script + " failed" +
                            (said.empty() ? "" : "; " + name_of(facts, device.backend) + " says: " + said),
                        mend_script(facts, device, kind)});
  } else if (device.hotplug_status.empty() && (device.state == kInitWait || device.state == kInitialised)) {
    findings.push_back({Kind::script_silent, at,
                        "the hotplug script " + script + " has not run: there `xl devd`, the script or what it needs " +
                            "(xenstore-read, xenstore-write) is missing",
                        mend_script(facts, device, kind)});
  }
}

void check_served(const DeviceFacts& facts, const Device& device, const Served& kind, Findings& findings) {
  const std::string at = where(facts, device.device_class, device.number, device.frontend, device.backend);
  if (device.state == kInitialising) {
    findings.push_back({Kind::backend_not_taken,
                        at,
                        std::string("no driver has taken the backend: ") + kind.module,
                        {{std::string("modprobe ") + kind.module, inside(facts, device)}}});
    return;
  }
  const std::size_t before = findings.size();
  if (device.script) check_script(facts, device, kind, findings);
  if (findings.size() != before || device.state != kInitWait || !device.has_frontend) return;
  findings.push_back(
      {Kind::frontend_silent, at, "the backend waits for the frontend", {{"xl console " + text(device.frontend)}}});
}

// What its toolstack did not take away, or `xl devd` not clear.
bool is_stale(const DeviceFacts& facts, const Device& device) {
  const auto frontend = facts.domains.find(device.frontend);
  if (frontend == facts.domains.end()) return true;
  return served(device.device_class) != nullptr && !device.has_frontend;
}

Finding stale(const DeviceFacts& facts, const Device& device) {
  const std::string path = path_of(device);
  // `xl devd` clears away what is closed; what it has not by now it does not know of.
  const bool closed = device.state == kClosed || device.backend == monitor::kDomain0;
  return {Kind::device_stale,
          path,
          "a device of " + name_of(facts, device.frontend) + " that has no frontend any more",
          {{closed ? "xenstore-rm " + path : "xenstore-write " + path + "/online 0 " + path + "/state 6"}}};
}

}  // namespace

Findings check_devices(const DeviceFacts& facts) {
  Findings findings;
  if (!facts.missing_default_script.empty()) {
    const bool ours = facts.missing_default_script.ends_with("/vif-acm");
    findings.push_back(
        {Kind::default_script_missing,
         facts.missing_default_script,
         "xl.conf names this script, and it is not there",
         {{std::string("apt-get install --reinstall ") + (ours ? "xenacm-driver-domain" : "xen-utils-common")}}});
  }
  for (const Device& device : facts.devices) {
    if (is_stale(facts, device)) {
      findings.push_back(stale(facts, device));
    } else if (const Served* kind = served(device.device_class)) {
      check_served(facts, device, *kind, findings);
    }
  }
  for (const Orphan& orphan : facts.orphans) {
    if (const Served* kind = served(orphan.device_class)) {
      findings.push_back({Kind::backend_gone,
                          where(facts, orphan.device_class, orphan.number, orphan.frontend, orphan.backend),
                          "the domain that serves it does not run any more",
                          {detach(*kind, orphan.frontend, orphan.number)}});
    }
  }
  return findings;
}

bool is_settling(const DeviceFacts& facts) {
  return std::ranges::any_of(check_devices(facts), [](const Finding& finding) {
    return finding.kind == Kind::backend_not_taken || finding.kind == Kind::script_silent ||
           finding.kind == Kind::frontend_silent || finding.kind == Kind::device_stale;
  });
}

}  // namespace xenacm::labeltool::doctor
