#include "framework/models/regime/start.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/base/math.h"
#include "framework/base/random.h"
#include "framework/models/regime/labels.h"

namespace crucible::regime {
namespace {

constexpr std::size_t kMostPoints = 20'000;
constexpr std::size_t kVolatilityWindow = 16;
constexpr std::size_t kLloydRounds = 20;
constexpr double kStay = 0.95;
constexpr double kShrink = 0.1;

// Points to cluster, and the rows that each stands for.
struct Points {
  std::size_t size = 0, dimensions = 0;
  std::vector<double> values;  // [size][dimensions]
  std::vector<std::size_t> row;
  const double* At(std::size_t i) const { return values.data() + i * dimensions; }
};

Points StandardizedRows(const Observations& x, const FeatureScale& scale) {
  Points points;
  points.dimensions = x.features();
  const std::size_t step = (x.rows() + kMostPoints - 1) / kMostPoints;
  for (std::size_t t = 0; t < x.rows(); t += step) {
    points.row.push_back(t);
    for (std::size_t i = 0; i < x.features(); ++i)
      points.values.push_back((x.At(t, i) - scale.mean[i]) / scale.deviation[i]);
  }
  points.size = points.row.size();
  return points;
}

// Centred windows: a start may look at all rows, since fitting does.
Points LocalVolatility(const Observations& x, const FeatureScale& scale) {
  Points points;
  points.dimensions = 1;
  std::vector<double> sums(x.rows() + 1);
  for (std::size_t t = 0; t < x.rows(); ++t) {
    double squares = 0;
    for (std::size_t i = 0; i < x.features(); ++i) {
      const double z = (x.At(t, i) - scale.mean[i]) / scale.deviation[i];
      squares += z * z;
    }
    sums[t + 1] = sums[t] + squares;
  }
  const std::size_t step = (x.rows() + kMostPoints - 1) / kMostPoints;
  for (std::size_t t = 0; t < x.rows(); t += step) {
    const std::size_t from = t < kVolatilityWindow / 2 ? 0 : t - kVolatilityWindow / 2;
    const std::size_t to = std::min(x.rows(), t + kVolatilityWindow / 2);
    points.row.push_back(t);
    points.values.push_back(Log(1e-12 + (sums[to] - sums[from]) / static_cast<double>(to - from)));
  }
  points.size = points.row.size();
  return points;
}

double SquaredDistance(const double* a, const double* b, std::size_t dimensions) {
  double sum = 0;
  for (std::size_t i = 0; i < dimensions; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

std::vector<double> SeedCentres(const Points& points, std::size_t clusters, RandomStream& random) {
  std::vector<double> centres, nearest(points.size, 1e300);
  std::size_t chosen = random.UniformBelow(points.size);
  for (std::size_t c = 0; c < clusters; ++c) {
    centres.insert(centres.end(), points.At(chosen), points.At(chosen) + points.dimensions);
    double total = 0;
    for (std::size_t p = 0; p < points.size; ++p) {
      nearest[p] = std::min(nearest[p], SquaredDistance(points.At(p), points.At(chosen), points.dimensions));
      total += nearest[p];
    }
    double left = random.Uniform01() * total;
    chosen = points.size - 1;
    for (std::size_t p = 0; p < points.size; ++p) {
      left -= nearest[p];
      if (left < 0) {
        chosen = p;
        break;
      }
    }
  }
  return centres;
}

std::vector<std::size_t> Cluster(const Points& points, std::size_t clusters, RandomStream& random) {
  std::vector<double> centres = SeedCentres(points, clusters, random);
  std::vector<std::size_t> cluster(points.size, clusters);
  for (std::size_t round = 0; round < kLloydRounds; ++round) {
    bool moved = false;
    std::vector<double> sums(centres.size());
    std::vector<double> counts(clusters);
    for (std::size_t p = 0; p < points.size; ++p) {
      std::size_t best = 0;
      double least = 1e300;
      for (std::size_t c = 0; c < clusters; ++c) {
        const double distance =
            SquaredDistance(points.At(p), &centres[c * points.dimensions], points.dimensions);
        if (distance < least) least = distance, best = c;
      }
      moved = moved || cluster[p] != best;
      cluster[p] = best;
      counts[best] += 1;
      for (std::size_t i = 0; i < points.dimensions; ++i)
        sums[best * points.dimensions + i] += points.At(p)[i];
    }
    for (std::size_t c = 0; c < clusters; ++c) {
      for (std::size_t i = 0; i < points.dimensions && counts[c] > 0; ++i)
        centres[c * points.dimensions + i] = sums[c * points.dimensions + i] / counts[c];
    }
    if (!moved) break;
  }
  return cluster;
}

// Mean and covariance of the points of one cluster; of all rows' where it is empty.
void SetEmission(const Observations& x, const Points& points, const std::vector<std::size_t>& cluster,
                 std::size_t k, const FeatureScale& scale, GaussianHmm& model) {
  const std::size_t d = x.features();
  std::vector<double> mean(d), scatter(d * d), row(d);
  double count = 0;
  for (std::size_t p = 0; p < points.size; ++p) {
    if (cluster[p] != k) continue;
    count += 1;
    for (std::size_t i = 0; i < d; ++i) mean[i] += x.At(points.row[p], i);
  }
  for (std::size_t i = 0; i < d; ++i) mean[i] = count > 0 ? mean[i] / count : scale.mean[i];
  for (std::size_t p = 0; p < points.size; ++p) {
    if (cluster[p] != k) continue;
    x.CopyRow(points.row[p], row.data());
    for (std::size_t e = 0; e < d * d; ++e)
      scatter[e] += (row[e / d] - mean[e / d]) * (row[e % d] - mean[e % d]);
  }
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      const double all = i == j ? scale.deviation[i] * scale.deviation[i] : 0;
      const bool keep =
          i == j || model.shape == CovarianceShape::kFull || model.shape == CovarianceShape::kTied;
      const double own = count > 1 ? scatter[i * d + j] / count : all;
      model.Covariance(k)[i * d + j] = keep ? (1 - kShrink) * own + kShrink * all : 0;
    }
    model.Mean(k)[i] = mean[i];
  }
}

// Makes the covariances what the shape says: one for all regimes, or one variance for all features.
void Share(GaussianHmm& model) {
  const std::size_t d = model.features;
  if (model.shape == CovarianceShape::kTied) {
    for (std::size_t e = 0; e < d * d; ++e) {
      double sum = 0;
      for (std::size_t k = 0; k < model.regimes; ++k) sum += model.Covariance(k)[e];
      for (std::size_t k = 0; k < model.regimes; ++k)
        model.Covariance(k)[e] = sum / static_cast<double>(model.regimes);
    }
  }
  for (std::size_t k = 0; k < model.regimes && model.shape == CovarianceShape::kSpherical; ++k) {
    double sum = 0;
    for (std::size_t i = 0; i < d; ++i) sum += model.Covariance(k)[i * d + i];
    for (std::size_t i = 0; i < d; ++i) model.Covariance(k)[i * d + i] = sum / static_cast<double>(d);
  }
}

}  // namespace

GaussianHmm StartingModel(const Observations& x, std::size_t regimes, CovarianceShape shape,
                          std::uint64_t seed, std::size_t index) {
  RandomStream random(seed, absl::StrFormat("regime/start-%d", index));
  const FeatureScale scale = ScaleOf(x);
  const Points points = index % 2 == 0 ? StandardizedRows(x, scale) : LocalVolatility(x, scale);
  const std::vector<std::size_t> cluster = Cluster(points, regimes, random);
  GaussianHmm model = EmptyModel(shape, regimes, x.features());
  for (std::size_t k = 0; k < regimes; ++k) SetEmission(x, points, cluster, k, scale, model);
  Share(model);
  const double others = regimes == 1 ? 0 : (1 - kStay) / static_cast<double>(regimes - 1);
  for (std::size_t i = 0; i < regimes; ++i) {
    model.start[i] = 1 / static_cast<double>(regimes);
    for (std::size_t j = 0; j < regimes; ++j)
      model.Transition(i, j) = i == j ? 1 - others * static_cast<double>(regimes - 1) : others;
  }
  return Reordered(model, OrderByVolatility(model, scale));
}

}  // namespace crucible::regime
