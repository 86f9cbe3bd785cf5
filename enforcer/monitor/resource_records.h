// SPDX-License-Identifier: Apache-2.0
// The labelled resources, and what leads to them besides their names.
#pragma once

#include <boost/container/small_vector.hpp>
#include <map>
#include <string_view>
#include <unordered_map>

#include "enforcer/monitor/delta.h"

namespace xenacm::monitor {

class ResourceRecords {
 public:
  using Records = std::map<ResourceName, LabelledResource>;
  using Record = Records::value_type;
  using Found = boost::container::small_vector<const Record*, 4>;  // in the order of their names, each once

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
  [[nodiscard]] Found recorded_at(std::string_view place) const;
  [[nodiscard]] Found recorded_as(const Identity& identity) const;

 private:
  void index(const Record& record);
  void add(std::string_view trace, Found& found) const;

  Records records_;
  // Place, identity's place and mark of each record. INVARIANT: keys and values point into `records_`, whose nodes
  // stay where they are until they are dropped; there are hundreds of thousands, and no copies of their texts.
  std::unordered_multimap<std::string_view, const Record*> traces_;
};

}  // namespace xenacm::monitor
