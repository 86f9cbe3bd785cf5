// SPDX-License-Identifier: Apache-2.0
#include "tests/exhaustive/explore.h"

#include <deque>
#include <map>
#include <memory>
#include <stdexcept>

#include "policy/checks.h"
#include "policy/compiler.h"
#include "tests/exhaustive/promises.h"

namespace xenacm::exhaustive {

using namespace xenacm::monitor;

namespace {

struct Place {
  Host host;
  State state;
};

DomId domid(unsigned id) { return DomId{static_cast<std::uint16_t>(id)}; }
DomainName name(unsigned domain) { return DomainName{"domain" + std::to_string(domain)}; }
Uuid uuid(unsigned domain) { return *parse_uuid("00000000-0000-4000-8000-00000000000" + std::to_string(domain)); }

Request request_of(const Event& event) {
  const StartDomain start{.domid = domid(event.domain + 1), .uuid = uuid(event.domain), .name = name(event.domain)};
  const LinkKey key{"9pfs", domid(event.domain + 1), domid(event.backend), 0};
  switch (event.kind) {
    case Event::Kind::reserve:
      return ReserveStart{std::to_string(event.domain), start};
    case Event::Kind::lapse:
      return LapseTicket{std::to_string(event.domain)};
    case Event::Kind::start:
      return start;
    case Event::Kind::stop:
      return StopDomain{start.domid, start.uuid};
    case Event::Kind::attach:
      return AttachLink{.key = key};
    case Event::Kind::detach:
      return DetachLink{key};
  }
  throw std::logic_error("an event of no kind");
}

// What can happen on a host: starts of what does not run, ends of what does; links between any two, each from the
// domain of the lower number, and from any to Domain-0.
std::vector<Event> events(const Host& host) {
  using Kind = Event::Kind;
  std::vector<Event> all;
  for (unsigned i = 0; i < kDomains; ++i) {
    const Phase phase = host.phase.at(i);
    if (phase == Phase::running) {
      all.push_back({Kind::stop, i});
    } else {
      all.push_back({Kind::start, i});
      all.push_back(phase == Phase::reserved ? Event{Kind::lapse, i} : Event{Kind::reserve, i});
    }
    for (unsigned backend = 0; backend <= kDomains; ++backend) {
      if (backend != 0 && backend <= i + 1) continue;
      all.push_back({host.links.contains({i + 1, backend}) ? Kind::detach : Kind::attach, i, backend});
    }
  }
  return all;
}

State enforcing(const std::shared_ptr<const policy::Compiled>& compiled) {
  State state(compiled, std::make_shared<const std::string>());
  state.apply(Change{PutMode{"", Mode::enforcing}});
  return state;
}

// The same host, as a monitor that has just begun is told of it.
State fresh(const State& state, const std::shared_ptr<const policy::Compiled>& compiled) {
  State anew = enforcing(compiled);
  for (const auto& [bound, binding] : state.bindings()) anew.apply(Change{PutBinding{bound, binding}});
  for (const auto& [id, running] : state.running()) anew.apply(Change{PutRunning{running}});
  for (const auto& [id, ticket] : state.tickets()) anew.apply(Change{PutTicket{ticket}});
  for (const auto& [key, link] : state.links()) anew.apply(Change{PutLink{link}});
  return anew;
}

[[noreturn]] void fail(const SmallPolicy& small, const Host& host, const Event& event, const std::string& what) {
  std::string text = what + "; labels";
  for (const Label& label : small.labels) text += " " + std::to_string(label.ste) + "/" + std::to_string(label.chw);
  text += ", sets";
  for (const Types set : small.conflict_sets) text += " " + std::to_string(set);
  text += "; domains";
  for (unsigned i = 0; i < kDomains; ++i) {
    text += " l" + std::to_string(host.label.at(i)) + ":" + std::to_string(static_cast<int>(host.phase.at(i)));
  }
  throw std::runtime_error(text + "; event " + std::to_string(static_cast<int>(event.kind)) + " of domain " +
                           std::to_string(event.domain) + " with " + std::to_string(event.backend));
}

// All that can be reached while the domains have these labels.
void explore_labels(const SmallPolicy& small, const std::shared_ptr<const policy::Compiled>& compiled,
                    const Place& begin, Figures& figures) {
  std::set<Host> seen{begin.host};
  std::deque<Place> todo{begin};
  while (!todo.empty()) {
    const Place place = std::move(todo.front());
    todo.pop_front();
    ++figures.states;
    const State anew = fresh(place.state, compiled);
    for (const Event& event : events(place.host)) {
      ++figures.decisions;
      const Request request = request_of(event);
      const Outcome outcome = decide(place.state, request);
      const Outcome again = decide(anew, request);
      if (!outcome || !again) fail(small, place.host, event, "no verdict");
      const bool permitted = is_permitted(small, place.host, event);
      if (outcome->verdict.allowed() != permitted) {
        fail(small, place.host, event, permitted ? "refused without cause" : "allowed against the policy");
      }
      if (again->verdict.allowed() != permitted) fail(small, place.host, event, "a fresh monitor decides otherwise");
      Place next = place;
      next.state.apply(outcome->delta);
      if (permitted) next.host = after(place.host, event);
      if (const auto broken = broken_promise(small, next.host, next.state)) fail(small, place.host, event, *broken);
      if (seen.insert(next.host).second) todo.push_back(std::move(next));
    }
  }
}

}  // namespace

Figures& Figures::operator+=(const Figures& other) {
  policies += other.policies;
  states += other.states;
  decisions += other.decisions;
  return *this;
}

Figures explore(const SmallPolicy& small, const Scope& scope) {
  policy::Policy policy = to_policy(small, scope);
  if (policy::has_errors(policy::check(policy))) throw std::runtime_error("a policy of the scope is not valid");
  policy::Tables tables = policy::compile(policy, "digest");
  const auto compiled = std::make_shared<const policy::Compiled>(
      policy::Compiled{.policy = std::move(policy), .tables = std::move(tables), .warnings = {}});
  Figures figures{.policies = 1};
  const std::size_t labels = small.labels.size();
  for (std::size_t a = 0; a < labels; ++a) {
    for (std::size_t b = a; b < labels; ++b) {
      for (std::size_t c = b; c < labels; ++c) {
        Place begin{.host = {.label = {a, b, c}, .phase = {}, .links = {}}, .state = enforcing(compiled)};
        for (unsigned i = 0; i < kDomains; ++i) {
          const StoredLabel label{"small", "l" + std::to_string(begin.host.label.at(i))};
          begin.state.apply(Change{PutBinding{name(i), {.label = label, .uuid = {}}}});
        }
        explore_labels(small, compiled, begin, figures);
      }
    }
  }
  return figures;
}

}  // namespace xenacm::exhaustive
