// The live causal graph of a run: reads the bars of one instrument before strategies do, journals every link
// that is added or withdrawn with its reason, and knows the parents of one variable, the target.
//
// The parents are a mask of features: which variables, at which lags, drive the target as far as the bars up
// to now tell.
//
// Allocation: at every test of the links. Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crucible/plugin.h"
#include "framework/base/hash.h"
#include "framework/engine/bar_rows.h"
#include "framework/engine/recorder.h"
#include "framework/engine/source.h"
#include "framework/features/causal_watch.h"

namespace crucible::engine {

class CausalObserver {
 public:
  // `features` are the variables of `watch`, of bars of `instrument`. kInvalidArgument: their number differs.
  static absl::StatusOr<CausalObserver> Create(InstrumentId instrument, features::BarFeatures features,
                                               features::CausalWatch watch);

  // Names the variables in the run's stream; once, before the first bar.
  void Define(Nanos now, CauseRef cause, Recorder& recorder) const;

  struct Change {
    std::uint64_t seq = 0;  // of the link_change record
    crucible_causes_event_v1 event{};
  };
  // A group that was delivered at `now`. If it is a bar that gives a row, the graph reads it, and `recorder`
  // gets what changed. Returns the last change of the target's parents, if there was one.
  std::optional<Change> Observe(const MarketGroup& group, CauseRef cause, Nanos now, Recorder& recorder);

  // Its pointers are valid until the next Observe().
  crucible_causes_v1 View() const;
  void Hash(StateHasher& hasher) const { watch_.Hash(hasher); }

 private:
  CausalObserver(BarRows rows, features::CausalWatch watch)
      : rows_(std::move(rows)), watch_(std::move(watch)) {}

  BarRows rows_;
  features::CausalWatch watch_;
  std::vector<crucible_cause_v1> parents_;
};

}  // namespace crucible::engine
