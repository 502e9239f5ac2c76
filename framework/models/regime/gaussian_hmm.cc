#include "framework/models/regime/gaussian_hmm.h"

#include <array>
#include <cmath>

#include "absl/strings/str_format.h"
#include "framework/models/regime/covariance_factor.h"

namespace crucible::regime {
namespace {

constexpr std::array<std::string_view, 4> kShapeNames = {"full", "diagonal", "tied", "spherical"};
constexpr double kSumTolerance = 1e-6;

absl::Status CheckDistribution(const double* p, std::size_t size, const std::string& what) {
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!(p[i] >= 0) || !(p[i] <= 1 + kSumTolerance)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s: entry %d is %g, expected a probability", what, i, p[i]));
    }
    sum += p[i];
  }
  if (std::abs(sum - 1) > kSumTolerance)
    return absl::InvalidArgumentError(absl::StrFormat("%s sums to %.9g, expected 1", what, sum));
  return absl::OkStatus();
}

}  // namespace

std::string_view Name(CovarianceShape shape) { return kShapeNames[static_cast<std::size_t>(shape)]; }

absl::StatusOr<CovarianceShape> CovarianceShapeFromName(std::string_view name) {
  for (std::size_t i = 0; i < kShapeNames.size(); ++i) {
    if (kShapeNames[i] == name) return static_cast<CovarianceShape>(i);
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "covariance shape is \"%s\", expected full, diagonal, tied or spherical", std::string(name)));
}

GaussianHmm EmptyModel(CovarianceShape shape, std::size_t regimes, std::size_t features) {
  GaussianHmm model;
  model.shape = shape;
  model.regimes = regimes;
  model.features = features;
  model.start.assign(regimes, 0);
  model.transition.assign(regimes * regimes, 0);
  model.mean.assign(regimes * features, 0);
  model.covariance.assign(regimes * features * features, 0);
  return model;
}

absl::Status GaussianHmm::Validate() const {
  if (regimes == 0 || regimes > kMaxRegimes) {
    return absl::InvalidArgumentError(absl::StrFormat("%d regimes, expected 1 to %d", regimes, kMaxRegimes));
  }
  if (features == 0 || features > kMaxFeatures) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d features, expected 1 to %d", features, kMaxFeatures));
  }
  if (start.size() != regimes || transition.size() != regimes * regimes ||
      mean.size() != regimes * features || covariance.size() != regimes * features * features) {
    return absl::InvalidArgumentError(
        absl::StrFormat("sizes of the parameters do not fit %d regimes and %d features", regimes, features));
  }
  CRUCIBLE_RETURN_IF_ERROR(CheckDistribution(start.data(), regimes, "start"));
  for (std::size_t k = 0; k < regimes; ++k) {
    CRUCIBLE_RETURN_IF_ERROR(CheckDistribution(transition.data() + k * regimes, regimes,
                                               absl::StrFormat("transition from regime %d", k)));
  }
  for (std::size_t i = 0; i < mean.size(); ++i) {
    if (!std::isfinite(mean[i])) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "mean of regime %d, feature %d is not a finite number", i / features, i % features));
    }
  }
  std::vector<double> factor(features * features);
  for (std::size_t k = 0; k < regimes; ++k) {
    if (!CholeskyFactor(Covariance(k), features, factor.data())) {
      return absl::InvalidArgumentError(
          absl::StrFormat("covariance of regime %d is not positive definite", k));
    }
  }
  return absl::OkStatus();
}

std::size_t GaussianHmm::FreeParameters() const {
  std::size_t free = regimes * features;  // means
  const std::size_t matrix = features * (features + 1) / 2;
  switch (shape) {
    case CovarianceShape::kFull:
      free += regimes * matrix;
      break;
    case CovarianceShape::kDiagonal:
      free += regimes * features;
      break;
    case CovarianceShape::kTied:
      free += matrix;
      break;
    case CovarianceShape::kSpherical:
      free += regimes;
      break;
  }
  const auto open = [](const double* p, std::size_t n) {
    std::size_t positive = 0;
    for (std::size_t i = 0; i < n; ++i) positive += p[i] > 0 ? 1 : 0;
    return positive == 0 ? 0 : positive - 1;
  };
  free += open(start.data(), regimes);
  for (std::size_t k = 0; k < regimes; ++k) free += open(transition.data() + k * regimes, regimes);
  return free;
}

Hash128 GaussianHmm::Hash() const {
  StateHasher hasher;
  hasher.Add(static_cast<std::uint64_t>(shape));
  hasher.Add(static_cast<std::uint64_t>(regimes));
  hasher.Add(static_cast<std::uint64_t>(features));
  for (const std::vector<double>* values : {&start, &transition, &mean, &covariance}) {
    for (const double value : *values) hasher.Add(value);
  }
  return hasher.value();
}

std::vector<double> StationaryDistribution(const GaussianHmm& model) {
  const std::size_t k = model.regimes;
  std::vector<double> power = model.transition, square(k * k), shares(k, 0);
  // Averages over even and odd powers, so that a periodic chain has an answer too.
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) power[i * k + j] = 0.5 * (power[i * k + j] + (i == j ? 1.0 : 0.0));
  }
  for (int doubling = 0; doubling < 64; ++doubling) {
    for (std::size_t i = 0; i < k; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < k; ++j) {
        double cell = 0;
        for (std::size_t m = 0; m < k; ++m) cell += power[i * k + m] * power[m * k + j];
        square[i * k + j] = cell;
        sum += cell;
      }
      for (std::size_t j = 0; j < k; ++j) square[i * k + j] /= sum;
    }
    power.swap(square);
  }
  for (std::size_t j = 0; j < k; ++j) {
    for (std::size_t i = 0; i < k; ++i) shares[j] += model.start[i] * power[i * k + j];
  }
  return shares;
}

}  // namespace crucible::regime
