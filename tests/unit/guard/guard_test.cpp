// SPDX-License-Identifier: Apache-2.0
// The guard at work, over a hypervisor and a xenstore that the test sets up
#include "enforcer/guard/guard.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <set>

namespace xenacm::guard {
namespace {

using namespace monitor;

// What both fakes show; the test changes it while the guard looks.
struct Host {
  std::mutex mutex;
  std::vector<xen::DomainInfo> domains{{.domid = kDomain0, .uuid = Uuid("00000000-0000-0000-0000-000000000000")}};
  std::set<DomId> introduced;
  int events = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

  void put(std::uint16_t domid) {
    const std::scoped_lock lock(mutex);
    domains.push_back(
        {.domid = DomId(domid), .uuid = Uuid("00000000-0000-4000-8000-00000000000" + std::to_string(domid))});
    introduced.insert(DomId(domid));
  }
  void drop(std::uint16_t domid) {
    const std::scoped_lock lock(mutex);
    std::erase_if(domains, [&](const xen::DomainInfo& domain) { return domain.domid == DomId(domid); });
  }
  void fire() const { ::eventfd_write(events, 1); }
};

class FakeHypervisor final : public xen::Hypervisor {
 public:
  explicit FakeHypervisor(Host& host) : host_(host) {}
  std::expected<std::vector<xen::DomainInfo>, std::string> domains() override {
    const std::scoped_lock lock(host_.mutex);
    return host_.domains;
  }

 private:
  Host& host_;
};

class FakeXenstore final : public xen::Xenstore {
 public:
  explicit FakeXenstore(Host& host) : host_(host) {}
  std::optional<std::string> read(const std::string& path) override { return "name of " + path; }
  bool is_introduced(DomId domid) override {
    const std::scoped_lock lock(host_.mutex);
    return host_.introduced.contains(domid);
  }
  bool watch(const std::string& path) override { return path.starts_with("@"); }
  int descriptor() override { return host_.events; }
  std::optional<std::string> next_event() override {
    eventfd_t count = 0;
    return ::eventfd_read(host_.events, &count) == 0 ? std::optional<std::string>("@") : std::nullopt;
  }

 private:
  Host& host_;
};

// The monitor's side: remembers what was asked, and takes adopted domains as known.
class Monitor {
 public:
  void submit(const Request& request) {
    const std::scoped_lock lock(mutex_);
    if (const auto* adopt = std::get_if<AdoptDomain>(&request))
      known_.push_back({adopt->domid, adopt->uuid, adopt->name, {}, true});
    if (const auto* stop = std::get_if<StopDomain>(&request)) {
      std::erase_if(known_, [&](const RunningDomain& domain) { return domain.domid == stop->domid; });
    }
    asked_.push_back(request);
    changed_.notify_all();
  }
  std::vector<RunningDomain> known() {
    const std::scoped_lock lock(mutex_);
    return known_;
  }
  // Waits until `count` requests came, for at most ten seconds.
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return asked_.size() >= count; });
  }
  Request asked(std::size_t index) {
    const std::scoped_lock lock(mutex_);
    return asked_.at(index);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request> asked_;
  std::vector<RunningDomain> known_;
};

struct Scene {
  Host host;
  Monitor monitor;
  Guard guard{std::make_unique<FakeHypervisor>(host), std::make_unique<FakeXenstore>(host),
              [this](const Request& request, const Caller&, const Answer&) { monitor.submit(request); },
              [this] { return std::optional(monitor.known()); }};
};

TEST(Guard, BringsTheLedgerInLineBeforeItsStartReturns) {
  Scene scene;
  scene.host.put(3);
  ASSERT_TRUE(scene.guard.start());
  ASSERT_TRUE(std::holds_alternative<AdoptDomain>(scene.monitor.asked(0)));
  EXPECT_EQ(std::get<AdoptDomain>(scene.monitor.asked(0)).name.get(), "name of /local/domain/3/name");
}

TEST(Guard, LooksAtEveryEvent) {
  Scene scene;
  ASSERT_TRUE(scene.guard.start());
  scene.host.put(5);
  scene.host.fire();
  ASSERT_TRUE(scene.monitor.wait_for(1));
  scene.host.drop(5);
  scene.host.fire();
  ASSERT_TRUE(scene.monitor.wait_for(2));
  EXPECT_TRUE(std::holds_alternative<StopDomain>(scene.monitor.asked(1)));
}

TEST(Guard, LooksBeforeItLetsAnybodyGoOn) {
  Scene scene;
  scene.monitor.submit(AdoptDomain{DomId(7), Uuid("00000000-0000-4000-8000-000000000007"), DomainName("gone")});
  scene.host.put(7);
  ASSERT_TRUE(scene.guard.start());
  scene.host.drop(7);
  std::promise<std::size_t> known;
  scene.guard.look_then([&] { known.set_value(scene.monitor.known().size()); });
  EXPECT_EQ(known.get_future().get(), 0u) << "it is told to have stopped before";
}

// A domain whose build failed was never introduced: it leaves without @releaseDomain.
TEST(Guard, NoticesADomainThatLeavesWithoutAnEvent) {
  Scene scene;
  scene.monitor.submit(AdoptDomain{DomId(7), Uuid("00000000-0000-4000-8000-000000000007"), DomainName("failed")});
  ASSERT_TRUE(scene.guard.start());
  ASSERT_TRUE(scene.monitor.wait_for(2));
  EXPECT_TRUE(std::holds_alternative<StopDomain>(scene.monitor.asked(1)));
  scene.host.put(8);
  ASSERT_TRUE(scene.monitor.wait_for(3)) << "by the clock alone, no event was fired";
}

}  // namespace
}  // namespace xenacm::guard
