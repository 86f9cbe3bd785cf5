// SPDX-License-Identifier: Apache-2.0
// The labelled resources, and what leads to them besides their names.
#pragma once

#include <map>
#include <set>
#include <string_view>

#include "enforcer/monitor/delta.h"

namespace xenacm::monitor {

class ResourceRecords {
 public:
  using Records = std::map<ResourceName, LabelledResource>;

  ResourceRecords() = default;
  ResourceRecords(const ResourceRecords& other);
  ResourceRecords(ResourceRecords&&) = default;
  ResourceRecords& operator=(const ResourceRecords& other);
  ResourceRecords& operator=(ResourceRecords&&) = default;
  ~ResourceRecords() = default;

  void put(const ResourceName& name, const LabelledResource& resource);
  void drop(const ResourceName& name);

  [[nodiscard]] const Records& all() const { return records_; }

  // By what they share with a thing: its place (place_of), its identity's place, or its mark. Where the world has
  // changed since they were made there may be several.
  [[nodiscard]] std::set<ResourceName> recorded_at(std::string_view place) const;
  [[nodiscard]] std::set<ResourceName> recorded_as(const Identity& identity) const;

 private:
  void index(const Records::value_type& record);

  Records records_;
  // Place, identity's place and mark of each record. INVARIANT: keys and values point into `records_`, whose nodes
  // stay where they are until they are dropped; there are hundreds of thousands, and no copies of their texts.
  std::multimap<std::string_view, const Records::value_type*> traces_;
};

}  // namespace xenacm::monitor
