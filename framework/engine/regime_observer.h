// The regime model of a run: reads the bars of one instrument before strategies do, journals what it says,
// and knows which route is active.
//
// A route is a way to trade: a set of parameters, or whatever strategies make of its number. The router
// (framework/models/regime/router.h) swaps routes on the forecast of regimes, so at a bar it uses that bar
// and earlier ones. Everything that leaves here is made from Filtered quantities.
//
// Allocation: none after the second bar. Threads: thread-compatible.
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
#include "framework/features/regime_watch.h"

namespace crucible::engine {

class RegimeObserver {
 public:
  // `features` are the inputs of the model in `watch`, of bars of `instrument`. kInvalidArgument: their
  // number differs from the model's inputs, or there is not one name per route.
  static absl::StatusOr<RegimeObserver> Create(InstrumentId instrument, features::BarFeatures features,
                                               features::RegimeWatch watch,
                                               std::vector<std::string> route_names);

  struct Swap {
    std::uint64_t seq = 0;  // of its record
    crucible_regime_event_v1 event{};
  };
  // A group that was delivered at `now`. If it is a bar that gives a row, the model reads it, and `recorder`
  // gets the forecast and the swap, if there was one.
  std::optional<Swap> Observe(const MarketGroup& group, CauseRef cause, Nanos now, Recorder& recorder);

  std::size_t route() const { return watch_.active(); }
  std::size_t routes() const { return watch_.routes(); }
  // Its pointers are valid until the next Observe().
  crucible_regime_v1 View() const;
  void Hash(StateHasher& hasher) const { watch_.Hash(hasher); }

 private:
  RegimeObserver(BarRows rows, features::RegimeWatch watch, std::vector<std::string> route_names);

  BarRows rows_;
  features::RegimeWatch watch_;
  std::vector<std::string> route_names_;
};

}  // namespace crucible::engine
