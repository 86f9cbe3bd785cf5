// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/guard.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "enforcer/guard/reconcile.h"
#include "enforcer/monitor/json.h"

namespace xenacm::guard {

namespace {

constexpr std::array kEvents{"@introduceDomain", "@releaseDomain"};

monitor::Caller guard_caller() {
  return {.via = "guard", .uid = ::getuid(), .gid = ::getgid(), .pid = ::getpid(), .executable = "acm-enforcerd"};
}

// What comes of a request: a fault, or a domain that was not known before.
void tell(const monitor::Request& request, const monitor::Reply& reply) {
  if (!reply) return spdlog::error("guard: {}", reply.error().message);
  const auto* adopted = std::get_if<monitor::AdoptDomain>(&request);
  if (adopted == nullptr || !reply->changed) return;
  spdlog::warn("guard: domain {} {} runs, but no verdict admitted it", adopted->domid.get(),
               monitor::dump(adopted->name.get()));  // quoted, for a guest may have chosen it
}

}  // namespace

Guard::Guard(std::unique_ptr<xen::Hypervisor> hypervisor, std::unique_ptr<xen::Xenstore> xenstore,
             monitor::Submit submit, Known known)
    : hypervisor_(std::move(hypervisor)),
      xenstore_(std::move(xenstore)),
      submit_(std::move(submit)),
      known_(std::move(known)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Guard::~Guard() {
  thread_.request_stop();
  (void)::eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
  ::close(wake_);
}

std::expected<void, std::string> Guard::start() {
  for (const char* event : kEvents) {
    if (!xenstore_->watch(event)) return std::unexpected(std::string("cannot watch ") + event + " in xenstore");
  }
  if (auto looked = look(); !looked) return looked;
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  return {};
}

void Guard::look_then(std::function<void()> then) {
  {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(std::move(then));
  }
  (void)::eventfd_write(wake_, 1);
}

void Guard::work(const std::stop_token& stop) {
  while (true) {
    wait();
    if (stop.stop_requested()) return;
    std::vector<std::function<void()>> waiting;
    {
      const std::scoped_lock lock(mutex_);
      waiting.swap(waiting_);
    }
    try {
      if (auto looked = look(); !looked) spdlog::error("guard: {}", looked.error());
    } catch (const std::exception& error) {
      spdlog::error("guard: {}", error.what());
    }
    for (const auto& then : waiting) then();
  }
}

void Guard::wait() {
  // poll() passes over a negative descriptor: without its connection the guard goes on by the clock alone.
  std::array<pollfd, 2> watched{{{connected_ ? xenstore_->descriptor() : -1, POLLIN, 0}, {wake_, POLLIN, 0}}};
  (void)::poll(watched.data(), watched.size(), static_cast<int>(kLookInterval.count()));
  eventfd_t ignored = 0;
  (void)::eventfd_read(wake_, &ignored);
  if (watched[0].revents == 0) return;
  // What the event was matters not: each look sees everything.
  std::size_t events = 0;
  while (xenstore_->next_event()) ++events;
  if (events == 0) {
    spdlog::error("guard: the connection to xenstored is lost; domains are looked at every {} ms, and none is adopted",
                  kLookInterval.count());
    connected_ = false;
  }
}

std::expected<void, std::string> Guard::look() {
  const auto known = known_();  // first, as reconcile() demands
  if (!known) return std::unexpected("the ledger cannot be read");
  const auto present = hypervisor_->domains();
  if (!present) return std::unexpected(present.error());
  for (const monitor::Request& request :
       reconcile(*known, *present, [this](monitor::DomId domid) { return name_of(domid); })) {
    submit_(request, guard_caller(), [request](const monitor::Reply& reply) { tell(request, reply); });
  }
  ++looks_;
  return {};
}

std::optional<std::string> Guard::name_of(monitor::DomId domid) {
  if (!xenstore_->is_introduced(domid)) return std::nullopt;
  return xenstore_->read("/local/domain/" + std::to_string(domid.get()) + "/name").value_or("");
}

}  // namespace xenacm::guard
