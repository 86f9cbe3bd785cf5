// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/hypervisor.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

extern "C" {
#include <xenctrl.h>
}

namespace xenacm::xen {

namespace {

constexpr std::uint32_t kBatch = 256;
constexpr std::uint64_t kPageKib = 4;

monitor::Uuid uuid_of(const xen_domain_handle_t& handle) {
  std::string text;
  for (std::size_t i = 0; i < sizeof handle; ++i) {
    std::array<char, 3> hex{};
    std::snprintf(hex.data(), hex.size(), "%02x", handle[i]);
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += hex.data();
  }
  return monitor::Uuid(std::move(text));
}

std::string state_of(std::uint32_t flags) {
  const bool shutdown = (flags & XEN_DOMINF_shutdown) != 0;
  const bool crashed = shutdown && ((flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask) == SHUTDOWN_crash;
  const auto letter = [](bool on, char c) { return on ? c : '-'; };
  return {letter((flags & XEN_DOMINF_running) != 0, 'r'),
          letter((flags & XEN_DOMINF_blocked) != 0, 'b'),
          letter((flags & XEN_DOMINF_paused) != 0, 'p'),
          letter(shutdown && !crashed, 's'),
          letter(crashed, 'c'),
          letter((flags & XEN_DOMINF_dying) != 0, 'd')};
}

DomainInfo info_of(const xc_domaininfo_t& raw) {
  return {.domid = monitor::DomId(raw.domain),
          .uuid = uuid_of(raw.handle),
          .memory_kib = (raw.tot_pages + raw.outstanding_pages) * kPageKib,
          .vcpus = raw.nr_online_vcpus,
          .cpu_time = std::chrono::nanoseconds(raw.cpu_time),
          .state = state_of(raw.flags)};
}

class XenCtrl final : public Hypervisor {
 public:
  explicit XenCtrl(xc_interface* handle) : handle_(handle) {}
  ~XenCtrl() override { xc_interface_close(handle_); }
  XenCtrl(const XenCtrl&) = delete;
  XenCtrl& operator=(const XenCtrl&) = delete;

  std::expected<std::vector<DomainInfo>, std::string> domains() override {
    std::vector<DomainInfo> all;
    std::array<xc_domaininfo_t, kBatch> batch{};
    std::uint32_t first = 0;
    while (true) {
      const int count = xc_domain_getinfolist(handle_, first, kBatch, batch.data());
      if (count < 0)
        return std::unexpected(std::string("the hypervisor does not list its domains: ") + std::strerror(errno));
      for (int i = 0; i < count; ++i) all.push_back(info_of(batch[static_cast<std::size_t>(i)]));
      if (static_cast<std::uint32_t>(count) < kBatch) return all;
      first = std::uint32_t{all.back().domid.get()} + 1;
    }
  }

  std::expected<void, std::string> pause(monitor::DomId domid) override {
    return told("pause", domid, xc_domain_pause(handle_, domid.get()));
  }
  std::expected<void, std::string> unpause(monitor::DomId domid) override {
    return told("unpause", domid, xc_domain_unpause(handle_, domid.get()));
  }
  std::expected<void, std::string> destroy(monitor::DomId domid) override {
    return told("destroy", domid, xc_domain_destroy(handle_, domid.get()));
  }

 private:
  static std::expected<void, std::string> told(const std::string& what, monitor::DomId domid, int result) {
    if (result == 0) return {};
    return std::unexpected("cannot " + what + " domain " + std::to_string(domid.get()) + ": " + std::strerror(errno));
  }

  xc_interface* handle_;
};

}  // namespace

std::expected<std::unique_ptr<Hypervisor>, std::string> open_hypervisor() {
  xc_interface* handle = xc_interface_open(nullptr, nullptr, 0);
  if (handle == nullptr) {
    return std::unexpected(std::string("cannot talk to the Xen hypervisor: ") + std::strerror(errno) +
                           " (is this Domain-0 of a Xen host, and are you root?)");
  }
  return std::make_unique<XenCtrl>(handle);
}

}  // namespace xenacm::xen
