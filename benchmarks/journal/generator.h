// Record streams for the benchmarks, each from a fixed seed.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/event/event.h"

namespace crucible::journal {

// Order flow on 24 instruments with Zipf activity: 45 % adds, 40 % deletes, 5 % modifies, 10 % executions.
std::vector<Event> ManyInstruments(std::size_t count);
// Order flow on one instrument, receive time equal to venue time.
std::vector<Event> OneInstrument(std::size_t count);
// Messages of an L2 feed: a head and some levels each; venue times in milliseconds; trades between them.
std::vector<Event> DepthMessages(std::size_t count);
// What a market maker's run appends: intents, acknowledgements, cancels, fills, samples of equity.
std::vector<Event> Decisions(std::size_t count);

}  // namespace crucible::journal
