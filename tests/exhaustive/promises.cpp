// SPDX-License-Identifier: Apache-2.0
#include "tests/exhaustive/promises.h"

#include <algorithm>
#include <bit>

namespace xenacm::exhaustive {

namespace {

const Label& label_of(const SmallPolicy& small, const Host& host, unsigned domid) {
  return domid == 0 ? small.labels.front() : small.labels[host.label.at(domid - 1)];
}

bool runs(const Host& host, unsigned domid) { return domid == 0 || host.phase.at(domid - 1) == Phase::running; }

// The Chinese Wall types of Domain-0 and of all that run or are about to, but for one of them.
std::vector<Types> walls(const SmallPolicy& small, const Host& host, std::optional<unsigned> but = {}) {
  std::vector<Types> all{small.labels.front().chw};
  for (unsigned i = 0; i < kDomains; ++i) {
    if (host.phase.at(i) != Phase::stopped && i != but) all.push_back(small.labels[host.label.at(i)].chw);
  }
  return all;
}

// Types of one set that are not the same type.
bool compete(Types a, Types b, Types set) { return (a & set) != 0 && (b & set & ~a) != 0; }

bool may_start(const SmallPolicy& small, const Host& host, unsigned domain) {
  const Label& label = small.labels[host.label.at(domain)];
  if (label.ste == 0 || (label.ste & ~small.labels.front().ste) != 0) return false;
  return std::ranges::none_of(walls(small, host, domain), [&](Types other) {
    return std::ranges::any_of(small.conflict_sets, [&](Types set) { return compete(label.chw, other, set); });
  });
}

bool may_link(const SmallPolicy& small, const Host& host, unsigned frontend, unsigned backend) {
  return runs(host, frontend) && runs(host, backend) &&
         (label_of(small, host, frontend).ste & label_of(small, host, backend).ste) != 0;
}

std::optional<std::string> miscounted(const SmallPolicy& small, const Host& host, const monitor::State& state) {
  for (unsigned t = 0; t < state.wall().running().size(); ++t) {
    const auto bit = static_cast<Types>(1U << t);
    std::int64_t running = 0;
    std::int64_t aggregate = 0;
    for (const Types wall : walls(small, host)) {
      running += (wall & bit) != 0 ? 1 : 0;
      aggregate += std::ranges::count_if(
          small.conflict_sets, [&](Types set) { return (wall & set) != 0 && (set & bit) != 0 && (wall & bit) == 0; });
    }
    if (state.wall().running()[t] != running) return "running counts are not a recount's";
    if (state.wall().aggregate()[t] != aggregate) return "conflict aggregates are not a recount's";
  }
  return std::nullopt;
}

}  // namespace

bool is_permitted(const SmallPolicy& small, const Host& host, const Event& event) {
  switch (event.kind) {
    case Event::Kind::start:
    case Event::Kind::reserve:
      return may_start(small, host, event.domain);
    case Event::Kind::attach:
      return may_link(small, host, event.domain + 1, event.backend);
    default:
      return true;
  }
}

Host after(const Host& host, const Event& event) {
  Host next = host;
  const unsigned domid = event.domain + 1;
  switch (event.kind) {
    case Event::Kind::reserve:
      next.phase.at(event.domain) = Phase::reserved;
      break;
    case Event::Kind::start:
      next.phase.at(event.domain) = Phase::running;
      break;
    case Event::Kind::lapse:
    case Event::Kind::stop:
      next.phase.at(event.domain) = Phase::stopped;
      std::erase_if(next.links, [&](const auto& link) { return link.first == domid || link.second == domid; });
      break;
    case Event::Kind::attach:
      next.links.emplace(domid, event.backend);
      break;
    case Event::Kind::detach:
      next.links.erase({domid, event.backend});
      break;
  }
  return next;
}

std::optional<std::string> broken_promise(const SmallPolicy& small, const Host& host, const monitor::State& state) {
  for (unsigned domid = 0; domid <= kDomains; ++domid) {
    const auto id = monitor::DomId{static_cast<std::uint16_t>(domid)};
    if ((state.find_running(id) != nullptr) != runs(host, domid)) return "what runs is not what was started";
  }
  if (state.tickets().size() != static_cast<std::size_t>(std::ranges::count(host.phase, Phase::reserved))) {
    return "tickets are not what was reserved";
  }
  std::set<std::pair<unsigned, unsigned>> links;
  for (const auto& [key, link] : state.links()) links.emplace(key.frontend.get(), key.backend.get());
  if (links != host.links) return "links are not what was attached";
  for (const auto& [frontend, backend] : links) {
    if (!may_link(small, host, frontend, backend)) return "a link joins two that share no type";
  }
  for (const Types set : small.conflict_sets) {
    unsigned together = 0;
    for (const Types wall : walls(small, host)) together |= wall & set;
    if (std::popcount(together) > 1) return "two types of a conflict set are there together";
  }
  return miscounted(small, host, state);
}

}  // namespace xenacm::exhaustive
