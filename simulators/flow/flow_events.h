// What participants did, read from a recorded session: the events that a point process of order flow is
// about.
//
// Ten types: market orders, limit orders and cancellations by side, the latter two by distance from the own
// side's best price before the event (at: at it or better; behind: worse).
//
//   L3   an execution is a market order of the other side; executions of one moment and side are one order. A
//   modified
//        order that loses its place is a cancellation and a limit order, one that shrinks a cancellation.
//   L2   a level that grows is a limit order, one that shrinks a cancellation, less what printed there since
//   the last
//        message of the same side. Orders of one type in one message count as one of their whole volume, and what
//        came and went between two messages is not seen: rates of limit orders and cancellations are lower bounds.
//
// Snapshots and everything before the first are no events. Threads: thread-compatible.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "framework/book/book.h"
#include "framework/event/event.h"
#include "simulators/flow/hawkes.h"

namespace crucible::flow {

enum class FlowType : std::uint8_t {
  kMarketBuy,
  kMarketSell,
  kBidAt,
  kAskAt,
  kBidBehind,
  kAskBehind,
  kCancelBidAt,
  kCancelAskAt,
  kCancelBidBehind,
  kCancelAskBehind,
};
inline constexpr std::size_t kFlowTypes = 10;
std::string_view Name(FlowType type);
std::optional<FlowType> FlowTypeFromName(std::string_view name);

// Sums over the events of one type, for what they are like: sizes, and places of limit orders.
struct FlowTypeSums {
  std::uint64_t events = 0;     // of the process
  std::uint64_t orders = 0;     // with a size; not cancellations; L2: levels that grew
  std::int64_t quantity = 0;    // of them
  std::uint64_t away = 0;      // not at the best price: "at" types better, "behind" types worse
  std::int64_t distance = 0;   // of those: ticks from it
};

class FlowReader {
 public:
  explicit FlowReader(const book::BookOptions& options) : book_(options), tick_(options.tick_size) {}

  // One group of one instrument, in exchange time order.
  void Apply(std::span<const Event> group);

  // Times in seconds from the first event's moment.
  const std::vector<HawkesEvent>& events() const { return events_; }
  const std::array<FlowTypeSums, kFlowTypes>& sums() const { return sums_; }
  // From the first event to the last, seconds.
  double length() const { return events_.empty() ? 0 : events_.back().at; }

 private:
  struct Print {
    Price price;
    std::int64_t quantity = 0;
  };

  void ReadOrderRecord(const Event& record);
  void ReadModify(const Event& record);
  void ReadLevel(const Event& record);
  void ReadTrade(const Event& record);
  void Market(Side aggressor, std::int64_t quantity, std::int64_t at);
  void Limit(Side side, Price price, std::int64_t quantity, std::int64_t at);
  void Cancel(Side side, Price price, std::int64_t at);
  void Add(FlowType type, std::int64_t at);
  bool FirstOfMoment(FlowType type, std::int64_t at);
  std::int64_t TakePrinted(Side side, Price price, std::int64_t most);

  book::Book book_;
  PriceDelta tick_;
  bool begun_ = false;  // a snapshot or a first record has been applied
  std::int64_t start_ = INT64_MIN;
  std::int64_t last_market_at_ = INT64_MIN;
  Side last_market_ = Side::kNone;
  std::int64_t moment_ = INT64_MIN;
  std::uint32_t seen_ = 0;                     // L2: types of this moment, a bit each
  std::array<std::vector<Print>, 2> printed_;  // by resting side, since its last depth message
  std::vector<HawkesEvent> events_;
  std::array<FlowTypeSums, kFlowTypes> sums_{};
};

}  // namespace crucible::flow
