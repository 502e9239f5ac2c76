#include "framework/models/causal/live_graph.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/causal/link_statistics.h"
#include "framework/models/stats/distributions.h"

namespace crucible::causal {

absl::StatusOr<LiveGraph> LiveGraph::Create(std::vector<std::string> names, LiveOptions options) {
  if (names.empty()) return absl::InvalidArgumentError("there is no variable");
  if (options.max_lag == 0) return absl::InvalidArgumentError("the largest lag is 0, expected at least 1");
  const std::size_t least = 10 + 2 * names.size() * options.max_lag;
  if (options.window_rows < least) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the window has %d rows, %d variables at %d lags need at least %d",
                        options.window_rows, names.size(), options.max_lag, least));
  }
  if (options.test_bars == 0 || options.recompute_bars == 0 || options.establish_tests == 0 ||
      options.withdraw_tests == 0) {
    return absl::InvalidArgumentError("bars and tests of the live graph are counted from 1");
  }
  CRUCIBLE_RETURN_IF_ERROR(CheckLevel("the selection level", options.pcmci.pc_alpha.value_or(0.05)));
  CRUCIBLE_RETURN_IF_ERROR(CheckLevel("the level of links", options.pcmci.alpha));
  CRUCIBLE_RETURN_IF_ERROR(CheckLevel("the level of withdrawal", options.withdraw_alpha));
  if (options.withdraw_alpha < options.pcmci.alpha) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the level of withdrawal is %g, expected at least %g, the level of links",
                        options.withdraw_alpha, options.pcmci.alpha));
  }
  CRUCIBLE_RETURN_IF_ERROR(CheckLags(options.pcmci.min_lag, options.max_lag));
  CRUCIBLE_RETURN_IF_ERROR(options.pcmci.assumptions.Check(names.size(), options.max_lag));
  LiveGraph live;
  live.variables_ = names.size();
  live.options_ = std::move(options);
  live.centre_.assign(names.size(), 0.0);
  live.scale_.assign(names.size(), 1.0);
  live.window_.resize(names.size() * (2 * live.options_.max_lag + 1));
  live.states_ = LinkTable<State>(names.size(), live.options_.max_lag, {});
  return live;
}

std::vector<LinkChange> LiveGraph::Push(std::span<const double> bar) {
  CRUCIBLE_CHECK(bar.size() == variables_);
  Row row{{bar.begin(), bar.end()}, std::vector<std::uint64_t>(variables_, 0), true};
  for (std::size_t v = 0; v < variables_; ++v) {
    if (std::isnan(bar[v])) row.complete = false;
    if (!rows_.empty()) row.changes[v] = rows_.back().changes[v] + (bar[v] != rows_.back().values[v] ? 1 : 0);
  }
  rows_.push_back(std::move(row));
  ++bars_;
  std::vector<LinkChange> changes;
  const std::uint64_t filled = options_.window_rows + 2 * options_.max_lag;
  if (bars_ < filled) return changes;
  if (bars_ == filled || bars_ % options_.recompute_bars == 0) {
    Recompute();
  } else {
    Exchange(bars_ - 1, 1);
    Exchange(bars_ - 1 - options_.window_rows, -1);
  }
  while (rows_.size() > filled) {
    rows_.pop_front();
    ++first_bar_;
  }
  // Half of the window must be complete; else the graph stays what it was.
  if (bars_ % options_.test_bars == 0 && 2 * moments_.rows >= static_cast<double>(options_.window_rows)) {
    TestLinks(changes);
  }
  return changes;
}

bool LiveGraph::WindowComplete(std::uint64_t bar) const {
  for (std::uint64_t lag = 0; lag <= 2 * options_.max_lag; ++lag) {
    if (!RowAt(bar - lag).complete) return false;
  }
  return true;
}

void LiveGraph::Exchange(std::uint64_t bar, double weight) {
  if (!WindowComplete(bar)) return;
  for (std::size_t lag = 0; lag <= 2 * options_.max_lag; ++lag) {
    const Row& row = RowAt(bar - lag);
    for (std::size_t v = 0; v < variables_; ++v) {
      window_[lag * variables_ + v] = (row.values[v] - centre_[v]) * scale_[v];
    }
  }
  const std::size_t d = moments_.nodes;
  moments_.rows += weight;
  for (std::size_t a = 0; a < d; ++a) {
    const double share = weight * window_[a];
    moments_.sums[a] += share;
    double* __restrict products = &moments_.products[a * d];
    for (std::size_t b = a / variables_ * variables_; b < d; ++b) products[b] += share * window_[b];
  }
}

