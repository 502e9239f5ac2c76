// Streaming estimators of stylised facts: fixed memory, one pass, sums in the order of the values.
//
// nullopt means that there were too few values to say. Threads: thread-compatible.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace crucible::facts {

// Hill's estimator of a Pareto tail's exponent: alpha = k / sum of log(x_i / x_k+1) over the k largest values
// (Hill, "A simple general approach to inference about the tail of a distribution", Annals of Statistics 3,
// 1975). k is the 20th part of the values, and at most kMost.
class Tail {
 public:
  static constexpr std::size_t kMost = 2048;
  void Add(double value);  // values at or below 0 count for nothing
  std::optional<double> Exponent() const;

 private:
  std::uint64_t count_ = 0;
  std::vector<double> largest_;  // a heap, smallest first
};

// Autocorrelation at lags 1 to kLags, about the mean of all values.
class Autocorrelation {
 public:
  static constexpr std::size_t kLags = 64;
  void Add(double value);
  std::uint64_t count() const { return count_; }
  std::optional<double> At(std::size_t lag) const;

 private:
  std::uint64_t count_ = 0;
  double sum_ = 0, squares_ = 0;
  std::array<double, kLags> products_{}, first_{};  // of x(t) x(t - lag); first_: of the first values
  std::array<double, kLags> recent_{};              // ring of the last values
};

// Mean, variance and excess kurtosis.
class Moments {
 public:
  void Add(double value);
  std::uint64_t count() const { return count_; }
  double mean() const;
  double variance() const;
  std::optional<double> ExcessKurtosis() const;

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0, m2_ = 0, m3_ = 0, m4_ = 0;
};

// Hurst exponent by the variance of block means, Var ~ m^(2H - 2) (Taqqu, Teverovsky and Willinger,
// "Estimators for long-range dependence", Fractals 3, 1995, section 2.1), by least squares over blocks of 4,
// 8, 16, ... values, as long as there are 30 of them. 0.5 without memory; above it, long memory: the
// autocorrelation decays like lag^(2H - 2).
class LongMemory {
 public:
  void Add(double value);
  std::optional<double> Hurst() const;

 private:
  static constexpr std::size_t kScales = 24;
  std::uint64_t count_ = 0;
  std::array<double, kScales> sum_{};  // of the block of 2^scale values that is being filled
  std::array<Moments, kScales> means_;
};

// Correlation of two quantities (Pearson).
class Correlation {
 public:
  void Add(double x, double y);
  std::optional<double> Value() const;

 private:
  std::uint64_t count_ = 0;
  double mean_x_ = 0, mean_y_ = 0, xx_ = 0, yy_ = 0, xy_ = 0;
};

// Quantiles of positive values to 2 %: counts in cells of equal ratio.
class Quantiles {
 public:
  void Add(double value);
  std::optional<double> At(double probability) const;

 private:
  static constexpr int kPerDoubling = 32, kLowest = -64, kHighest = 64;  // powers of two
  std::vector<std::uint64_t> cells_;
  std::uint64_t count_ = 0;
};

// The exponent of y ~ x^b: y is averaged where x lies within one doubling, and the logarithms of the averages
// are fitted by least squares, weighted by the number of values. A cell counts with 30 values and an average
// above 0, the fit with three cells.
class PowerLaw {
 public:
  void Add(double x, double y);  // REQUIRES: x > 0
  std::optional<double> Exponent() const;

 private:
  static constexpr int kCells = 64;
  struct Cell {
    std::uint64_t count = 0;
    double log_x = 0, y = 0;
  };
  std::array<Cell, kCells> cells_{};
};

}  // namespace crucible::facts
