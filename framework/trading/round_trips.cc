#include "framework/trading/round_trips.h"

#include <algorithm>

#include "framework/trading/rounding.h"

namespace crucible::trading {

void RoundTrips::OnFill(const Fill& fill, const FillResult& result) {
  const std::size_t index = fill.instrument.value;
  if (index >= trips_.size()) trips_.resize(index + 1);
  Trip& trip = trips_[index];
  if (result.before.units == 0) trip = {{}, fill.at};
  const Money closing_fee{
      Saturate(DivideHalfEven(Int128{result.fee.units} * result.closed.units, fill.quantity.units))};
  const std::int64_t held = result.before.units < 0 ? -result.before.units : result.before.units;
  const bool ends = held != 0 && result.closed.units == held;
  if (!ends) {
    trip.net = trip.net + result.realised - result.fee;
    return;
  }
  trip.net = trip.net + result.realised - closing_fee;
  Close(trip, fill.at);
  trip = {closing_fee - result.fee, fill.at};
}

void RoundTrips::Close(Trip& trip, Nanos at) {
  RoundTripStatistics& s = statistics_;
  s.best = s.trips == 0 ? trip.net : std::max(s.best, trip.net);
  s.worst = s.trips == 0 ? trip.net : std::min(s.worst, trip.net);
  ++s.trips;
  s.wins += trip.net.units > 0;
  s.losses += trip.net.units < 0;
  (trip.net.units > 0 ? s.profit : s.loss) += trip.net.units;
  s.held_nanos += (at - trip.opened).nanos;
}

}  // namespace crucible::trading
