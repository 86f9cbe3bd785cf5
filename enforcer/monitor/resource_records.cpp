// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/resource_records.h"

#include <algorithm>
#include <utility>

namespace xenacm::monitor {

namespace {

// Calls `visit` with each of what leads to a record. INVARIANT: the three kinds cannot be mistaken for each other;
// places of names begin with '/' or a kind, those of identities with "inode " or "device ", and a mark is hexadecimal
// digits.
template <class Visit>
void for_each_trace(const ResourceRecords::Record& record, Visit visit) {
  const auto& [name, resource] = record;
  visit(place_of(name));
  if (!resource.identity) return;
  visit(std::string_view(resource.identity->place));
  if (!resource.identity->mark.empty()) visit(std::string_view(resource.identity->mark));
}

}  // namespace

ResourceRecords::ResourceRecords(const ResourceRecords& other) : records_(other.records_) {
  for (const auto& record : records_) index(record);
}

ResourceRecords& ResourceRecords::operator=(const ResourceRecords& other) { return *this = ResourceRecords(other); }

void ResourceRecords::index(const Record& record) {
  for_each_trace(record, [&](std::string_view trace) { traces_.emplace(trace, &record); });
}

void ResourceRecords::put(const ResourceName& name, const LabelledResource& resource) {
  drop(name);
  index(*records_.emplace(name, resource).first);
}

void ResourceRecords::drop(const ResourceName& name) {
  const auto found = records_.find(name);
  if (found == records_.end()) return;
  for_each_trace(*found, [&](std::string_view trace) {
    const auto [first, last] = traces_.equal_range(trace);
    traces_.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == &*found; }));
  });
  records_.erase(found);
}

void ResourceRecords::add(std::string_view trace, Found& found) const {
  const auto name_of = [](const Record* record) -> const ResourceName& { return record->first; };
  const auto [first, last] = traces_.equal_range(trace);
  for (auto entry = first; entry != last; ++entry) {
    const auto place = std::ranges::lower_bound(found, entry->second->first, {}, name_of);
    if (place == found.end() || *place != entry->second) found.insert(place, entry->second);
  }
}

ResourceRecords::Found ResourceRecords::recorded_at(std::string_view place) const {
  Found found;
  add(place, found);
  return found;
}

ResourceRecords::Found ResourceRecords::recorded_as(const Identity& identity) const {
  Found found;
  add(identity.place, found);
  if (!identity.mark.empty()) add(identity.mark, found);
  return found;
}

}  // namespace xenacm::monitor
