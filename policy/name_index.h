// SPDX-License-Identifier: Apache-2.0
// Names in byte order, each with its rank: the column of a type, the row of a label. Inside policy/ only.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
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
    std::vector<Entry> entries;
    entries.reserve(all.size());
    for (const auto& each : all) {
      const Name& name = std::invoke(projection, each);
      entries.push_back({beginning_of(name.text), &name});
    }
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
      if (a.beginning != b.beginning) return a.beginning < b.beginning;
      return std::tie(a.name->text, a.name->at) < std::tie(b.name->text, b.name->at);
    });
    const auto again = std::ranges::unique(entries, [](const Entry& a, const Entry& b) {
      return a.beginning == b.beginning && a.name->text == b.name->text;
    });
    entries.erase(again.begin(), again.end());
    for (const Entry& entry : entries) {
      beginnings_.push_back(entry.beginning);
      names_.push_back(entry.name);
    }
  }

  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const Name& operator[](std::size_t rank) const { return *names_[rank]; }
  [[nodiscard]] auto begin() const { return names_.begin(); }
  [[nodiscard]] auto end() const { return names_.end(); }

  [[nodiscard]] std::optional<std::size_t> find(std::string_view text) const {
    const auto [first, last] = std::ranges::equal_range(beginnings_, beginning_of(text));
    const auto begin = names_.begin() + (first - beginnings_.begin());
    const auto end = names_.begin() + (last - beginnings_.begin());
    const auto at = std::ranges::lower_bound(begin, end, text, {}, &Name::text);
    if (at == end || (*at)->text != text) return std::nullopt;
    return static_cast<std::size_t>(at - names_.begin());
  }

 private:
  struct Entry {
    std::uint64_t beginning;
    const Name* name;
  };

  // The first eight bytes as a number that is ordered as they are: it tells most names apart, without a look at them.
  // INVARIANT: no name contains a NUL, which is no character of XML.
  static std::uint64_t beginning_of(std::string_view text) {
    std::uint64_t number = 0;
    if (!text.empty()) std::memcpy(&number, text.data(), std::min(text.size(), sizeof number));
    static_assert(std::endian::native == std::endian::little);
    return __builtin_bswap64(number);
  }

  std::vector<std::uint64_t> beginnings_;
  std::vector<const Name*> names_;
};

}  // namespace xenacm::policy
