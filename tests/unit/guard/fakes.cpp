// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/guard/fakes.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace xenacm::guard::testing {

using namespace monitor;

namespace {

bool is_below(const std::string& path, const std::string& top) { return path == top || path.starts_with(top + "/"); }

std::string number(DomId domid) { return std::to_string(domid.get()); }

std::string text(const LinkKey& key, const std::string& preposition) {
  return key.device_class + "/" + number(key.frontend) + "/" + std::to_string(key.device) + " " + preposition + " " +
         number(key.backend);
}

}  // namespace

std::string uuid_of(unsigned domid) {
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012u", domid);
  return text.data();
}

Host::Host()
    : domains{{.domid = kDomain0, .uuid = nil_uuid(), .state = "r-----"}},
      ready(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Host::~Host() { ::close(ready); }

void Host::put(std::uint16_t domid, const std::string& name) {
  const std::scoped_lock lock(mutex);
  domains.push_back({.domid = DomId(domid), .uuid = Uuid(uuid_of(domid)), .state = "-b----"});
  introduced.insert(DomId(domid));
  write("/local/domain/" + std::to_string(domid) + "/name", name.empty() ? "d" + std::to_string(domid) : name);
}

void Host::drop(std::uint16_t domid) {
  const std::scoped_lock lock(mutex);
  std::erase_if(domains, [&](const xen::DomainInfo& domain) { return domain.domid == DomId(domid); });
  paused.erase(DomId(domid));
}

void Host::set_state(std::uint16_t domid, const std::string& state) {
  const std::scoped_lock lock(mutex);
  for (xen::DomainInfo& domain : domains) {
    if (domain.domid == DomId(domid)) domain.state = state;
  }
}

int Host::pauses(std::uint16_t domid) {
  const std::scoped_lock lock(mutex);
  return paused[DomId(domid)];
}

bool Host::has(std::uint16_t domid) {
  const std::scoped_lock lock(mutex);
  return std::ranges::any_of(domains, [&](const auto& domain) { return domain.domid == DomId(domid); });
}

void Host::write(const std::string& path, const std::string& value) {
  const std::scoped_lock lock(mutex);
  store[path] = value;
  fire(path);
}

void Host::remove(const std::string& path) {
  const std::scoped_lock lock(mutex);
  if (std::erase_if(store, [&](const auto& entry) { return is_below(entry.first, path); }) > 0) fire(path);
}

std::string Host::value(const std::string& path) {
  const std::scoped_lock lock(mutex);
  const auto found = store.find(path);
  return found == store.end() ? "-" : found->second;
}

void Host::fire(const std::string& event) {
  const std::scoped_lock lock(mutex);
  for (const std::string& watched : watches) {
    if (is_below(event, watched)) {
      waiting.push_back(event);
    } else if (is_below(watched, event)) {
      waiting.push_back(watched);  // something above it was removed
    }
  }
  ::eventfd_write(ready, 1);
}

std::expected<std::vector<xen::DomainInfo>, std::string> FakeHypervisor::domains() {
  host_.on_list();
  const std::scoped_lock lock(host_.mutex);
  auto domains = host_.domains;
  for (xen::DomainInfo& domain : domains) {
    if (host_.paused[domain.domid] > 0) domain.state[2] = 'p';
  }
  return domains;
}

std::expected<void, std::string> FakeHypervisor::act(const std::string& what, DomId domid) {
  if (!host_.refuses.empty()) return std::unexpected(host_.refuses);
  host_.done.push_back(what + " " + number(domid));
  return {};
}

std::expected<void, std::string> FakeHypervisor::pause(DomId domid) {
  const std::scoped_lock lock(host_.mutex);
  if (auto done = act("pause", domid); !done) return done;
  ++host_.paused[domid];
  return {};
}

std::expected<void, std::string> FakeHypervisor::unpause(DomId domid) {
  const std::scoped_lock lock(host_.mutex);
  if (auto done = act("unpause", domid); !done) return done;
  --host_.paused[domid];
  return {};
}

std::expected<void, std::string> FakeHypervisor::destroy(DomId domid) {
  const std::scoped_lock lock(host_.mutex);
  if (auto done = act("destroy", domid); !done) return done;
  host_.drop(domid.get());
  return {};
}

FakeXenstore::~FakeXenstore() {
  const std::scoped_lock lock(host_.mutex);
  host_.watches.clear();
  host_.waiting.clear();
}

std::optional<std::string> FakeXenstore::read(const std::string& path) {
  const std::scoped_lock lock(host_.mutex);
  std::optional<std::string> value;
  if (const auto found = host_.store.find(path); found != host_.store.end()) {
    value = found->second;
  } else if (std::ranges::any_of(host_.store, [&](const auto& entry) { return is_below(entry.first, path); })) {
    value = "";
  }
  host_.on_read();
  return value;
}

std::vector<std::string> FakeXenstore::list(const std::string& path) {
  const std::scoped_lock lock(host_.mutex);
  std::set<std::string> names;
  for (const auto& [node, value] : host_.store) {
    if (node == path || !is_below(node, path)) continue;
    const std::string below = node.substr(path.size() + 1);
    names.insert(below.substr(0, below.find('/')));
  }
  return {names.begin(), names.end()};
}

std::expected<void, std::string> FakeXenstore::write(const Writes& writes) {
  for (const auto& [path, value] : writes) host_.write(path, value);
  return {};
}

std::expected<void, std::string> FakeXenstore::publish(const std::string& directory, const std::string& name,
                                                       const Writes& nodes, monitor::DomId /*reader*/) {
  for (const auto& [node, value] : nodes) host_.write(directory + "/" + name + "/" + node, value);
  return {};
}

std::expected<void, std::string> FakeXenstore::remove(const std::string& path) {
  host_.remove(path);
  return {};
}

bool FakeXenstore::is_introduced(DomId domid) {
  const std::scoped_lock lock(host_.mutex);
  return host_.introduced.contains(domid);
}

bool FakeXenstore::watch(const std::string& path) {
  const std::scoped_lock lock(host_.mutex);
  host_.watches.insert(path);
  host_.waiting.push_back(path);
  ::eventfd_write(host_.ready, 1);
  return true;
}

void FakeXenstore::unwatch(const std::string& path) {
  const std::scoped_lock lock(host_.mutex);
  host_.watches.erase(path);
}

std::expected<std::optional<std::string>, std::string> FakeXenstore::next_event() {
  const std::scoped_lock lock(host_.mutex);
  if (!host_.alive) return std::unexpected("lost");
  if (host_.waiting.empty()) {
    eventfd_t ignored = 0;
    (void)::eventfd_read(host_.ready, &ignored);
    return std::nullopt;
  }
  std::string event = std::move(host_.waiting.front());
  host_.waiting.pop_front();
  return event;
}

std::string text(const Request& request) {
  if (const auto* adopt = std::get_if<AdoptDomain>(&request)) {
    return "adopt " + number(adopt->domid) + " " + adopt->name.get() + (adopt->appeared ? " appeared" : "");
  }
  if (const auto* stop = std::get_if<StopDomain>(&request)) return "stop " + number(stop->domid);
  if (const auto* rename = std::get_if<RenameDomain>(&request)) {
    return "rename " + number(rename->domid) + " " + rename->name.get();
  }
  if (const auto* adopt = std::get_if<AdoptLink>(&request)) {
    return "link " + text(adopt->link.key, "to") +
           (adopt->link.network.bridge.empty() ? "" : " on " + adopt->link.network.bridge) +
           (adopt->appeared ? " appeared" : "");
  }
  if (const auto* write = std::get_if<MalformedWrite>(&request)) return "malformed " + write->path;
  if (const auto* detach = std::get_if<DetachLink>(&request)) return "detach " + text(detach->key, "of");
  return "what the guard never asks";
}

void Monitor::answer_with(const std::string& part, Decision decision) {
  const std::scoped_lock lock(mutex_);
  exceptions_.emplace_back(part, decision);
}

void Monitor::fail(Decision decision) {
  const std::scoped_lock lock(mutex_);
  failing_ = decision;
}

void Monitor::record(std::uint16_t domid, const std::string& name) {
  const std::scoped_lock lock(mutex_);
  recorded_.domains.push_back({DomId(domid),
                               domid == 0 ? nil_uuid() : Uuid(uuid_of(domid)),
                               DomainName(name.empty() ? "d" + std::to_string(domid) : name),
                               {}});
}

void Monitor::record(const LinkKey& key) {
  const std::scoped_lock lock(mutex_);
  recorded_.links.insert(key);
}

Verdict Monitor::verdict_on(const std::string& request) {
  Verdict verdict;
  if (failing_) {
    verdict.decision = *failing_;
    verdict.reasons.push_back({.rule = Rule::unavailable, .message = "the disk is full"});
    return verdict;
  }
  for (const auto& [part, decision] : exceptions_) {
    if (!request.contains(part)) continue;
    verdict.decision = decision;
    verdict.reasons.push_back({.rule = Rule::ste, .message = "the script says no"});
  }
  return verdict;
}

void Monitor::apply(const Request& request, bool allowed) {
  if (const auto* adopt = std::get_if<AdoptDomain>(&request)) {
    std::erase_if(recorded_.domains, [&](const RunningDomain& domain) { return domain.domid == adopt->domid; });
    recorded_.domains.push_back({adopt->domid, adopt->uuid, adopt->name, {}, true});
  }
  if (const auto* stop = std::get_if<StopDomain>(&request)) {
    std::erase_if(recorded_.domains, [&](const RunningDomain& domain) {
      return domain.domid == stop->domid && domain.uuid == stop->uuid;
    });
  }
  const auto* rename = std::get_if<RenameDomain>(&request);
  for (RunningDomain& domain : recorded_.domains) {
    if (rename != nullptr && allowed && domain.domid == rename->domid) domain.name = rename->name;
  }
  const auto* link = std::get_if<AdoptLink>(&request);
  if (link != nullptr && allowed) recorded_.links.insert(link->link.key);
  if (const auto* detach = std::get_if<DetachLink>(&request)) recorded_.links.erase(detach->key);
}

void Monitor::submit(const Request& request, const Answer& answer) {
  Verdict verdict;
  {
    const std::scoped_lock lock(mutex_);
    const std::string asked = testing::text(request);
    asked_.push_back(asked);
    verdict = verdict_on(asked);
    if (!is_unavailable(verdict)) apply(request, verdict.allowed());
    changed_.notify_all();
  }
  answer(verdict);
}

Ask Monitor::asked_by_the_guard() {
  return [this](const Request& request, const Answer& answer) {
    submit(request, [this, answer](const Reply& reply) { undelivered_.push_back([answer, reply] { answer(reply); }); });
  };
}

void Monitor::deliver() {
  for (const auto& answer : std::exchange(undelivered_, {})) answer();
}

Recorded Monitor::known() {
  const std::scoped_lock lock(mutex_);
  return recorded_;
}

std::vector<std::string> Monitor::asked() {
  const std::scoped_lock lock(mutex_);
  return asked_;
}

bool Monitor::wait_for(const std::string& request) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10),
                           [&] { return std::ranges::find(asked_, request) != asked_.end(); });
}

}  // namespace xenacm::guard::testing
