// SPDX-License-Identifier: Apache-2.0
// Rows of bits: the sets of types that every decision is made on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xenacm::policy {

using BitRow = std::span<const std::uint64_t>;

// The rows of one matrix have the same number of words; bits beyond `columns` are always 0.
class BitMatrix {
 public:
  BitMatrix() = default;
  BitMatrix(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), words_((columns + 63) / 64), bits_(rows * words_) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] BitRow row(std::size_t index) const { return {bits_.data() + index * words_, words_}; }

  void set(std::size_t row, std::size_t column) {
    bits_[row * words_ + column / 64] |= std::uint64_t{1} << (column % 64);
  }

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::size_t words_ = 0;
  std::vector<std::uint64_t> bits_;
};

// All of these take two rows of the same matrix width.
[[nodiscard]] inline bool intersects(BitRow a, BitRow b) {
  std::uint64_t common = 0;
  for (std::size_t i = 0; i < a.size(); ++i) common |= a[i] & b[i];
  return common != 0;
}

[[nodiscard]] inline bool is_subset(BitRow a, BitRow of) {
  std::uint64_t beyond = 0;
  for (std::size_t i = 0; i < a.size(); ++i) beyond |= a[i] & ~of[i];
  return beyond == 0;
}

[[nodiscard]] inline bool contains(BitRow row, std::size_t bit) { return (row[bit / 64] >> (bit % 64) & 1) != 0; }

// Calls `visit(bit)` for every bit that is set, in ascending order.
template <class Visit>
void for_each_bit(BitRow row, Visit visit) {
  for (std::size_t word = 0; word < row.size(); ++word) {
    for (std::uint64_t rest = row[word]; rest != 0; rest &= rest - 1) {
      visit(word * 64 + static_cast<std::size_t>(__builtin_ctzll(rest)));
    }
  }
}

}  // namespace xenacm::policy
