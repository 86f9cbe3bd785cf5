// SPDX-License-Identifier: Apache-2.0
// A value with a name of its own, so that a swapped argument does not compile.
#pragma once

#include <compare>
#include <utility>

namespace xenacm {

template <class Tag, class T>
class Strong {
 public:
  constexpr Strong() = default;
  constexpr explicit Strong(T value) : value_(std::move(value)) {}

  [[nodiscard]] constexpr const T& get() const { return value_; }

  friend auto operator<=>(const Strong&, const Strong&) = default;

 private:
  T value_{};
};

}  // namespace xenacm
