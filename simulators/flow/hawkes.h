// Events that excite each other: a multivariate Hawkes process with exponential kernels.
//
//   rate_i(t) = base_i + sum over earlier events k of type j   branching_ij decay_i exp(-decay_i (t - t_k))
//
// branching_ij is the mean number of events of type i that one of type j makes directly; their spectral
// radius, the branching ratio, is the share of events that are somebody's offspring. Below 1 the process is
// stationary. A. G. Hawkes, "Spectra of some self-exciting and mutually exciting point processes" (Biometrika
// 58, 1971).
//
// Units: seconds and events per second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/base/random.h"
#include "framework/base/status.h"

namespace crucible::flow {

struct HawkesEvent {
  double at = 0;  // seconds from the start of the observation, ascending
  std::uint32_t type = 0;
};

struct HawkesModel {
  std::vector<double> base;                    // by type, > 0
  std::vector<double> decay;                   // by type, > 0
  std::vector<std::vector<double>> branching;  // [target][source], >= 0

  std::size_t types() const { return base.size(); }
  // kInvalidArgument names what does not fit.
  absl::Status Validate() const;
  // Spectral radius of the branching matrix.
  double BranchingRatio() const;
};

// The process as it runs: rates between events, in O(types) per event and source.
class HawkesState {
 public:
  // The model outlives the state.
  explicit HawkesState(const HawkesModel& model);
  // Lets `seconds` pass.
  void Decay(double seconds);
  void Happen(std::uint32_t type);
  double rate(std::size_t type) const { return rates_[type]; }
  double total() const;

 private:
  const HawkesModel* model_;
  std::vector<double> rates_;
};

// Ogata's thinning: between events all rates fall, so the rate after an event bounds what follows.
// Y. Ogata, "On Lewis' simulation method for point processes" (IEEE Transactions on Information Theory 27,
// 1981).
class HawkesSampler {
 public:
  // REQUIRES: model.Validate(); the model outlives the sampler.
  HawkesSampler(const HawkesModel& model, RandomStream random);
  // The next event, if nothing else happens before it.
  const HawkesEvent& Peek();
  // It happens.
  HawkesEvent Next();
  // Tells of an event of the process that was not drawn here, between the last one and Peek(), which is drawn anew.
  void Excite(const HawkesEvent& event);
  void Hash(StateHasher& hasher) const;

 private:
  std::uint32_t DrawType(double below_total) const;
  const HawkesModel& model_;
  HawkesState state_;  // at the last event
  double at_ = 0;
  bool drawn_ = false;
  HawkesEvent next_;    // when drawn_
  HawkesState before_;  // just before it
  RandomStream random_;
};

}  // namespace crucible::flow
