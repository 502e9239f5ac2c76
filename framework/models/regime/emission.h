// Log densities of Gaussian regimes and the moments that re-estimate them, for blocks of rows.
//
// A block holds at most kBlockRows rows; its arrays have one row of kBlockRows values per regime. Densities
// are element by element; moments are summed in four lanes (row modulo 4), the lanes as (0 + 2) + (1 + 3),
// and blocks in the order of the caller. So the bits depend on the model and the data only.
#pragma once

#include <cstddef>
#include <vector>

#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/observations.h"

namespace crucible::regime {

inline constexpr std::size_t kBlockRows = 256;

// A model's densities, prepared: log p(x | k) = peak_k - |W_k (x - mean_k)|^2 with W_k W_k' = inverse
// covariance / 2.
class Densities {
 public:
  // REQUIRES: model.Validate() is OK.
  explicit Densities(const GaussianHmm& model);

  std::size_t regimes() const { return regimes_; }
  std::size_t features() const { return features_; }

  // out[k * kBlockRows + t] = log p(row first + t | k) for t < rows. The first features() columns of `x` are
  // read.
  void LogDensities(const Observations& x, std::size_t first, std::size_t rows, double* out) const;
  // The same of one row; equal bits.
  void LogDensities(const double* row, double* out) const;
  // Of all rows: [rows][regimes].
  std::vector<double> LogDensities(const Observations& x) const;

 private:
  std::size_t regimes_, features_;
  bool diagonal_;
  std::vector<double> peak_, mean_, weights_;  // weights: packed lower triangles, or diagonals
};

// Weighted sums of deviations from the means of the model that gave the weights. Per regime: weight, first
// moments [features], second moments (packed lower triangle, or diagonal only).
class MomentSums {
 public:
  MomentSums(std::size_t regimes, std::size_t features, bool diagonal);
  static MomentSums For(const GaussianHmm& model);

  // Adds rows [first, first + rows), weighted by weight[k * kBlockRows + t]. REQUIRES: weights of rows up to
  // the next multiple of 4 are zero.
  void AddBlock(const Observations& x, std::size_t first, std::size_t rows, const double* mean,
                double* weight);
  // All rows, weighted by weight[row * regimes + k].
  void AddAll(const Observations& x, const double* mean, const std::vector<double>& weight);
  void Add(const MomentSums& other);

  bool diagonal() const { return diagonal_; }
  double Weight(std::size_t k) const { return sums_[k * stride_]; }
  const double* First(std::size_t k) const { return sums_.data() + k * stride_ + 1; }
  // i >= j; for diagonal sums i == j.
  double Second(std::size_t k, std::size_t i, std::size_t j) const {
    const double* second = First(k) + features_;
    return diagonal_ ? second[i] : second[i * (i + 1) / 2 + j];
  }

 private:
  std::size_t regimes_, features_, stride_;
  bool diagonal_;
  std::vector<double> sums_;
};

}  // namespace crucible::regime
