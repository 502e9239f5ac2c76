// Rows of numbers in one or several independent sequences, stored by column as the kernels read them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "framework/base/status.h"

namespace crucible::regime {

class Observations {
 public:
  // `row_major` holds rows x features values, oldest first; `lengths` splits the rows into sequences, and
  // empty means one. kInvalidArgument names the first value that is not a finite number, or lengths that do
  // not add up.
  static absl::StatusOr<Observations> Create(std::span<const double> row_major, std::size_t features,
                                             std::span<const std::size_t> lengths = {});

  std::size_t rows() const { return rows_; }
  std::size_t features() const { return features_; }
  std::size_t sequences() const { return starts_.size() - 1; }
  std::size_t Start(std::size_t sequence) const { return starts_[sequence]; }
  std::size_t Length(std::size_t sequence) const { return starts_[sequence + 1] - starts_[sequence]; }

  // One feature over all rows, followed by kPadding readable zeros.
  const double* Column(std::size_t feature) const { return values_.data() + feature * stride_; }
  double At(std::size_t row, std::size_t feature) const { return values_[feature * stride_ + row]; }
  void CopyRow(std::size_t row, double* out) const {
    for (std::size_t i = 0; i < features_; ++i) out[i] = At(row, i);
  }

  // Rows [from, to) of a single sequence as observations of their own. REQUIRES: sequences() == 1.
  Observations Slice(std::size_t from, std::size_t to) const;

  static constexpr std::size_t kPadding = 8;

 private:
  Observations(std::size_t rows, std::size_t features);

  std::size_t rows_, features_, stride_;
  std::vector<std::size_t> starts_;
  std::vector<double> values_;
};

// Mean and population standard deviation of each feature.
struct FeatureScale {
  std::vector<double> mean, deviation;
};
FeatureScale ScaleOf(const Observations& observations);

}  // namespace crucible::regime
