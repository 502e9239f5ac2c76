#include "framework/models/regime/emission.h"

#include <algorithm>
#include <array>

#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/regime/covariance_factor.h"
#include "framework/models/regime/lanes.h"

namespace crucible::regime {
namespace {

constexpr double kLogTwoPi = 1.8378770664093454836;
constexpr double kRootHalf = 0.70710678118654752440;

bool IsDiagonal(CovarianceShape shape) {
  return shape == CovarianceShape::kDiagonal || shape == CovarianceShape::kSpherical;
}
std::size_t PackedSize(std::size_t features, bool diagonal) {
  return diagonal ? features : features * (features + 1) / 2;
}

constexpr std::size_t kUnrolled = 6;  // features

// Deviations of four rows from a regime's mean.
inline void Deviations(const Observations& x, std::size_t row, const double* mean, std::size_t features,
                       Lanes* y) {
  for (std::size_t i = 0; i < features; ++i) y[i] = Lanes::Load(x.Column(i) + row) - Lanes::All(mean[i]);
}

// |W y|^2, W packed by rows.
template <std::size_t kFeatures, typename Value, typename Splat>
inline Value SquaredLength(const Value* y, const double* w, std::size_t features, bool diagonal,
                           const Splat& all) {
  const std::size_t size = kFeatures == 0 ? features : kFeatures;
  Value sum = all(0);
  for (std::size_t i = 0; i < size; ++i) {
    Value z = all(diagonal ? *w++ : 0.0);
    if (diagonal) {
      z = z * y[i];
    } else {
      z = all(w[0]) * y[0];
      for (std::size_t j = 1; j <= i; ++j) z = z + all(w[j]) * y[j];
      w += i + 1;
    }
    sum = sum + z * z;
  }
  return sum;
}

template <std::size_t kFeatures, bool kDiagonal>
void BlockOf(const Observations& x, std::size_t first, std::size_t rows, const double* mean, const double* w,
             double peak, std::size_t some_features, double* out) {
  const std::size_t features = kFeatures == 0 ? some_features : kFeatures;
  std::array<Lanes, kFeatures == 0 ? GaussianHmm::kMaxFeatures : kFeatures> y;
  for (std::size_t t = 0; t < rows; t += 4) {
    Deviations(x, first + t, mean, features, y.data());
    const Lanes squares = SquaredLength<kFeatures>(y.data(), w, features, kDiagonal, Lanes::All);
    (Lanes::All(peak) - squares).StoreTo(out + t);
  }
}

template <std::size_t kFeatures, bool kDiagonal>
void MomentsOf(const Observations& x, std::size_t first, std::size_t rows, const double* mean,
               const double* weight, std::size_t some_features, double* sums) {
  constexpr std::size_t kMost = kFeatures == 0 ? GaussianHmm::kMaxFeatures : kFeatures;
  const std::size_t features = kFeatures == 0 ? some_features : kFeatures;
  std::array<Lanes, 1 + kMost + (kDiagonal ? kMost : kMost * (kMost + 1) / 2)> total;
  const std::size_t size = 1 + features + PackedSize(features, kDiagonal);
  for (std::size_t s = 0; s < size; ++s) total[s] = Lanes::All(0);
  std::array<Lanes, kMost> y;
  for (std::size_t t = 0; t < rows; t += 4) {
    Deviations(x, first + t, mean, features, y.data());
    const Lanes w = Lanes::Load(weight + t);
    total[0] += w;
    Lanes* second = total.data() + 1 + features;
    for (std::size_t i = 0; i < features; ++i) {
      const Lanes wy = w * y[i];
      total[1 + i] += wy;
      if constexpr (kDiagonal) {
        second[i] += wy * y[i];
      } else {
        for (std::size_t j = 0; j <= i; ++j) second[j] += wy * y[j];
        second += i + 1;
      }
    }
  }
  for (std::size_t s = 0; s < size; ++s) sums[s] += total[s].Sum();
}

}  // namespace

Densities::Densities(const GaussianHmm& model)
    : regimes_(model.regimes),
      features_(model.features),
      diagonal_(IsDiagonal(model.shape)),
      mean_(model.mean) {
  const std::size_t d = features_;
  std::vector<double> factor(d * d), inverse(d * d);
  for (std::size_t k = 0; k < regimes_; ++k) {
    CRUCIBLE_CHECK(CholeskyFactor(model.Covariance(k), d, factor.data()));
    InvertLower(factor.data(), d, inverse.data());
    double log_root_determinant = 0;
    for (std::size_t i = 0; i < d; ++i) log_root_determinant += Log(factor[i * d + i]);
    peak_.push_back(-0.5 * static_cast<double>(d) * kLogTwoPi - log_root_determinant);
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = diagonal_ ? i : 0; j <= i; ++j) weights_.push_back(kRootHalf * inverse[i * d + j]);
    }
  }
}

