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

struct OrderedName {
  std::uint64_t beginning = 0;
  const Name* name = nullptr;
  std::size_t number = 0;  // of the element that has this name, in the range that it comes from
};

// The first eight bytes as a number that is ordered as they are: it tells most names apart, without a look at them.
// INVARIANT: no name contains a NUL, which is no character of XML.
[[nodiscard]] inline std::uint64_t beginning_of(std::string_view text) {
  std::uint64_t number = 0;
  if (!text.empty()) std::memcpy(&number, text.data(), std::min(text.size(), sizeof number));
  static_assert(std::endian::native == std::endian::little);
  return __builtin_bswap64(number);
}

// In byte order, equal names in the order of the document. Points into `all`.
template <class Range, class Projection = std::identity>
[[nodiscard]] std::vector<OrderedName> in_byte_order(const Range& all, Projection projection = {}) {
  std::vector<OrderedName> names;
  names.reserve(all.size());
  for (const auto& each : all) {
    const Name& name = std::invoke(projection, each);
    names.push_back({.beginning = beginning_of(name.text), .name = &name, .number = names.size()});
  }
  std::ranges::sort(names, [](const OrderedName& a, const OrderedName& b) {
    if (a.beginning != b.beginning) return a.beginning < b.beginning;
    return std::tie(a.name->text, a.name->at) < std::tie(b.name->text, b.name->at);
  });
  return names;
}

// Points into what it was made from. Look-up is a binary search: no document can make it slower.
class NameIndex {
 public:
  // A name that occurs several times is kept once, where it stands first in the document.
  template <class Range, class Projection = std::identity>
  explicit NameIndex(const Range& all, Projection projection = {}) {
    beginnings_.reserve(all.size());
    names_.reserve(all.size());
    numbers_.reserve(all.size());
    for (const auto& [beginning, name, number] : in_byte_order(all, projection)) {
      if (!names_.empty() && beginnings_.back() == beginning && names_.back()->text == name->text) {
        repeated_.push_back({.again = name, .first = names_.back()});
        continue;
      }
      beginnings_.push_back(beginning);
      names_.push_back(name);
      numbers_.push_back(number);
    }
  }

  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const Name& operator[](std::size_t rank) const { return *names_[rank]; }
  [[nodiscard]] auto begin() const { return names_.begin(); }
  [[nodiscard]] auto end() const { return names_.end(); }

  // Of the element that has the name, in the range that the index was made from.
  [[nodiscard]] std::size_t number(std::size_t rank) const { return numbers_[rank]; }

  // Names that stand earlier in the document too.
  struct Repeated {
    const Name* again;
    const Name* first;
  };
  [[nodiscard]] const std::vector<Repeated>& repeated() const { return repeated_; }

  [[nodiscard]] std::optional<std::size_t> find(std::string_view text) const {
    const std::uint64_t beginning = beginning_of(text);
    const auto first = std::ranges::lower_bound(beginnings_, beginning);
    if (first == beginnings_.end() || *first != beginning) return std::nullopt;
    // Names that begin alike stand side by side. There is but one of fewer than eight bytes, which ends in a NUL here.
    const auto begin = names_.begin() + (first - beginnings_.begin());
    if (text.size() < sizeof beginning) return static_cast<std::size_t>(begin - names_.begin());
    const auto last = std::upper_bound(first, beginnings_.end(), beginning);
    const auto end = names_.begin() + (last - beginnings_.begin());
    const auto at = std::ranges::lower_bound(begin, end, text, {}, &Name::text);
    if (at == end || (*at)->text != text) return std::nullopt;
    return static_cast<std::size_t>(at - names_.begin());
  }

 private:
  std::vector<std::uint64_t> beginnings_;
  std::vector<const Name*> names_;
  std::vector<std::size_t> numbers_;
  std::vector<Repeated> repeated_;
};

}  // namespace xenacm::policy
