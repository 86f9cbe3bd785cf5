// SPDX-License-Identifier: Apache-2.0
// A hypervisor, a xenstore and a monitor that a test sets up and changes while the guard looks.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "enforcer/guard/asking.h"
#include "enforcer/xen/hypervisor.h"
#include "enforcer/xen/xenstore.h"

namespace xenacm::guard::testing {

[[nodiscard]] std::string uuid_of(unsigned domid);

// What both fakes show. Safe to use from any thread.
struct Host {
  Host();
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // A domain that is built and runs, with its name in the store.
  void put(std::uint16_t domid, const std::string& name = {});
  void drop(std::uint16_t domid);
  void set_state(std::uint16_t domid, const std::string& state);
  [[nodiscard]] int pauses(std::uint16_t domid);
  [[nodiscard]] bool has(std::uint16_t domid);

  void write(const std::string& path, const std::string& value);  // and whoever watches is told
  void remove(const std::string& path);
  [[nodiscard]] std::string value(const std::string& path);  // "-": there is none
  void fire(const std::string& event);

  std::recursive_mutex mutex;
  std::vector<xen::DomainInfo> domains;
  std::map<monitor::DomId, int> paused;  // by whom it is counted
  std::set<monitor::DomId> introduced;
  std::string refuses;  // the hypervisor's error for pause, unpause, destroy; empty: none
  std::function<void()> on_list = [] {};
  std::function<void()> on_read = [] {};  // after each of a value in xenstore
  std::map<std::string, std::string> store;
  std::set<std::string> watches;
  std::deque<std::string> waiting;
  bool alive = true;              // xenstored
  int ready;                      // an eventfd: an event waits
  std::vector<std::string> done;  // "pause 5", "destroy 5"
};

class FakeHypervisor final : public xen::Hypervisor {
 public:
  explicit FakeHypervisor(Host& host) : host_(host) {}
  std::expected<std::vector<xen::DomainInfo>, std::string> domains() override;
  std::expected<void, std::string> pause(monitor::DomId domid) override;
  std::expected<void, std::string> unpause(monitor::DomId domid) override;
  std::expected<void, std::string> destroy(monitor::DomId domid) override;

 private:
  [[nodiscard]] std::expected<void, std::string> act(const std::string& what, monitor::DomId domid);
  Host& host_;
};

class FakeXenstore final : public xen::Xenstore {
 public:
  explicit FakeXenstore(Host& host) : host_(host) {}
  ~FakeXenstore() override;
  std::optional<std::string> read(const std::string& path) override;
  std::vector<std::string> list(const std::string& path) override;
  std::expected<void, std::string> write(const Writes& writes) override;
  std::expected<void, std::string> publish(const std::string& directory, const std::string& name, const Writes& nodes,
                                           monitor::DomId reader) override;
  std::expected<void, std::string> remove(const std::string& path) override;
  bool is_introduced(monitor::DomId domid) override;
  bool watch(const std::string& path) override;
  void unwatch(const std::string& path) override;
  int descriptor() override { return host_.ready; }
  std::expected<std::optional<std::string>, std::string> next_event() override;

 private:
  Host& host_;
};

// "adopt 5 name appeared", "stop 5", "rename 5 name", "link vif/5/0 to 3 appeared", "malformed PATH", "detach vif/5/0
// of 3"
[[nodiscard]] std::string text(const monitor::Request& request);

// Answers at once, and remembers what was asked; records what it allows, and denied domains, as the real one does.
class Monitor {
 public:
  void deny(const std::string& part) { answer_with(part, monitor::Decision::deny); }
  void would_deny(const std::string& part) { answer_with(part, monitor::Decision::would_deny); }
  // Nothing can be recorded; what is asked is allowed or not.
  void fail(monitor::Decision decision);
  void recover() { failing_.reset(); }
  void record(std::uint16_t domid, const std::string& name = {});
  void record(const monitor::LinkKey& key);

  void submit(const monitor::Request& request, const monitor::Answer& answer);
  // The same, with the answers kept until deliver(): as the guard's thread gets them.
  [[nodiscard]] Ask asked_by_the_guard();
  void deliver();
  [[nodiscard]] Recorded known();
  [[nodiscard]] std::vector<std::string> asked();
  // Until that was asked, for at most ten seconds.
  [[nodiscard]] bool wait_for(const std::string& request);

 private:
  void answer_with(const std::string& part, monitor::Decision decision);
  [[nodiscard]] monitor::Verdict verdict_on(const std::string& request);
  void apply(const monitor::Request& request, bool allowed);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, monitor::Decision>> exceptions_;
  std::optional<monitor::Decision> failing_;
  std::vector<std::string> asked_;
  std::vector<std::function<void()>> undelivered_;
  Recorded recorded_;
};

}  // namespace xenacm::guard::testing
