#include "framework/models/regime/maximization.h"

#include <algorithm>

#include "framework/models/regime/covariance_factor.h"

namespace crucible::regime {
namespace {

constexpr double kLeastWeight = 1e-5;

bool IsMatrix(CovarianceShape shape) {
  return shape == CovarianceShape::kFull || shape == CovarianceShape::kTied;
}

// Moves the means; returns the scatter about the new ones, [regimes][features][features].
std::vector<double> MoveMeans(const MomentSums& moments, GaussianHmm& model) {
  const std::size_t d = model.features;
  std::vector<double> scatter(model.regimes * d * d);
  for (std::size_t k = 0; k < model.regimes; ++k) {
    const double weight = moments.Weight(k);
    if (!(weight > 0)) continue;
    const double* first = moments.First(k);
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = moments.diagonal() ? i : 0; j <= i; ++j) {
        const double about_new = moments.Second(k, i, j) - first[i] * first[j] / weight;
        scatter[(k * d + i) * d + j] = scatter[(k * d + j) * d + i] = about_new;
      }
    }
    for (std::size_t i = 0; i < d; ++i) model.Mean(k)[i] += first[i] / weight;
  }
  return scatter;
}

}  // namespace

void NormalizeInto(const double* counts, std::size_t size, double* probabilities) {
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += probabilities[i] > 0 ? counts[i] : 0;
  if (!(sum > 0)) return;
  for (std::size_t i = 0; i < size; ++i) probabilities[i] = probabilities[i] > 0 ? counts[i] / sum : 0;
}

Maximization::Maximization(const Observations& observations, const EmOptions& options) : options_(options) {
  for (const double deviation : ScaleOf(observations).deviation)
    floor_.push_back(options.floor * deviation * deviation);
}

bool Maximization::Update(const Expectation& e, GaussianHmm& model) const {
  NormalizeInto(e.start.data(), model.regimes, model.start.data());
  for (std::size_t k = 0; k < model.regimes; ++k) {
    NormalizeInto(e.transition.data() + k * model.regimes, model.regimes,
                  model.transition.data() + k * model.regimes);
  }
  return UpdateEmissions(e.moments, model);
}

bool Maximization::UpdateEmissions(const MomentSums& moments, GaussianHmm& model) const {
  const std::vector<double> scatter = MoveMeans(moments, model);
  if (IsMatrix(model.shape)) {
    UpdateMatrices(moments, scatter, model);
  } else {
    UpdateVariances(moments, scatter, model);
  }
  return RaiseToFloor(model);
}

double Maximization::PriorOf(bool diagonal_element) const {
  return diagonal_element || options_.prior.every_element ? options_.prior.scale : 0;
}

void Maximization::UpdateMatrices(const MomentSums& moments, const std::vector<double>& scatter,
                                  GaussianHmm& model) const {
  const std::size_t d = model.features, size = d * d;
  const double extra = std::max(options_.prior.weight - static_cast<double>(d), 0.0);
  const bool tied = model.shape == CovarianceShape::kTied;
  double total = 0;
  for (std::size_t k = 0; k < model.regimes; ++k) total += moments.Weight(k);
  for (std::size_t k = 0; k < model.regimes; ++k) {
    const double weight = extra + (tied ? total : moments.Weight(k));
    if (!(weight > kLeastWeight)) continue;
    for (std::size_t e = 0; e < size; ++e) {
      double sum = 0;
      if (tied) {
        for (std::size_t m = 0; m < model.regimes; ++m) sum += scatter[m * size + e];
      } else {
        sum = scatter[k * size + e];
      }
      model.Covariance(k)[e] = (PriorOf(e / d == e % d) + sum) / weight;
    }
  }
}

void Maximization::UpdateVariances(const MomentSums& moments, const std::vector<double>& scatter,
                                   GaussianHmm& model) const {
  const std::size_t d = model.features;
  for (std::size_t k = 0; k < model.regimes; ++k) {
    const double weight = std::max(options_.prior.weight - 1, 0.0) + moments.Weight(k);
    if (!(weight > kLeastWeight)) continue;
    double mean_variance = 0;
    for (std::size_t i = 0; i < d; ++i) {
      const double variance = (options_.prior.scale + scatter[(k * d + i) * d + i]) / weight;
      model.Covariance(k)[i * d + i] = variance;
      mean_variance += variance / static_cast<double>(d);
    }
    if (model.shape != CovarianceShape::kSpherical) continue;
    for (std::size_t i = 0; i < d; ++i) model.Covariance(k)[i * d + i] = mean_variance;
  }
}

// Whether every direction keeps `factor` times the floor: the matrix less that much stays positive definite.
bool Maximization::AboveFloor(const double* covariance, std::size_t d, double factor) const {
  std::vector<double> rest(covariance, covariance + d * d), lower(d * d);
  for (std::size_t i = 0; i < d; ++i) rest[i * d + i] -= factor * floor_[i];
  return CholeskyFactor(rest.data(), d, lower.data());
}

bool Maximization::RaiseToFloor(GaussianHmm& model) const {
  bool acted = false;
  if (!(options_.floor > 0)) return acted;
  const std::size_t d = model.features;
  for (std::size_t k = 0; k < model.regimes; ++k) {
    double* covariance = model.Covariance(k);
    for (int doubling = 0; doubling < 60 && !AboveFloor(covariance, d, 0.5); ++doubling) {
      acted = true;
      for (std::size_t i = 0; i < d; ++i) {
        double& variance = covariance[i * d + i];
        variance = std::max(variance, 0.0) + floor_[i] * static_cast<double>(std::uint64_t{1} << doubling);
      }
    }
  }
  return acted;
}

}  // namespace crucible::regime
