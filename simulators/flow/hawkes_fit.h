// Fits a Hawkes process by maximum likelihood, and says how well it fits.
//
// The likelihood falls apart by target type (Y. Ogata, "The asymptotic behaviour of maximum likelihood
// estimators for stationary point processes", Annals of the Institute of Statistical Mathematics 30, 1978):
// each type has its base rate, its decay and its row of the branching matrix. A row is brought near by
// expectation-maximisation from several decays, then to the maximum by Newton's method in the logarithms of
// the parameters. Standard errors come from the observed information at the maximum.
//
// Events of one moment do not excite each other: otherwise a feed that stamps many with one time would make
// the likelihood grow without bound. O(events x types) per step. Deterministic.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "framework/base/status.h"
#include "simulators/flow/hawkes.h"

namespace crucible::flow {

struct Estimate {
  double value = 0;
  double standard_error = 0;  // 0 where the parameter lies at its bound and none is defined
  // The 95 % interval, symmetric in the logarithm.
  double Low() const;
  double High() const;
};

// Whether the compensated waiting times of a type are exponential with mean 1: time rescaling (Brown,
// Barbieri, Ventura, Kass, Frank, Neural Computation 14, 2002), by Kolmogorov and Smirnov's distance.
struct RescalingTest {
  double distance = 0;
  double p_value = 1;
  std::size_t events = 0;
};

struct HawkesFit {
  HawkesModel model;
  std::vector<Estimate> base, decay;
  std::vector<std::vector<Estimate>> branching;  // [target][source]
  std::vector<RescalingTest> rescaling;          // by type
  double log_likelihood = 0;
  double branching_ratio = 0;
  std::size_t events = 0;
  bool converged = false;  // every type's gradient vanished
};

// Called with the number of types that are done.
using FitProgress = std::function<void(std::size_t done)>;

// `length`: seconds observed, at least the last event's time. kInvalidArgument when a type has fewer than 10
// events, or events are not in order.
absl::StatusOr<HawkesFit> FitHawkes(std::span<const HawkesEvent> events, std::size_t types, double length,
                                    const FitProgress& progress = {});

// Log-likelihood of events under a model; REQUIRES: model.Validate().
double LogLikelihood(const HawkesModel& model, std::span<const HawkesEvent> events, double length);

}  // namespace crucible::flow
