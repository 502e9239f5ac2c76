// Trades as a trader counts them: a round trip runs from flat to flat in one instrument; a fill through zero
// ends one and begins the next. Its profit is realised P&L minus fees; the fee of a fill through zero is
// split by quantity.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/base/units.h"
#include "framework/trading/account.h"

namespace crucible::trading {

struct RoundTripStatistics {
  std::uint64_t trips = 0;   // n
  std::uint64_t wins = 0;    // net profit above zero
  std::uint64_t losses = 0;  // below zero
  Int128 profit = 0;         // sum over wins, money units
  Int128 loss = 0;           // sum over losses, not positive
  Money best, worst;
  Int128 held_nanos = 0;  // sum over trips of the time from first to last fill
  double win_rate() const { return trips == 0 ? 0 : static_cast<double>(wins) / static_cast<double>(trips); }
  // Money units.
  double average() const {
    return trips == 0 ? 0 : static_cast<double>(profit + loss) / static_cast<double>(trips);
  }
};

class RoundTrips {
 public:
  // REQUIRES: result.ok.
  void OnFill(const Fill& fill, const FillResult& result);
  const RoundTripStatistics& statistics() const { return statistics_; }

 private:
  struct Trip {
    Money net;
    Nanos opened;
  };
  void Close(Trip& trip, Nanos at);

  std::vector<Trip> trips_;  // by instrument
  RoundTripStatistics statistics_;
};

}  // namespace crucible::trading
