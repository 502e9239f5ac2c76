// Mean and variance of a series, one value at a time (Welford 1962). Same values in the same order: same
// bits.
#pragma once

#include <cmath>
#include <cstdint>

namespace crucible::trading {

class Moments {
 public:
  void Add(double value) {
    ++count_;
    const double delta = value - mean_;
    mean_ += delta / static_cast<double>(count_);
    squares_ += delta * (value - mean_);
  }
  std::uint64_t count() const { return count_; }
  double mean() const { return mean_; }
  // Sample standard deviation (n - 1); 0 for fewer than two values.
  double deviation() const { return count_ < 2 ? 0 : std::sqrt(squares_ / static_cast<double>(count_ - 1)); }

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

}  // namespace crucible::trading
