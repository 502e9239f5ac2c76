// The sample of one analysis: standardised series, read at lags 0 to 2 max_lag.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(const LaggedData data, LaggedData::Create(panel, {.max_lag = 3}));
//   const Correlations correlations = Correlate(data, pool);
//
// Threads: immutable after Create(). Memory: variables x rows doubles; 2 max_lag + 1 times that with normal
// scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/base/status.h"
#include "framework/models/causal/panel.h"

namespace crucible::causal {

// Variable at a lag: X_variable(t - lag).
struct Node {
  std::uint32_t variable = 0;
  std::uint32_t lag = 0;
  friend constexpr auto operator<=>(Node, Node) = default;
};

// What is done to a series before linear tests.
enum class Transform : std::uint8_t {
  kNone,
  // Each (variable, lag) by its empirical distribution function over the sample to normal scores (the
  // non-paranormal: Liu, Lafferty, Wasserman 2009), with the reference's scale u = rank / n, largest 1 -
  // 1e-5, ties to the last rank.
  kNormalScores,
};

class LaggedData {
 public:
  struct Options {
    std::size_t max_lag = 1;
    Transform transform = Transform::kNone;
    std::size_t least_rows = 10;
  };
  // Fails as ChooseSample() does; kInvalidArgument when there is no variable.
  static absl::StatusOr<LaggedData> Create(const Panel& panel, const Options& options);

  std::size_t variables() const { return variables_; }
  std::size_t max_lag() const { return max_lag_; }
  std::size_t lags() const { return 2 * max_lag_ + 1; }  // of a node
  std::size_t nodes() const { return variables_ * lags(); }
  std::size_t rows() const { return sample_.rows; }
  const Sample& sample() const { return sample_; }
  Transform transform() const { return transform_; }
  std::size_t Index(Node node) const { return node.lag * variables_ + node.variable; }

  // First of the run's rows of `node`, contiguous; not standardised to the run, but to the whole series.
  const double* RunRows(Node node, std::size_t run) const;
  // All rows of `node` in sample order: rows() values.
  void Column(Node node, double* out) const;
  // All rows of the sample hold one value.
  bool IsConstant(Node node) const { return constant_[Index(node)] != 0; }

 private:
  void StandardiseSeries(const Panel& panel);
  void ScoreNodes();
  void FindConstants();

  std::size_t variables_ = 0;
  std::size_t max_lag_ = 0;
  Transform transform_ = Transform::kNone;
  Sample sample_;
  std::vector<std::vector<std::vector<double>>> series_;  // [set][variable][row]
  std::vector<std::vector<double>> scores_;               // [node][row of the sample], normal scores only
  std::vector<std::size_t> run_starts_;                   // first row of a run in the sample
  std::vector<std::uint8_t> constant_;                    // [node]
};

}  // namespace crucible::causal
