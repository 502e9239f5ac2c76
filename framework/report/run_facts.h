// What a run's own stream says, folded: orders, fills, samples of the account, values that decisions read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/attacks.h"
#include "framework/engine/why.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"
#include "framework/event/order_codes.h"
#include "framework/report/causal_facts.h"
#include "framework/report/run_input.h"

namespace crucible::report {

enum class OrderEnd : std::uint8_t { kOpen, kFilled, kCanceled, kRejected, kDenied };
std::string_view Name(OrderEnd end);

// A stretch of an order's life at one price. Amending starts the next one.
struct PriceStep {
  Nanos from;
  Price price;
};

struct OrderFact {
  Event intent;
  IntentBody body{};
  IntentTermsBody terms{};
  std::vector<PriceStep> steps;
  std::vector<std::uint32_t> fills;  // indices into RunFacts::fills
  Quantity filled;
  Nanos at_venue, acknowledged;  // 0: never
  bool answered = false;         // by the venue
  Nanos ended = kEndOfTime;
  std::int64_t queue_ahead = -1;  // when it was accepted
  OrderEnd end = OrderEnd::kOpen;
  Reason reason{};
  std::uint64_t id() const { return body.order_id.value; }
  OrderType type() const { return static_cast<OrderType>(terms.type_tif & 0xff); }
  TimeInForce tif() const { return static_cast<TimeInForce>(terms.type_tif >> 8 & 0xff); }
  std::int64_t options() const { return terms.type_tif >> 16 & 0xff; }
};

struct FillFact {
  std::uint32_t order = 0;  // index into RunFacts::orders
  Event fill, detail;
  FillBody body{};
  FillDetailBody more{};
  bool maker() const { return (fill.flags & flag::kMaker) != 0; }
};

struct RunFacts {
  std::vector<OrderFact> orders;            // in the order of their intents
  std::vector<engine::OrderStory> stories;  // as `orders`; empty of those without a fill
  std::vector<FillFact> fills;
  std::vector<Event> funding;  // kFunding
  std::vector<Event> samples;                     // kEquity
  std::map<std::uint64_t, std::string> features;  // names by id
  std::vector<Event> observations;                // kFeatureRead, in order
  std::vector<Event> denials;                     // kRiskDenial
  std::vector<Event> forecasts;                   // kRegimeForecast, one per regime at each bar
  std::vector<Event> swaps;                       // kModelSwap
  CausalFacts causal;                             // of the live causal graph; no variables: the run has none
  std::vector<engine::Attack> attacks;            // of predators, in a simulated market; none ends after `end`
  // By sequence - 1, to walk causes within the run: kind and origin of every record.
  std::vector<Kind> kinds;
  std::vector<std::uint64_t> origins;
  Nanos start, end;
  std::uint64_t cancel_requests = 0, records = 0, timers = 0;
  std::uint32_t instruments = 0;  // ids below this were traded
};

// kDataLoss: the stream does not hold together (a reply to an order that it never sent, half a group).
absl::StatusOr<RunFacts> ReadRun(const RunInput& run, const Progress& progress);

}  // namespace crucible::report
