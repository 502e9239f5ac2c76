#include "simulators/flow/flow_events.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "framework/event/kinds.h"

namespace crucible::flow {
namespace {

std::size_t IndexOf(Side side) { return side == Side::kBid ? 0 : 1; }
FlowType Of(FlowType of_bid, Side side) {
  return static_cast<FlowType>(static_cast<std::size_t>(of_bid) + IndexOf(side));
}

}  // namespace

std::string_view Name(FlowType type) {
  static constexpr std::string_view kNames[kFlowTypes] = {
      "market buy",        "market sell",      "bid at",        "ask at",
      "bid behind",        "ask behind",       "cancel bid at", "cancel ask at",
      "cancel bid behind", "cancel ask behind"};
  return kNames[static_cast<std::size_t>(type)];
}

std::optional<FlowType> FlowTypeFromName(std::string_view name) {
  for (std::size_t type = 0; type < kFlowTypes; ++type)
    if (Name(static_cast<FlowType>(type)) == name) return static_cast<FlowType>(type);
  return std::nullopt;
}

// A message of an L2 feed has many levels of one moment: each type counts once.
bool FlowReader::FirstOfMoment(FlowType type, std::int64_t at) {
  if (at != moment_) seen_ = 0;
  moment_ = at;
  const std::uint32_t bit = 1U << static_cast<std::uint32_t>(type);
  const bool first = (seen_ & bit) == 0;
  seen_ |= bit;
  return first;
}

void FlowReader::Add(FlowType type, std::int64_t at) {
  if (book_.type() == book::BookType::kL2 && !FirstOfMoment(type, at)) return;
  ++sums_[static_cast<std::size_t>(type)].events;
  if (start_ == INT64_MIN) start_ = at;
  const double seconds = static_cast<double>(at - start_) * 1e-9;
  events_.push_back(
      {events_.empty() ? seconds : std::max(seconds, events_.back().at), static_cast<std::uint32_t>(type)});
}

// One order may be told of in many executions.
void FlowReader::Market(Side aggressor, std::int64_t quantity, std::int64_t at) {
  if (aggressor == Side::kNone) return;
  FlowTypeSums& sums = sums_[static_cast<std::size_t>(Of(FlowType::kMarketBuy, aggressor))];
  sums.quantity += quantity;
  if (at == last_market_at_ && aggressor == last_market_) return;
  ++sums.orders;
  last_market_at_ = at;
  last_market_ = aggressor;
  Add(Of(FlowType::kMarketBuy, aggressor), at);
}

void FlowReader::Limit(Side side, Price price, std::int64_t quantity, std::int64_t at) {
  const auto best = book_.Best(side);
  const bool behind = best && IsBetter(side, best->price, price);
  const FlowType type = Of(behind ? FlowType::kBidBehind : FlowType::kBidAt, side);
  FlowTypeSums& sums = sums_[static_cast<std::size_t>(type)];
  ++sums.orders;
  sums.quantity += quantity;
  if (best && price != best->price) {
    ++sums.away;
    sums.distance += std::abs((best->price - price).units) / tick_.units;
  }
  Add(type, at);
}

void FlowReader::Cancel(Side side, Price price, std::int64_t at) {
  const auto best = book_.Best(side);
  const bool behind = best && IsBetter(side, best->price, price);
  Add(Of(behind ? FlowType::kCancelBidBehind : FlowType::kCancelBidAt, side), at);
}

void FlowReader::ReadModify(const Event& record) {
  const auto change = As<L3Body>(record);
  const auto* l3 = book_.l3();
  const auto order = l3 == nullptr ? std::nullopt : l3->Find(change.order_id);
  if (!order) return;
  const std::int64_t at = record.venue_time().since_epoch;
  Cancel(order->side, order->price, at);
  if (change.price != order->price || change.quantity > order->quantity)
    Limit(order->side, change.price, change.quantity.units, at);
}

void FlowReader::ReadOrderRecord(const Event& record) {
  const Price price{record.body[0]};
  const std::int64_t quantity = record.body[1];
  const std::int64_t at = record.venue_time().since_epoch;
  switch (record.kind) {
    case Kind::kOrderAdd:
      return Limit(record.side, price, quantity, at);
    case Kind::kOrderReduce:
    case Kind::kOrderDelete:
      return Cancel(record.side, price, at);
    case Kind::kOrderModify:
      return ReadModify(record);
    default:
      return Market(Opposite(record.side), quantity, at);
  }
}

void FlowReader::ReadTrade(const Event& record) {
  const auto trade = As<TradeBody>(record);
  Market(record.side, trade.quantity.units, record.venue_time().since_epoch);
  if (record.side != Side::kNone)
    printed_[IndexOf(Opposite(record.side))].push_back({trade.price, trade.quantity.units});
}

// Takes from the prints at a price; returns how much.
std::int64_t FlowReader::TakePrinted(Side side, Price price, std::int64_t most) {
  std::int64_t taken = 0;
  for (Print& print : printed_[IndexOf(side)]) {
    if (print.price != price) continue;
    const std::int64_t here = std::min(print.quantity, most - taken);
    print.quantity -= here;
    taken += here;
  }
  return taken;
}

void FlowReader::ReadLevel(const Event& record) {
  const auto level = As<LevelBody>(record);
  const std::int64_t change = level.quantity.units - book_.QuantityAt(record.side, level.price).units;
  const std::int64_t at = record.venue_time().since_epoch;
  if (change > 0) Limit(record.side, level.price, change, at);
  if (change < 0 && -change > TakePrinted(record.side, level.price, -change))
    Cancel(record.side, level.price, at);
}

void FlowReader::Apply(std::span<const Event> group) {
  const bool snapshot = std::ranges::any_of(group, [](const Event& record) {
    return (record.flags & flag::kSnapshot) != 0 || record.kind == Kind::kBookClear;
  });
  const bool depth = group.front().kind == Kind::kDepthHead || group.front().kind == Kind::kLevel;
  for (const Event& record : group) {
    if (snapshot || !begun_) continue;
    if (record.kind >= Kind::kOrderAdd && record.kind <= Kind::kOrderExecute) ReadOrderRecord(record);
    if (book_.type() != book::BookType::kL2) continue;  // a print beside orders took nothing that was shown
    if (record.kind == Kind::kTrade) ReadTrade(record);
    if (record.kind == Kind::kLevel) ReadLevel(record);
  }
  begun_ = begun_ || snapshot || !book_.empty();
  book_.Apply(group);
  if (depth) {
    for (auto& prints : printed_) prints.clear();
  }
}

}  // namespace crucible::flow
