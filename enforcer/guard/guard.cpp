// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/guard.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "enforcer/guard/remains.h"

namespace xenacm::guard {

namespace {

// Each by itself: somebody may wait for the next.
void guarded(const std::function<void()>& task) {
  try {
    task();
  } catch (const std::exception& error) {
    spdlog::error("guard: {}", error.what());
  }
}

constexpr std::array kEvents{"@introduceDomain", "@releaseDomain"};

// Taken at once, before it is looked at what they are about.
constexpr int kMaxEvents = 4096;

monitor::Caller guard_caller() {
  return {.via = "guard", .uid = ::getuid(), .gid = ::getgid(), .pid = ::getpid(), .executable = "acm-enforcerd"};
}

}  // namespace

Guard::Guard(std::unique_ptr<xen::Hypervisor> hypervisor, Connect connect, monitor::Submit submit, Known known)
    : hypervisor_(std::move(hypervisor)),
      connect_(std::move(connect)),
      known_(std::move(known)),
      domains_(*hypervisor_, ask_by(submit), known_, alarms_),
      names_(ask_by(submit), known_, alarms_),
      links_(ask_by(submit), known_, [this](monitor::DomId domid) { return domains_.is_condemned(domid); }, alarms_) {}

Guard::~Guard() {
  thread_.request_stop();
  inbox_->wake();
  if (thread_.joinable()) thread_.join();
  inbox_->close();
  domains_.finish();
  if (!xenstore_) return;
  clear_away();
  links_.finish(*xenstore_);
}

// The committer's thread answers; the guard's goes on from there.
Ask Guard::ask_by(monitor::Submit submit) const {
  return [inbox = inbox_, submit = std::move(submit)](monitor::Request request, monitor::Answer answer) {
    submit(std::move(request), guard_caller(), [inbox, answer = std::move(answer)](const monitor::Reply& reply) {
      inbox->put([answer, reply] { answer(reply); });
    });
  };
}

std::expected<void, std::string> Guard::start() {
  if (auto connected = connect(); !connected) return connected;
  if (auto adopted = domains_.adopt(*xenstore_); !adopted) return adopted;
  if (auto recorded = await_adoption(); !recorded) return recorded;
  ++looks_;
  last_look_ = Clock::now();
  links_.adopt(*xenstore_, domains_.present());
  watch_domains();
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  return {};
}

// The gate lets nobody in before what runs already is counted: a start in between could be in conflict with it.
std::expected<void, std::string> Guard::await_adoption() {
  while (domains_.awaits_verdict()) {
    pollfd answered{inbox_->descriptor(), POLLIN, 0};
    (void)::poll(&answered, 1, -1);
    for (const auto& task : inbox_->take()) guarded(task);
  }
  if (auto failure = domains_.not_recorded()) return std::unexpected(*std::move(failure));
  return {};
}

std::expected<void, std::string> Guard::connect() {
  auto xenstore = connect_();
  if (!xenstore) return std::unexpected(xenstore.error());
  for (const char* event : kEvents) {
    if (!(*xenstore)->watch(event)) return std::unexpected(std::string("cannot watch ") + event + " in xenstore");
  }
  xenstore_ = *std::move(xenstore);
  watched_.clear();
  return {};
}

void Guard::look_then(std::function<void()> then) {
  {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(std::move(then));
  }
  inbox_->wake();
}

void Guard::work(const std::stop_token& stop) {
  while (true) {
    wait();
    if (stop.stop_requested()) return;
    guarded([this] { round(); });
  }
}

void Guard::wait() {
  auto until = last_look_ + kLookInterval;
  for (const auto& due : {domains_.due(), xenstore_ ? links_.due() : std::nullopt}) {
    if (due) until = std::min(until, *due);
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  // poll() passes over a negative descriptor: without its connection the guard goes on by the clock alone.
  std::array<pollfd, 2> watched{
      {{xenstore_ ? xenstore_->descriptor() : -1, POLLIN, 0}, {inbox_->descriptor(), POLLIN, 0}}};
  (void)::poll(watched.data(), watched.size(), std::max(0, static_cast<int>(left.count())));
}

void Guard::round() {
  take_events();
  for (const auto& task : inbox_->take()) guarded(task);
  std::vector<std::function<void()>> waiting;
  {
    const std::scoped_lock lock(mutex_);
    waiting.swap(waiting_);
  }
  if (event_ || !waiting.empty() || Clock::now() >= last_look_ + kLookInterval) guarded([this] { look(); });
  for (const auto& then : waiting) guarded(then);
  domains_.work(Clock::now());
  if (!xenstore_) return;
  clear_away();
  names_.work(*xenstore_);
  links_.work(*xenstore_, Clock::now());
}

void Guard::clear_away() {
  for (const monitor::DomId domid : domains_.take_destroyed()) remove_remains(*xenstore_, domid, domains_.present());
}

void Guard::take_events() {
  if (!xenstore_) return;
  const auto now = Clock::now();
  for (int i = 0; i < kMaxEvents; ++i) {
    const auto event = xenstore_->next_event();
    if (!event) {
      disconnected_ = event.error();
      spdlog::error("guard: {}; it is tried again every {} ms, and until then nobody is judged", disconnected_,
                    kLookInterval.count());
      xenstore_.reset();
      return;
    }
    if (!*event) return;
    if ((*event)->starts_with('@')) {
      event_ = event_.value_or(now);
    } else {
      names_.changed(**event);
      links_.changed(**event, now);
    }
  }
}

void Guard::look() {
  keep_connected();
  const auto now = Clock::now();
  auto looked = domains_.look(xenstore_.get(), event_.value_or(now));
  event_.reset();
  last_look_ = now;
  ++looks_;
  if (!looked) return spdlog::error("guard: {}", looked.error());
  links_.meet(domains_.recorded(), now);
  names_.look_again();
  if (xenstore_) watch_domains();
}

void Guard::keep_connected() {
  if (xenstore_) return;
  if (auto connected = connect(); connected) {
    spdlog::warn("guard: connected to xenstored again; all is looked through");
  } else if (connected.error() != disconnected_) {
    disconnected_ = connected.error();
    spdlog::error("guard: {}", disconnected_);
  }
}

// A watch that is set tells at once, of all that is there.
void Guard::watch_domains() {
  const std::set<monitor::DomId> present(domains_.present().begin(), domains_.present().end());
  for (const monitor::DomId domid : present) {
    if (!watched_.insert(domid).second) continue;
    bool all = xenstore_->watch(name_path(domid));
    for (const std::string& place : places_of(domid)) all = xenstore_->watch(place) && all;
    if (all) continue;
    spdlog::error("guard: cannot watch domain {} in xenstore", domid.get());
    watched_.erase(domid);
  }
  std::erase_if(watched_, [&](monitor::DomId domid) {
    if (present.contains(domid)) return false;
    xenstore_->unwatch(name_path(domid));
    for (const std::string& place : places_of(domid)) xenstore_->unwatch(place);
    return true;
  });
}

}  // namespace xenacm::guard
