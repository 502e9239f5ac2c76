// A hidden Markov model with Gaussian emissions: the parameters, nothing that computes with them.
//
// Regimes are numbered 0 .. regimes - 1. The chain starts with `start` and moves by `transition`; an
// observation of `features` numbers is drawn from the Gaussian of its regime. A zero in `start` or
// `transition` forbids; every computation keeps it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"

namespace crucible::regime {

// What the covariances share. Storage is the same for all: `regimes` full matrices.
enum class CovarianceShape : std::uint8_t {
  kFull,       // one matrix per regime
  kDiagonal,   // one variance per regime and feature
  kTied,       // one matrix for all regimes
  kSpherical,  // one variance per regime
};
std::string_view Name(CovarianceShape shape);
absl::StatusOr<CovarianceShape> CovarianceShapeFromName(std::string_view name);

struct GaussianHmm {
  static constexpr std::size_t kMaxRegimes = 32;
  static constexpr std::size_t kMaxFeatures = 64;

  CovarianceShape shape = CovarianceShape::kFull;
  std::size_t regimes = 0;
  std::size_t features = 0;
  std::vector<double> start;       // [regimes]
  std::vector<double> transition;  // [regimes][regimes], row: from
  std::vector<double> mean;        // [regimes][features]
  std::vector<double> covariance;  // [regimes][features][features], symmetric

  double& Transition(std::size_t from, std::size_t to) { return transition[from * regimes + to]; }
  double Transition(std::size_t from, std::size_t to) const { return transition[from * regimes + to]; }
  double* Mean(std::size_t k) { return mean.data() + k * features; }
  const double* Mean(std::size_t k) const { return mean.data() + k * features; }
  double* Covariance(std::size_t k) { return covariance.data() + k * features * features; }
  const double* Covariance(std::size_t k) const { return covariance.data() + k * features * features; }

  // Sizes agree, probabilities are non-negative and sum to 1 within 1e-6, covariances are positive definite.
  // kInvalidArgument names the entry that is not.
  absl::Status Validate() const;
  // Free parameters: what BIC charges for. Forbidden transitions cost nothing.
  std::size_t FreeParameters() const;
  // Of every parameter's bits.
  Hash128 Hash() const;
};

// A model of the given size with every entry zero.
GaussianHmm EmptyModel(CovarianceShape shape, std::size_t regimes, std::size_t features);

// Long-run shares of the regimes: the left eigenvector of `transition` for eigenvalue 1 that the chain
// reaches from `start`, by squaring the transition matrix until it stands still.
std::vector<double> StationaryDistribution(const GaussianHmm& model);

}  // namespace crucible::regime
