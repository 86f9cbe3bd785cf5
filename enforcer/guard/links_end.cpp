// SPDX-License-Identifier: Apache-2.0
// The end of links: those that are cut, and those that are gone.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "enforcer/guard/links.h"
#include "enforcer/guard/publication.h"

namespace xenacm::guard {

using monitor::LinkKey;

namespace {

// Whether `directory` is one of the paths or lies below one.
bool lies_in(std::string directory, const std::set<std::string>& paths) {
  while (!directory.empty()) {
    if (paths.contains(directory)) return true;
    directory.erase(directory.rfind('/'));
  }
  return false;
}

std::vector<std::string> ends_of(const LinkKey& key) {
  std::vector<std::string> directories = backends_of(key);
  std::ranges::move(frontends_of(key), std::back_inserter(directories));
  return directories;
}

}  // namespace

bool Links::is_being_cut(const std::string& directory) const {
  return std::ranges::any_of(cuts_, [&](const Cutting& cutting) { return cutting.cut.is_about(directory); });
}

void Links::step_cuts(xen::Xenstore& store, Clock::time_point now) {
  std::vector<Cutting> left;
  for (Cutting& cutting : cuts_) {
    if (!std::exchange(cutting.told, true)) {
      for (const std::string& directory : cutting.directories) publish_denial(store, directory, cutting.cut.why());
    }
    const auto done =
        take_along(store, cutting) ? cutting.cut.step(store, now) : std::expected<bool, std::string>(false);
    if (!done && cutting.failure != done.error()) {
      cutting.failure = done.error();
      spdlog::error("guard: {}, but it cannot be cut: {}", cutting.cut.why(), done.error());
    }
    if (done.value_or(false)) {
      finish_cut(cutting.cut, Clock::now());
      for (const std::string& directory : cutting.directories) {
        removed_.insert_or_assign(directory, now + kAftermath);
        agenda_.rest(directory, now + kRestOfRefused);
        agenda_.put(directory, now);
      }
    } else {
      left.push_back(std::move(cutting));
    }
  }
  cuts_ = std::move(left);
}

// A hotplug script reports its failure into a directory that is gone, and so makes it again, with no pointers in it.
void Links::clear_leftovers(xen::Xenstore& store, const Seen& seen, Clock::time_point now) {
  const auto cut = removed_.find(seen.directory);
  if (cut == removed_.end()) return;
  const bool is_a_link = !seen.reading.links.empty() || !seen.reading.malformed.empty();
  if (is_a_link || now >= cut->second) {
    removed_.erase(cut);
    return;
  }
  if (store.read(seen.directory)) {
    if (auto removed = store.remove(seen.directory); !removed) spdlog::error("guard: {}", removed.error());
  }
  agenda_.rest(seen.directory, now + kRestOfRefused);
  agenda_.put(seen.directory, now);
}

void Links::finish(xen::Xenstore& store) {
  const auto now = Clock::now();
  step_cuts(store, now);
  step_cuts(store, now + kSetupTime);
  step_cuts(store, now + kSetupTime + kCloseTime + kClearTime);
}

// What is cut beside the directories that made the link: its other end, as far as it is one, and the links on record
// that lose an end. A directory of somebody else's is never touched because a pointer names it. False: not now.
bool Links::take_along(xen::Xenstore& store, Cutting& cutting) {
  if (cutting.complete) return true;
  const auto recorded = known_();
  if (!recorded) return false;
  const auto take = [&](const LinkKey& key) {
    for (const std::string& backend : backends_of(key)) {
      if (store.read(backend)) cutting.cut.add(backend);
    }
    for (const std::string& frontend : frontends_of(key)) {
      if (read_end(store, frontend).joins(key)) cutting.cut.add(frontend);
    }
  };
  if (cutting.key) take(*cutting.key);
  for (const LinkKey& key : recorded->links) {
    if (key.device_class == monitor::kNodeClass || key.device_class == monitor::kTargetClass) continue;  // no directory
    if (std::ranges::none_of(ends_of(key), [&](const auto& end) { return cutting.cut.is_about(end); })) continue;
    take(key);
    cutting.cut.displace(key);
  }
  cutting.complete = true;
  return true;
}

void Links::finish_cut(const Cut& cut, Clock::time_point now) {
  alarms_.raise(cut.told(now));
  for (const LinkKey& key : cut.displaced()) detach(key);
}

void Links::note_absent(xen::Xenstore& store, const Recorded& recorded, const std::vector<std::string>& paths,
                        Clock::time_point now) {
  std::set<std::string> touched(paths.begin(), paths.end());
  // An event of these comes when a watch is set, and says nothing of what is gone: after a restart of xenstored all is.
  for (const std::string& path : paths) {
    const auto places = places_of(owner_of(path).value_or(monitor::kDomain0));
    if (std::ranges::find(places, path) != places.end()) touched.erase(path);
  }
  const auto is_gone = [&](const LinkKey& key) {
    return std::ranges::any_of(ends_of(key), [&](const auto& end) { return lies_in(end, touched); }) &&
           is_absent(store, key);
  };
  for (const LinkKey& key : recorded.links) {
    if (!absent_.contains(key) && is_gone(key)) absent_.emplace(key, now + kAbsence);
  }
  // What is made anew was not there before.
  std::erase_if(predating_, is_gone);
}

void Links::drop_absent(xen::Xenstore& store, Clock::time_point now) {
  std::erase_if(absent_, [&](const auto& entry) {
    if (entry.second > now) return false;
    if (is_absent(store, entry.first)) detach(entry.first);
    return true;
  });
}

void Links::detach(const LinkKey& key) {
  ask_(monitor::DetachLink{.key = key}, [](const monitor::Reply& reply) {
    if (!reply) spdlog::error("guard: {}", reply.error().message);
  });
}

}  // namespace xenacm::guard
