// The analysis behind `crucible discover`: from a panel to a graph with confidence and a check of its
// p-values.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/models/causal/bagging.h"
#include "framework/models/causal/linear_test.h"
#include "framework/models/causal/pcmci_plus.h"
#include "framework/models/causal/surrogates.h"

namespace crucible::cli {

enum class DiscoverTest : std::uint8_t { kParCorr, kRobustParCorr, kCmiKnn };

struct DiscoverOptions {
  DiscoverTest test = DiscoverTest::kRobustParCorr;
  causal::Errors errors = causal::Errors::kHeteroscedastic;
  bool contemporaneous = false;  // PCMCI+
  std::size_t min_lag = 1;       // 0 with PCMCI+
  std::size_t max_lag = 3;
  std::optional<double> pc_alpha = 0.05;
  double alpha = 0.01;
  causal::FalseDiscovery false_discovery = causal::FalseDiscovery::kAll;
  std::vector<std::string> forbidden, required;  // "a->b", "a->b@2", "a->b@1-3"
  std::size_t samples = 100;                     // of the bagged graph; 0: none
  std::size_t surrogates = 20;                   // 0: none
  std::size_t draws = 500;                       // of CMIknn
  std::size_t threads = 1;
  std::uint64_t seed = 1;
};

struct Discovery {
  std::vector<std::string> names;
  DiscoverOptions options;
  std::size_t rows = 0;  // of the sample
  std::size_t data_sets = 1;
  causal::CausalGraph graph;
  std::optional<causal::BaggedGraph> bagged;
  std::optional<causal::FalsePositives> false_positives;
  std::vector<std::string> warnings;
};

// `step` hears what is being done, and the share of it.
using DiscoverProgress = std::function<void(std::string_view step, double share)>;

absl::StatusOr<Discovery> Discover(const causal::Panel& panel, const DiscoverOptions& options,
                                   const DiscoverProgress& progress);

// Reads "a->b@1-3" into the assumptions; without lags it means all from `min_lag`. kInvalidArgument says what is
// wrong.
absl::Status AddAssumption(const std::string& text, causal::Assumption assumption,
                           const std::vector<std::string>& names, std::size_t min_lag,
                           causal::LinkAssumptions& into);

// Those of `forbidden` and `required`.
absl::StatusOr<causal::LinkAssumptions> ReadAssumptions(const std::vector<std::string>& names,
                                                        const DiscoverOptions& options);

std::string_view ToText(DiscoverTest test);

}  // namespace crucible::cli