void LiveGraph::Recompute() {
  for (std::size_t v = 0; v < variables_; ++v) {
    double sum = 0, count = 0, squares = 0;
    for (const Row& row : rows_) {
      if (!row.complete) continue;
      sum += row.values[v];
      count += 1;
    }
    centre_[v] = count > 0 ? sum / count : 0;
    for (const Row& row : rows_) {
      if (row.complete) squares += (row.values[v] - centre_[v]) * (row.values[v] - centre_[v]);
    }
    scale_[v] = squares > 0 ? 1 / Sqrt(squares / count) : 1;
  }
  moments_.Reset(variables_, variables_ * (2 * options_.max_lag + 1));
  for (std::uint64_t bar = bars_ - options_.window_rows; bar < bars_; ++bar) Exchange(bar, 1);
}

bool LiveGraph::IsConstantNow(Node node) const {
  const std::uint64_t last = bars_ - 1 - node.lag;
  return RowAt(last).changes[node.variable] == RowAt(last + 1 - options_.window_rows).changes[node.variable];
}

void LiveGraph::TestLinks(std::vector<LinkChange>& changes) {
  std::vector<std::uint8_t> constant(moments_.nodes);
  for (std::uint32_t lag = 0; lag <= 2 * options_.max_lag; ++lag) {
    for (std::uint32_t v = 0; v < variables_; ++v)
      constant[lag * variables_ + v] = IsConstantNow({v, lag}) ? 1 : 0;
  }
  ToCorrelations(moments_, constant, correlations_);
  LinearTest test(correlations_, nullptr, options_.max_lag);
  if (options_.pcmci.pc_alpha) test.Prepare(*options_.pcmci.pc_alpha, thresholds_);
  TaskPool alone(1);
  absl::StatusOr<CausalGraph> graph = RunPcmci(test, options_.pcmci, alone);
  CRUCIBLE_CHECK(graph.ok());  // options were checked
  graph_ = *std::move(graph);
  for (std::uint32_t i = 0; i < variables_; ++i) {
    for (std::size_t j = 0; j < variables_; ++j) {
      for (auto lag = static_cast<std::uint32_t>(std::max<std::size_t>(1, options_.pcmci.min_lag));
           lag <= options_.max_lag; ++lag) {
        Judge({i, lag}, j, test, changes);
      }
    }
  }
}

void LiveGraph::Judge(Node cause, std::size_t j, const LinearTest& test, std::vector<LinkChange>& changes) {
  State& state = states_.at(cause.variable, j, cause.lag);
  const double value = graph_->values.at(cause.variable, j, cause.lag);
  const double q = graph_->q.at(cause.variable, j, cause.lag);
  const bool required = options_.pcmci.assumptions.requires_link(cause.variable, j, cause.lag);
  const bool passes = graph_->marks.at(cause.variable, j, cause.lag) == Mark::kForward;
  const bool agrees = (value > 0) == state.positive;
  const bool stands = required || (q <= options_.withdraw_alpha && agrees);
  const bool turned = state.established && !required && passes && !agrees;
  if ((state.established ? stands : !passes) && !turned) {
    state.streak = 0;
    return;
  }
  ++state.streak;
  if (!turned && state.streak < (state.established ? options_.withdraw_tests : options_.establish_tests))
    return;
  state.established = !state.established;
  state.positive = value > 0;
  state.streak = 0;
  LinkChange change{bars_ - 1, cause, static_cast<std::uint32_t>(j), state.established};
  change.value = value;
  change.p = graph_->p.at(cause.variable, j, cause.lag);
  change.q = q;
  if (!state.established) change.reason = turned ? ChangeReason::kSignTurned : WhyWithdrawn(cause, j, test);
  changes.push_back(change);
}

ChangeReason LiveGraph::WhyWithdrawn(Node cause, std::size_t j, const LinearTest& test) const {
  const Node effect{static_cast<std::uint32_t>(j), 0};
  const CiResult alone = test.Test(cause, effect, {});
  if (alone.outcome == CiOutcome::kConstant) return ChangeReason::kConstant;
  const Triple link{cause, effect.variable, effect.variable};
  if (std::ranges::find(graph_->collinear, link) != graph_->collinear.end()) return ChangeReason::kCollinear;
  const double left = std::fabs(graph_->values.at(cause.variable, j, cause.lag));
  const bool explained = alone.p <= options_.pcmci.alpha && left < 0.5 * std::fabs(alone.value);
  return explained ? ChangeReason::kExplainedByOthers : ChangeReason::kNotSignificant;
}

void LiveGraph::Hash(StateHasher& hasher) const {
  hasher.Add(bars_);
  for (const State& state : states_.values()) {
    hasher.Add(std::uint64_t{state.streak} << 2 | std::uint64_t{state.positive} << 1 |
               std::uint64_t{state.established});
  }
  if (!ready()) return;
  for (const double value : graph_->values.values()) hasher.Add(value);
}

std::vector<Node> LiveGraph::ParentsOf(std::size_t effect) const {
  std::vector<Node> parents;
  for (std::uint32_t i = 0; i < variables_; ++i) {
    for (std::uint32_t lag = 1; lag <= options_.max_lag; ++lag) {
      if (IsEstablished(i, effect, lag)) parents.push_back({i, lag});
    }
  }
  return parents;
}

}  // namespace crucible::causal
