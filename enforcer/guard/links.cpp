// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/links.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "enforcer/guard/publication.h"

namespace xenacm::guard {

using monitor::DomId;
using monitor::LinkKey;

namespace {

std::string text_of(const LinkKey& key) {
  return key.device_class + " link " + std::to_string(key.device) + " of domain " + std::to_string(key.frontend.get()) +
         " with domain " + std::to_string(key.backend.get());
}

}  // namespace

Links::Links(Ask ask, Known known, IsCondemned is_condemned, Alarms& alarms)
    : ask_(std::move(ask)), known_(std::move(known)), is_condemned_(std::move(is_condemned)), alarms_(alarms) {}

void Links::adopt(xen::Xenstore& store, const std::vector<DomId>& domains) {
  std::vector<Seen> seen;
  now_ = Clock::now();
  for (const DomId domid : domains) {
    for (const std::string& place : places_of(domid)) {
      for (std::string& directory : ends_at(store, place)) {
        Reading reading = read_end(store, directory);
        seen.push_back({std::move(directory), std::move(reading), now_});
      }
    }
  }
  const auto recorded = known_();
  if (!recorded) return;
  for (const Seen& end : seen) {
    compare(*recorded, end, false);
    publish(store, *recorded, end.directory, end.reading);
  }
  for (const LinkKey& key : recorded->links) {
    if (is_absent(store, key)) detach(key);
  }
}

void Links::meet(const std::set<DomId>& domains, Clock::time_point now) {
  if (!std::ranges::includes(met_, domains)) {
    for (const std::string& directory : unresolved_) agenda_.put(directory, now);
  }
  met_ = domains;
  const auto is_gone = [&](const std::string& directory) { return !domains.contains(*owner_of(directory)); };
  std::erase_if(unresolved_, is_gone);
  std::erase_if(asked_, [&](const auto& entry) { return !domains.contains(entry.first); });
}

void Links::changed(const std::string& path, Clock::time_point now) {
  constexpr std::size_t kMostPending = 1024;
  std::string touched = ends_touched(path);
  if (touched.empty() || is_being_cut(touched)) return;
  // What is there is bounded by xenstored, what was there for a moment is not.
  if (noticed_.size() >= kMostPending && !noticed_.contains(touched)) touched = place_of(touched);
  noticed_.emplace(touched, now);
  agenda_.put(touched, now);
}

void Links::work(xen::Xenstore& store, Clock::time_point now) {
  now_ = now;
  constexpr std::size_t kMost = 128;  // some tens of milliseconds; then events and domains have their turn
  if (const auto paths = agenda_.take(now, kMost); !paths.empty()) examine(store, paths, now);
  step_cuts(store, now);
  drop_absent(store, now);
}

std::optional<Clock::time_point> Links::due() const {
  constexpr std::chrono::milliseconds kCutPoll{20};
  std::optional<Clock::time_point> due = agenda_.next();
  const auto sooner = [&](Clock::time_point at) {
    if (!due || at < *due) due = at;
  };
  if (!cuts_.empty()) sooner(Clock::now() + kCutPoll);
  for (const auto& [key, at] : absent_) sooner(at);
  return due;
}

// The store is read before the ledger: a link that the gate let through is on record before it is in the store.
void Links::examine(xen::Xenstore& store, const std::vector<std::string>& paths, Clock::time_point now) {
  std::vector<Seen> seen;
  for (const std::string& path : paths) {
    const auto noticed = noticed_.find(path);
    const auto since = noticed == noticed_.end() ? now : noticed->second;
    if (noticed != noticed_.end()) noticed_.erase(noticed);
    forget_unresolved(path);
    for (const std::string& directory : ends_at(store, path)) {
      if (is_being_cut(directory)) continue;
      if (directory == path) {
        seen.push_back({directory, read_end(store, directory), since});
      } else {
        noticed_.emplace(directory, since);
        agenda_.put(directory, now);
      }
    }
    agenda_.rest(path, now + kRest);
  }
  const auto recorded = known_();
  if (!recorded) {
    for (const std::string& path : paths) {
      agenda_.rest(path, now + kRestOfRefused);
      agenda_.put(path, now);
    }
    return;
  }
  for (const Seen& end : seen) {
    compare(*recorded, end, true);
    clear_leftovers(store, end, now);
    publish(store, *recorded, end.directory, end.reading);
  }
  note_absent(store, *recorded, paths, now);
}

// Of directories at or below the path: those that are still there are looked at now.
void Links::forget_unresolved(const std::string& path) {
  unresolved_.erase(path);
  const std::string below = path + '/';
  auto entry = unresolved_.lower_bound(below);
  while (entry != unresolved_.end() && entry->starts_with(below)) entry = unresolved_.erase(entry);
}

void Links::compare(const Recorded& recorded, const Seen& seen, bool appeared) {
  unresolved_.erase(seen.directory);
  std::vector<const monitor::AttachLink*> strange;
  for (const monitor::AttachLink& link : seen.reading.links) {
    if (concerns(recorded, link.key, seen.directory)) strange.push_back(&link);
  }
  const auto owner = owner_of(seen.directory);
  if (!seen.reading.malformed.empty() && owner && recorded.find(*owner) != nullptr && !is_condemned_(*owner)) {
    return ask_about(seen.reading.malformed.front(), seen, appeared);
  }
  if (!strange.empty() && seen.reading.unreadable) return ask_about(*seen.reading.unreadable, seen, appeared);
  for (const monitor::AttachLink* link : strange) {
    ask_about(*link, seen, appeared && !predating_.contains(link->key));
  }
}

// Whether the link is to be asked about.
bool Links::concerns(const Recorded& recorded, const LinkKey& key, const std::string& directory) {
  if (recorded.links.contains(key)) return false;
  if (recorded.find(key.frontend) == nullptr || recorded.find(key.backend) == nullptr) {
    unresolved_.insert(directory);
    return false;
  }
  return !is_condemned_(key.frontend) && !is_condemned_(key.backend);
}

void Links::ask_about(const monitor::AttachLink& link, const Seen& seen, bool appeared) {
  if (const auto asked = questions_.find(link.key); asked != questions_.end()) {
    asked->second.directories.insert(seen.directory);
    return;
  }
  if (appeared && !may_ask(seen)) return;
  questions_.emplace(link.key, Question{text_of(link.key), {seen.directory}, seen.noticed, appeared});
  ask_(monitor::AdoptLink{link, appeared}, [this, key = link.key](const monitor::Reply& reply) {
    if (const auto question = questions_.extract(key)) answered(question.mapped(), key, reply);
  });
}

void Links::ask_about(const monitor::MalformedWrite& write, const Seen& seen, bool appeared) {
  const std::string& directory = seen.directory;
  if (!appeared) {
    return spdlog::warn("guard: {}: {}; it was there before, and is left alone", write.path, write.why);
  }
  if (malformed_.contains(directory) || !may_ask(seen)) return;
  malformed_.emplace(directory, Question{"the link at " + write.path, {directory}, seen.noticed, true});
  ask_(write, [this, directory](const monitor::Reply& reply) {
    if (const auto question = malformed_.extract(directory)) answered(question.mapped(), std::nullopt, reply);
  });
}

bool Links::may_ask(const Seen& seen) {
  auto& [since, count] = asked_[owner_of(seen.directory).value_or(monitor::kDomain0)];
  if (now_ - since >= std::chrono::seconds(1)) {
    since = now_;
    count = 0;
  }
  if (count < kQuestionsPerSecond) {
    ++count;
    return true;
  }
  noticed_.emplace(seen.directory, seen.noticed);
  agenda_.rest(seen.directory, since + std::chrono::seconds(1));
  agenda_.put(seen.directory, now_);
  return false;
}

void Links::answered(const Question& question, const std::optional<LinkKey>& key, const monitor::Reply& reply) {
  if (!reply || is_unavailable(*reply)) {
    spdlog::error("guard: there is no verdict on {}: {}", question.what,
                  reply ? reason_of(*reply) : reply.error().message);
    if (key && !question.appeared) predating_.insert(*key);
    return look_again(question);
  }
  if (key) predating_.erase(*key);
  if (reply->allowed()) {
    // One pointer made it; where nothing stands at its own place, its record ends, or a guest could make any number.
    if (key && question.appeared) absent_.emplace(*key, Clock::now() + kAbsence);
    const bool against = reply->decision == monitor::Decision::would_deny;
    const std::string found = question.what + (question.appeared ? " came round the gate" : " was there before");
    if (against && question.appeared) {
      return alarms_.raise(found + " and would be refused (" + reason_of(*reply) + "); it stays");
    }
    return spdlog::warn("guard: {}; {}", found, against ? "the policy is against it: " + reason_of(*reply) : "it may");
  }
  Cut cut(question.what + " came round the gate and was refused (" + reason_of(*reply) + ")", question.noticed);
  for (const std::string& directory : question.directories) cut.add(directory);
  cuts_.push_back({.cut = std::move(cut), .key = key, .directories = question.directories});
}

void Links::look_again(const Question& question) {
  for (const std::string& directory : question.directories) {
    noticed_.emplace(directory, question.noticed);
    agenda_.rest(directory, now_ + kRestOfRefused);
    agenda_.put(directory, now_);
  }
}

}  // namespace xenacm::guard
