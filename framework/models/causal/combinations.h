// Subsets of indices, in lexicographic order.
#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace crucible::causal {

// Combinations of `size` out of 0 .. from - 1; the first is 0, 1, ..., size - 1.
class Combinations {
 public:
  Combinations(std::size_t from, std::size_t size) : from_(from), indices_(size), valid_(size <= from) {
    std::iota(indices_.begin(), indices_.end(), std::size_t{0});
  }

  bool valid() const { return valid_; }
  const std::vector<std::size_t>& indices() const { return indices_; }

  void Next() {
    const std::size_t size = indices_.size();
    for (std::size_t k = size; k-- > 0;) {
      if (indices_[k] == from_ - size + k) continue;
      ++indices_[k];
      for (std::size_t later = k + 1; later < size; ++later) indices_[later] = indices_[later - 1] + 1;
      return;
    }
    valid_ = false;
  }

 private:
  std::size_t from_;
  std::vector<std::size_t> indices_;
  bool valid_;
};

}  // namespace crucible::causal
