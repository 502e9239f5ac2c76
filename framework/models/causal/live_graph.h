// The live graph: PCMCI over the last rows of a stream, after every bar.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(LiveGraph live, LiveGraph::Create({"ret", "ofi"}, options));
//   for (const LinkChange& change : live.Push(bar)) ...
//
// A bar enters the moments of the window by a rank-one update, the oldest one leaves by a downdate: nodes^2 /
// 2 multiplications each. Rounding adds up, so the moments are computed anew from the window at every bar
// whose number is a multiple of `recompute_bars`, centred and scaled on that window; between two such bars
// they depend on the bars since the last one only, so a restored stream gives the same bits.
//
// All links are tested after every `test_bars` bars. A link is established when its q is at most `alpha` in
// `establish_tests` tests in a row, and withdrawn when its q is above `withdraw_alpha` in `withdraw_tests` in a
// row, or at once when it is significant with the opposite sign: between the two levels a link of its own sign
// stays what it is, so that one near the level does not come and go. A required link stays. Links at lag 0 have no direction here and are not followed. Every
// change is an event with its reason.
//
// Look-ahead: an output after bar t is a function of bars up to t. Threads: one caller.
// Memory: nodes^2 doubles and the window. With max_lag L the window of W rows needs W + 2 L bars.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/hash.h"
#include "framework/models/causal/linear_test.h"
#include "framework/models/causal/pcmci.h"

namespace crucible::causal {

enum class ChangeReason : std::uint8_t {
  kSignificant,        // established: passes the level
  kNotSignificant,     // withdrawn: does not pass any more
  kExplainedByOthers,  // withdrawn: still correlated (p at most the level), but the parents take half of it
                       // or more
  kSignTurned,         // withdrawn: significant with the opposite sign
  kConstant,           // withdrawn: cause or effect stands still in the window
  kCollinear,          // withdrawn: the parents determine cause or effect
};

struct LinkChange {
  std::uint64_t bar = 0;  // number of the bar after which it happened, the first is 0
  Node cause;
  std::uint32_t effect = 0;
  bool established = false;
  ChangeReason reason = ChangeReason::kSignificant;
  double value = 0;
  double p = 1;
  double q = 1;
  friend bool operator==(const LinkChange&, const LinkChange&) = default;
};

// Lagged links only, with a correction over all of them.
inline PcmciOptions LivePcmci() {
  PcmciOptions options;
  options.min_lag = 1;
  options.false_discovery = FalseDiscovery::kAll;
  return options;
}

struct LiveOptions {
  std::size_t max_lag = 3;
  std::size_t window_rows = 1000;
  std::size_t recompute_bars = 1000;
  std::size_t test_bars = 1;
  std::size_t establish_tests = 3;
  std::size_t withdraw_tests = 10;
  double withdraw_alpha = 0.05;  // at least pcmci.alpha
  PcmciOptions pcmci = LivePcmci();
};

class LiveGraph {
 public:
  // kInvalidArgument: no variables, a window of fewer rows than 10 + twice the lagged variables, or options
  // that cannot be met: levels outside (0, 1], a level of withdrawal below that of links, lags.
  static absl::StatusOr<LiveGraph> Create(std::vector<std::string> names, LiveOptions options);

  // Takes the next bar (NaN is missing) and returns what changed. REQUIRES: bar.size() is the number of
  // variables.
  std::vector<LinkChange> Push(std::span<const double> bar);

  std::uint64_t bars() const { return bars_; }
  // The window is full and has been tested.
  bool ready() const { return graph_.has_value(); }
  // The last test's graph. REQUIRES: ready().
  const CausalGraph& graph() const { return *graph_; }
  bool IsEstablished(std::size_t i, std::size_t j, std::size_t lag) const {
    return !states_.values().empty() && states_.at(i, j, lag).established;
  }
  // Established lagged parents of an effect, by cause and lag: the mask of features that drive it.
  std::vector<Node> ParentsOf(std::size_t effect) const;
  // Everything that later changes depend on, but the moments of the window.
  void Hash(StateHasher& hasher) const;

 private:
  struct State {
    bool established = false;
    bool positive = false;     // sign when established
    std::uint32_t streak = 0;  // tests in a row that speak for a change
  };
  struct Row {
    std::vector<double> values;
    std::vector<std::uint64_t>
        changes;            // by variable: bars so far at which its value differed from the one before
    bool complete = false;  // no value of the row is missing
  };

  LiveGraph() = default;
  const Row& RowAt(std::uint64_t bar) const { return rows_[bar - first_bar_]; }
  bool WindowComplete(std::uint64_t bar) const;
  void Exchange(std::uint64_t bar, double weight);
  void Recompute();
  bool IsConstantNow(Node node) const;
  void TestLinks(std::vector<LinkChange>& changes);
  void Judge(Node cause, std::size_t j, const LinearTest& test, std::vector<LinkChange>& changes);
  ChangeReason WhyWithdrawn(Node cause, std::size_t j, const LinearTest& test) const;

  std::size_t variables_ = 0;
  LiveOptions options_;
  std::uint64_t bars_ = 0;
  std::uint64_t first_bar_ = 0;  // of rows_
  std::deque<Row> rows_;
  std::vector<double> centre_, scale_;  // by variable, of the last recomputation
  Moments moments_;
  Correlations correlations_;
  Thresholds thresholds_;
  std::vector<double> window_;  // one row of all nodes
  std::optional<CausalGraph> graph_;
  LinkTable<State> states_;
};

}  // namespace crucible::causal
