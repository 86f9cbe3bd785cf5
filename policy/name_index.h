// SPDX-License-Identifier: Apache-2.0
// Names in byte order, each with its rank: the column of a type, the row of a label. Inside policy/ only.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "policy/model.h"

namespace xenacm::policy {

// Points into what it was made from. Look-up is a binary search: no document can make it slower.
class NameIndex {
 public:
  // A name that occurs several times is kept once, where it stands first in the document.
  template <class Range, class Projection = std::identity>
  explicit NameIndex(const Range& all, Projection projection = {}) {
    names_.reserve(all.size());
    for (const auto& each : all) names_.push_back(&std::invoke(projection, each));
    std::ranges::sort(names_, {}, [](const Name* name) { return std::tie(name->text, name->at); });
    const auto again = std::ranges::unique(names_, {}, &Name::text);
    names_.erase(again.begin(), again.end());
  }

  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const Name& operator[](std::size_t rank) const { return *names_[rank]; }
  [[nodiscard]] auto begin() const { return names_.begin(); }
  [[nodiscard]] auto end() const { return names_.end(); }

  [[nodiscard]] std::optional<std::size_t> find(std::string_view text) const {
    const auto at = std::ranges::lower_bound(names_, text, {}, &Name::text);
    if (at == names_.end() || (*at)->text != text) return std::nullopt;
    return static_cast<std::size_t>(at - names_.begin());
  }

 private:
  std::vector<const Name*> names_;
};

}  // namespace xenacm::policy
