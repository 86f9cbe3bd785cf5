// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/examination.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "enforcer/xen/hypervisor.h"
#include "enforcer/xen/iommu.h"
#include "enforcer/xen/xenstore.h"
#include "labeltool/doctor/devices.h"
#include "labeltool/doctor/gate.h"
#include "labeltool/doctor/hooks.h"
#include "labeltool/doctor/labels.h"
#include "labeltool/doctor/passthrough.h"
#include "labeltool/doctor/records.h"
#include "labeltool/doctor/xenstored.h"

namespace xenacm::labeltool::doctor {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kRoot = "/";
constexpr std::chrono::seconds kLongestAnswer{10};  // of the daemon, which may be what is stuck
constexpr const char* kUsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

Failure cannot_look(std::string why) {
  constexpr int kCouldNotLook = 2;
  return {.message = std::move(why), .details = {}, .status = kCouldNotLook};
}

std::expected<std::string, Failure> xen_version() {
  if (!first_line("/proc/xen/capabilities").contains("control_d")) {
    return std::unexpected(cannot_look(
        "this is not Domain-0 of a Xen host (/proc/xen/capabilities does not say control_d). Boot the host with Xen"));
  }
  if (::geteuid() != 0) return std::unexpected(cannot_look("labeltool doctor has to be run by root"));
  const fs::path version = "/sys/hypervisor/version";
  return first_line(version / "major") + "." + first_line(version / "minor") + first_line(version / "extra");
}

class Examination {
 public:
  Examination(Context context, std::chrono::seconds patience) : context_(std::move(context)), patience_(patience) {}

  Report run(std::string xen) {
    report_.xen = std::move(xen);
    auto status = ask(context_, "GET", "/v1/status");
    look_at_lines(status);
    if (status) domains_ = told("/v1/domains");
    look_at_xen(status.has_value());
    if (status) {
      look_at_labels(*status);
      look_at_log(*status);
    }
    sort_by_severity(report_.findings);
    return std::move(report_);
  }

 private:
  void add(Findings findings) {
    report_.findings.insert(report_.findings.end(), std::make_move_iterator(findings.begin()),
                            std::make_move_iterator(findings.end()));
  }

  void unseen(const std::string& what, const std::string& why) { report_.unseen.push_back(what + ": " + why); }

  // What the daemon answers; nothing, with a line that says so, where it does not.
  std::optional<json> told(const std::string& target) {
    auto answer = ask(context_, "GET", target);
    if (answer) return *std::move(answer);
    unseen(target, answer.error().message);
    return std::nullopt;
  }

  // The same of a list of which nothing follows where it is empty.
  json listed(const std::string& target) {
    auto list = told(target);
    return list ? *std::move(list) : json::array();
  }

  void look_at_lines(const std::expected<json, Failure>& status) {
    socket_ = status ? status->at("lines").at("gate").value("socket", kSocket) : kSocket;
    const XenstoredFacts xenstored = look_at_xenstored(kRoot, socket_);
    systemd_ = xenstored.systemd;
    report_.xenstored = xenstored_text(xenstored);
    GateFacts gate{
        .systemd = systemd_, .at_the_name = xenstored.at_the_name, .socket = socket_, .silence = {}, .status = {}};
    if (status) {
      gate.status = *status;
      report_.daemon = "acm-enforcerd " + status->value("version", "") + ", " + status->value("mode", "") + ", " +
                       status->at("policy").value("name", "") + " " + status->at("policy").value("version", "");
    } else {
      gate.silence = status.error().message;
      gate.refusal = status.error().answer;
    }
    add(check_xenstored(xenstored));
    add(check_gate(gate));
    const char* path = std::getenv("PATH");
    const HookFacts hooks = look_at_hooks(kRoot, path != nullptr ? path : kUsualPath, status ? context_.socket : "");
    report_.hooks = hooks_text(hooks.hooks);
    add(check_hooks(hooks));
  }

  // Past a keeper who refuses everything, but not past a gate: it would raise the alarm.
  void look_at_xen(bool through_the_gate) {
    const fs::path second = socket_ + ".real";
    auto xenstore = xen::open_xenstore(!through_the_gate && fs::exists(second) ? second : fs::path(socket_));
    auto hypervisor = xen::open_hypervisor();
    if (!xenstore || !hypervisor) {
      return unseen("devices", !xenstore ? xenstore.error() : hypervisor.error());
    }
    look_at_device_ends(**xenstore, **hypervisor);
    look_at_passthrough(**xenstore, through_the_gate);
  }

  void look_at_device_ends(xen::Xenstore& xenstore, xen::Hypervisor& hypervisor) {
    Names names;
    for (const json& domain : domains_.value_or(json::array())) {
      names[DomId(domain.at("domid").get<std::uint16_t>())] = domain.value("name", "");
    }
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    while (true) {
      const auto present = hypervisor.domains();
      if (!present) return unseen("devices", present.error());
      DeviceFacts facts = look_at_devices(xenstore, *present, names);
      facts.missing_default_script = look_for_default_script(kRoot);
      if (std::chrono::steady_clock::now() >= deadline || !is_settling(facts)) return add(check_devices(facts));
      constexpr std::chrono::milliseconds kBetweenLooks{200};
      std::this_thread::sleep_for(kBetweenLooks);
    }
  }

  void look_at_passthrough(xen::Xenstore& xenstore, bool daemon_answers) {
    PassthroughFacts facts{.devices = look_at_pci(kRoot, xenstore)};
    if (facts.devices.empty()) return;
    const auto iommu = xen::has_iommu();
    if (iommu) {
      facts.iommu = *iommu;
    } else {
      unseen("the IOMMU", iommu.error());
    }
    if (const auto resources = daemon_answers ? told("/v1/resources") : std::nullopt) {
      facts.labelled.emplace();
      for (const json& resource : *resources) facts.labelled->insert(resource.value("name", ""));
    }
    add(check_passthrough(facts));
  }

  void look_at_labels(const json& status) {
    // Where it is not known what runs, no label is idle.
    add(check_labels({.bindings = listed("/v1/bindings"),
                      .domains = domains_.value_or(json::array()),
                      .unlabelled = status.at("unlabelled").at("domains"),
                      .resources = listed("/v1/resources/check"),
                      .configured = domains_ ? look_for_configurations(kRoot) : std::nullopt}));
  }

  void look_at_log(const json& status) {
    if (const auto records = look_at_records(context_, status)) {
      add(check_records(*records));
    } else {
      unseen("the audit log", records.error().message);
    }
    if (const auto clock = look_at_clock(context_, systemd_)) {
      add(check_clock(*clock));
    } else {
      unseen("the clock", clock.error().message);
    }
  }

  static constexpr const char* kSocket = "/run/xenstored/socket";

  const Context context_;
  std::chrono::seconds patience_;
  Report report_;
  std::string socket_;  // of xenstored
  bool systemd_ = false;
  std::optional<json> domains_;  // as the daemon tells them
};

}  // namespace

std::expected<Report, Failure> examine(const Context& context, std::chrono::seconds patience) {
  auto xen = xen_version();
  if (!xen) return std::unexpected(xen.error());
  Context limited = context;
  limited.limit = kLongestAnswer;
  return Examination(std::move(limited), patience).run(*std::move(xen));
}

}  // namespace xenacm::labeltool::doctor
