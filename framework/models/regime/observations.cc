#include "framework/models/regime/observations.h"

#include <cmath>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/base/math.h"

namespace crucible::regime {

Observations::Observations(std::size_t rows, std::size_t features)
    : rows_(rows), features_(features), stride_((rows + 1) / 2 * 2 + kPadding), values_(features * stride_) {}

absl::StatusOr<Observations> Observations::Create(std::span<const double> row_major, std::size_t features,
                                                  std::span<const std::size_t> lengths) {
  if (features == 0 || row_major.size() % features != 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d values do not make rows of %d features", row_major.size(), features));
  }
  Observations result(row_major.size() / features, features);
  for (std::size_t t = 0; t < result.rows_; ++t) {
    for (std::size_t i = 0; i < features; ++i) {
      const double value = row_major[t * features + i];
      if (!std::isfinite(value)) {
        return absl::InvalidArgumentError(
            absl::StrFormat("row %d, feature %d is %g, expected a finite number", t, i, value));
      }
      result.values_[i * result.stride_ + t] = value;
    }
  }
  result.starts_.push_back(0);
  for (const std::size_t length : lengths) {
    if (length == 0) return absl::InvalidArgumentError("a sequence has no rows");
    result.starts_.push_back(result.starts_.back() + length);
  }
  if (lengths.empty()) result.starts_.push_back(result.rows_);
  if (result.starts_.back() != result.rows_ || result.rows_ == 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("sequences have %d rows, the data %d", result.starts_.back(), result.rows_));
  }
  return result;
}

Observations Observations::Slice(std::size_t from, std::size_t to) const {
  CRUCIBLE_CHECK(sequences() == 1 && from < to && to <= rows_);
  Observations slice(to - from, features_);
  for (std::size_t i = 0; i < features_; ++i) {
    for (std::size_t t = from; t < to; ++t) slice.values_[i * slice.stride_ + t - from] = At(t, i);
  }
  slice.starts_ = {0, to - from};
  return slice;
}

FeatureScale ScaleOf(const Observations& observations) {
  FeatureScale scale;
  const double rows = static_cast<double>(observations.rows());
  for (std::size_t i = 0; i < observations.features(); ++i) {
    const double* x = observations.Column(i);
    double sum = 0, squares = 0;
    for (std::size_t t = 0; t < observations.rows(); ++t) sum += x[t];
    const double mean = sum / rows;
    for (std::size_t t = 0; t < observations.rows(); ++t) squares += (x[t] - mean) * (x[t] - mean);
    scale.mean.push_back(mean);
    scale.deviation.push_back(Sqrt(squares / rows));
  }
  return scale;
}

}  // namespace crucible::regime
