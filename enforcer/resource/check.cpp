// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/check.h"

#include <algorithm>
#include <map>
#include <utility>

#include "enforcer/monitor/remedy.h"
#include "enforcer/resource/finding_text.h"

namespace xenacm::resource {

using namespace monitor::remedy;  // rmlabel, repair, rename

using monitor::compare;
using monitor::Identity;
using monitor::Likeness;
using monitor::Resource;
using monitor::ResourceName;

namespace {

std::string quoted(const ResourceName& name) { return "'" + name.get() + "'"; }

std::string recorded_and_present(const Identity& recorded, const Identity& present) {
  return " (recorded: " + text_of(recorded) + "; present: " + text_of(present) + ")";
}

// Which records have a place or a mark in common with an identity: those alone can be like it.
class Traces {
 public:
  void add(const Identity& identity, std::size_t record) {
    indices_.emplace(identity.place, record);
    if (!identity.mark.empty()) indices_.emplace(identity.mark, record);
  }
  // In ascending order, each once.
  [[nodiscard]] std::vector<std::size_t> like(const Identity& identity) const {
    std::vector<std::size_t> found;
    for (const std::string* trace : {&identity.place, &identity.mark}) {
      const auto [first, last] = indices_.equal_range(*trace);
      for (auto entry = first; entry != last; ++entry) found.push_back(entry->second);
    }
    std::ranges::sort(found);
    const auto repeated = std::ranges::unique(found);
    found.erase(repeated.begin(), repeated.end());
    return found;
  }

 private:
  std::multimap<std::string, std::size_t> indices_;
};

class Comparison {
 public:
  Comparison(const std::vector<Record>& records, const std::vector<Resource>& seen) : records_(records), seen_(seen) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (records[i].identity) recorded_.add(*records[i].identity, i);
      if (seen[i].identity) present_.add(*seen[i].identity, i);
    }
  }

  [[nodiscard]] std::optional<Finding> judge(std::size_t i) const {
    if (!seen_[i].trouble.empty()) return finding(i, FindingKind::unreadable, seen_[i].trouble, {});
    if (!seen_[i].identity) return judge_absence(i);
    const Identity& present = *seen_[i].identity;
    const auto& recorded = records_[i].identity;
    const Likeness likeness = recorded ? compare(*recorded, present) : Likeness::same;
    if (likeness == Likeness::contradictory) return contradictory(i);
    if (auto other = other_record(i, Likeness::contradictory)) return copy(i, *other, likeness);
    if (likeness == Likeness::different) return replaced(i);
    if (auto first = first_with(present)) {
      if (*first < i) return doubled(i, *first);
    }
    if (recorded) return std::nullopt;
    if (auto other = other_record(i, Likeness::same)) {
      const auto& there = seen_[*other].identity;
      if (there && compare(present, *there) == Likeness::same) return std::nullopt;  // said there
      return doubled(i, *other);
    }
    return finding(i, FindingKind::unbound,
                   quoted(name(i)) + " was labelled before there was anything; what is there now (" + text_of(present) +
                       ") takes the label over at its first use",
                   {repair(name(i), "adopt")});
  }

 private:
  [[nodiscard]] const ResourceName& name(std::size_t i) const { return records_[i].name; }

  [[nodiscard]] Finding finding(std::size_t i, FindingKind kind, std::string what,
                                std::vector<std::string> mends) const {
    return {kind, name(i), records_[i].label, std::move(what), std::move(mends)};
  }

  // Another record to whose thing the one at this name is so alike.
  [[nodiscard]] std::optional<std::size_t> other_record(std::size_t i, Likeness likeness) const {
    for (const std::size_t other : recorded_.like(*seen_[i].identity)) {
      if (other != i && compare(*records_[other].identity, *seen_[i].identity) == likeness) return other;
    }
    return std::nullopt;
  }

  // The first record that leads to this thing and is not at odds with it.
  [[nodiscard]] std::optional<std::size_t> first_with(const Identity& present) const {
    for (const std::size_t record : present_.like(present)) {
      const auto& recorded = records_[record].identity;
      const bool fits = !recorded || compare(*recorded, present) == Likeness::same;
      if (fits && compare(present, *seen_[record].identity) == Likeness::same) return record;
    }
    return std::nullopt;
  }