void Densities::LogDensities(const Observations& x, std::size_t first, std::size_t rows, double* out) const {
  const std::size_t stride = PackedSize(features_, diagonal_);
  CRUCIBLE_DCHECK(x.features() >= features_);
  WithConstant<kUnrolled>(features_, [&]<std::size_t kFeatures>() {
    for (std::size_t k = 0; k < regimes_; ++k) {
      const double *mean = mean_.data() + k * features_, *w = weights_.data() + k * stride;
      if (diagonal_) {
        BlockOf<kFeatures, true>(x, first, rows, mean, w, peak_[k], features_, out + k * kBlockRows);
      } else {
        BlockOf<kFeatures, false>(x, first, rows, mean, w, peak_[k], features_, out + k * kBlockRows);
      }
    }
  });
}

void Densities::LogDensities(const double* row, double* out) const {
  const std::size_t stride = PackedSize(features_, diagonal_);
  WithConstant<kUnrolled>(features_, [&]<std::size_t kFeatures>() {
    std::array<double, kFeatures == 0 ? GaussianHmm::kMaxFeatures : kFeatures> y;
    for (std::size_t k = 0; k < regimes_; ++k) {
      const std::size_t size = kFeatures == 0 ? features_ : kFeatures;
      for (std::size_t i = 0; i < size; ++i) y[i] = row[i] - mean_[k * features_ + i];
      out[k] = peak_[k] - SquaredLength<kFeatures>(y.data(), weights_.data() + k * stride, features_,
                                                   diagonal_, [](double value) { return value; });
    }
  });
}

std::vector<double> Densities::LogDensities(const Observations& x) const {
  std::vector<double> all(x.rows() * regimes_), block(regimes_ * kBlockRows);
  for (std::size_t first = 0; first < x.rows(); first += kBlockRows) {
    const std::size_t rows = std::min(kBlockRows, x.rows() - first);
    LogDensities(x, first, rows, block.data());
    for (std::size_t t = 0; t < rows; ++t) {
      for (std::size_t k = 0; k < regimes_; ++k) all[(first + t) * regimes_ + k] = block[k * kBlockRows + t];
    }
  }
  return all;
}

MomentSums::MomentSums(std::size_t regimes, std::size_t features, bool diagonal)
    : regimes_(regimes),
      features_(features),
      stride_(1 + features + PackedSize(features, diagonal)),
      diagonal_(diagonal),
      sums_(regimes * stride_) {}

MomentSums MomentSums::For(const GaussianHmm& model) {
  return {model.regimes, model.features, IsDiagonal(model.shape)};
}

void MomentSums::AddBlock(const Observations& x, std::size_t first, std::size_t rows, const double* mean,
                          double* weight) {
  WithConstant<kUnrolled>(features_, [&]<std::size_t kFeatures>() {
    for (std::size_t k = 0; k < regimes_; ++k) {
      const double *centre = mean + k * features_, *w = weight + k * kBlockRows;
      if (diagonal_) {
        MomentsOf<kFeatures, true>(x, first, rows, centre, w, features_, sums_.data() + k * stride_);
      } else {
        MomentsOf<kFeatures, false>(x, first, rows, centre, w, features_, sums_.data() + k * stride_);
      }
    }
  });
}

void MomentSums::AddAll(const Observations& x, const double* mean, const std::vector<double>& weight) {
  std::vector<double> block(regimes_ * kBlockRows);
  for (std::size_t first = 0; first < x.rows(); first += kBlockRows) {
    const std::size_t rows = std::min(kBlockRows, x.rows() - first);
    for (std::size_t k = 0; k < regimes_; ++k) {
      double* one = block.data() + k * kBlockRows;
      for (std::size_t t = 0; t < rows; ++t) one[t] = weight[(first + t) * regimes_ + k];
      for (std::size_t t = rows; t % 4 != 0; ++t) one[t] = 0;
    }
    AddBlock(x, first, rows, mean, block.data());
  }
}

void MomentSums::Add(const MomentSums& other) {
  for (std::size_t s = 0; s < sums_.size(); ++s) sums_[s] += other.sums_[s];
}

}  // namespace crucible::regime