  // Another record at whose name this very thing is.
  [[nodiscard]] std::optional<std::size_t> other_thing(std::size_t i, const Identity& identity) const {
    for (const std::size_t other : present_.like(identity)) {
      if (other != i && compare(identity, *seen_[other].identity) == Likeness::same) return other;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Finding> judge_absence(std::size_t i) const {
    if (!records_[i].identity) return std::nullopt;
    const Identity& recorded = *records_[i].identity;
    if (auto other = other_thing(i, recorded)) {
      return finding(i, FindingKind::doubled,
                     "nothing is at " + quoted(name(i)) + "; what was labelled there is at " + quoted(name(*other)) +
                         " now, which is labelled " + records_[*other].label,
                     {rmlabel(name(i)), rmlabel(name(*other))});
    }
    return finding(i, FindingKind::orphan,
                   "nothing is at " + quoted(name(i)) + "; what was labelled there (" + text_of(recorded) +
                       ") was removed, or renamed and not used since",
                   {repair(name(i), "rename NEWNAME"), rmlabel(name(i))});
  }

  [[nodiscard]] Finding contradictory(std::size_t i) const {
    const Identity& recorded = *records_[i].identity;
    const Identity& present = *seen_[i].identity;
    const std::string both = recorded_and_present(recorded, present);
    if (recorded.mark != present.mark) {
      return finding(i, FindingKind::contradictory,
                     "what is at " + quoted(name(i)) + " is where it was, but its mark is not the recorded one" + both,
                     {repair(name(i), "adopt"), rmlabel(name(i))});
    }
    return finding(i, FindingKind::contradictory,
                   "what is at " + quoted(name(i)) +
                       " carries the recorded mark, but is not the recorded file: it was moved from another file "
                       "system or restored (then adopt it), or it is a copy that took the mark along" +
                       both,
                   {repair(name(i), "adopt"), repair(name(i), "forget_mark")});
  }

  // Where nothing is at the other record's name any more, its thing may have come here.
  [[nodiscard]] std::vector<std::string> with_move(std::vector<std::string> mends, std::size_t i,
                                                   std::size_t other) const {
    const Resource& there = seen_[other];
    if (there.identity || !there.trouble.empty()) return mends;
    mends.push_back(rmlabel(name(i)) + " && " + rename(name(other), name(i)));
    return mends;
  }

  // The mark of another record's thing is on what is here, or it is where that thing was.
  [[nodiscard]] Finding copy(std::size_t i, std::size_t other, Likeness likeness) const {
    const Identity& recorded = *records_[other].identity;
    const Identity& present = *seen_[i].identity;
    std::vector<std::string> mends{rmlabel(name(i))};
    if (recorded.mark == present.mark) {
      // A mark is not taken from the very thing that a label was given for.
      const bool labelled = likeness == Likeness::same && records_[i].identity;
      const std::string forget = repair(name(i), "forget_mark");
      mends.insert(mends.begin(), labelled ? mends.front() + " && " + forget : forget);
    }
    return finding(i, FindingKind::contradictory,
                   "what is at " + quoted(name(i)) + " has part of what " + quoted(name(other)) + " (" +
                       records_[other].label + ") is known by, and is not the same" +
                       recorded_and_present(recorded, present),
                   with_move(std::move(mends), i, other));
  }

  [[nodiscard]] Finding replaced(std::size_t i) const {
    const std::string both = recorded_and_present(*records_[i].identity, *seen_[i].identity);
    if (auto other = other_record(i, Likeness::same)) {
      return finding(i, FindingKind::replaced,
                     "what is at " + quoted(name(i)) + " was labelled " + records_[*other].label + " as " +
                         quoted(name(*other)) + both,
                     with_move({rmlabel(name(i))}, i, *other));
    }
    return finding(i, FindingKind::replaced,
                   "something else is at " + quoted(name(i)) + " than what was labelled" + both,
                   {repair(name(i), "adopt"), repair(name(i), "rename NEWNAME"), rmlabel(name(i))});
  }

  [[nodiscard]] Finding doubled(std::size_t i, std::size_t other) const {
    return finding(i, FindingKind::doubled,
                   quoted(name(i)) + " and " + quoted(name(other)) + ", which is labelled " + records_[other].label +
                       ", lead to the same thing (" + text_of(*seen_[i].identity) + ")",
                   {rmlabel(name(i)), rmlabel(name(other))});
  }

  const std::vector<Record>& records_;
  const std::vector<Resource>& seen_;
  Traces recorded_;  // the records' identities
  Traces present_;   // those of what is at their names
};

}  // namespace

std::string_view to_text(FindingKind kind) {
  switch (kind) {
    case FindingKind::unreadable:
      return "unreadable";
    case FindingKind::contradictory:
      return "contradictory";
    case FindingKind::replaced:
      return "replaced";
    case FindingKind::doubled:
      return "double";
    case FindingKind::orphan:
      return "orphan";
    case FindingKind::unbound:
      return "unbound";
  }
  return "unknown";
}

std::vector<Finding> findings(const std::vector<Record>& records, const std::vector<Resource>& seen) {
  const Comparison comparison(records, seen);
  std::vector<Finding> found;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (auto finding = comparison.judge(i)) found.push_back(*std::move(finding));
  }
  return found;
}

}  // namespace xenacm::resource
