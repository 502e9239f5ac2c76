#include "framework/decode/dbn_orders.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace crucible::decode {

Side DbnSide(char side) { return side == 'B' ? Side::kBid : side == 'A' ? Side::kAsk : Side::kNone; }

void DbnOrders::Apply(const DbnMbo& message, Price price, std::uint16_t flags, const Position& at,
                      PendingGroup& group) {
  switch (message.action) {
    case 'A':
      return Add(message, price, flags, at, group);
    case 'C':
      return Cancel(message, at, group);
    case 'M':
      return Modify(message, price, at, group);
    case 'F':
      return Fill(message, price, at, group);
    case 'T':
      return Trade(message, price, group);
    case 'R':
      Clear();
      return group.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
    case 'N':
      return;
    default:
      doctor_->Report(FindingCode::kUnknownMessage, at, [&] {
        return absl::StrFormat("action %d", static_cast<unsigned char>(message.action));
      });
  }
}

void DbnOrders::Clear() {
  orders_.clear();
  filled_.clear();
}

void DbnOrders::Add(const DbnMbo& message, Price price, std::uint16_t flags, const Position& at,
                    PendingGroup& group) {
  const Side side = DbnSide(message.side);
  if (side == Side::kNone || message.size == 0) {
    doctor_->Report(FindingCode::kOrderMismatch, at, [&] {
      return absl::StrFormat("order %d is added without side or size", message.order_id);
    });
    return;
  }
  const auto [place, added] = orders_.try_emplace(message.order_id, Order{message.size, 0, price, side});
  if (added) {
    return group.Add(Kind::kOrderAdd, side, flags,
                     L3Body{price, {message.size}, {message.order_id}, message.sequence});
  }
  doctor_->Report(FindingCode::kDuplicateOrder, at,
                  [&] { return absl::StrFormat("order id %d", message.order_id); });
  Modify(message, price, at, group);
}

void DbnOrders::Cancel(const DbnMbo& message, const Position& at, PendingGroup& group) {
  const auto found = orders_.find(message.order_id);
  if (found == orders_.end()) {
    return doctor_->Report(FindingCode::kUnknownOrder, at,
                           [&] { return absl::StrFormat("order id %d", message.order_id); });
  }
  Order& order = found->second;
  if (message.size > order.open) {
    doctor_->Report(FindingCode::kOrderMismatch, at,
                    [&] { return absl::StrFormat("cancel of %d, %d open", message.size, order.open); });
  }
  const std::int64_t left = std::max<std::int64_t>(order.open - message.size, 0);
  Show(message.order_id, order, order.price, left, message.sequence, group);
  if (left == 0) orders_.erase(found);
}

void DbnOrders::Modify(const DbnMbo& message, Price price, const Position& at, PendingGroup& group) {
  const auto found = orders_.find(message.order_id);
  if (found == orders_.end()) {
    doctor_->Report(FindingCode::kUnknownOrder, at,
                    [&] { return absl::StrFormat("order id %d", message.order_id); });
    return Add(message, price, 0, at, group);  // as the format's documentation says
  }
  Order& order = found->second;
  const Side side = DbnSide(message.side);
  if (side != order.side && side != Side::kNone) {
    doctor_->Report(FindingCode::kOrderMismatch, at,
                    [&] { return absl::StrFormat("order %d changes its side", message.order_id); });
    Show(message.order_id, order, order.price, 0, message.sequence, group);
    order.side = side;
  }
  Show(message.order_id, order, price, message.size, message.sequence, group);
  if (message.size == 0) orders_.erase(found);
}

void DbnOrders::Show(std::uint64_t id, Order& order, Price price, std::int64_t target, std::uint64_t sequence,
                     PendingGroup& group) {
  const std::int64_t shown = order.shown();
  if (shown > 0 && target == 0) {
    group.Add(Kind::kOrderDelete, order.side, 0, L3Body{order.price, {shown}, {id}, sequence});
  } else if (shown == 0 && target > 0) {
    group.Add(Kind::kOrderAdd, order.side, 0, L3Body{price, {target}, {id}, sequence});
  } else if (shown > target && price == order.price) {
    group.Add(Kind::kOrderReduce, order.side, 0, L3Body{price, {shown - target}, {id}, sequence});
  } else if (shown != target || (price != order.price && target > 0)) {
    group.Add(Kind::kOrderModify, order.side, 0, L3Body{price, {target}, {id}, sequence});
  }
  order.price = price;
  order.open = target;
  order.executed = 0;
}

void DbnOrders::Trade(const DbnMbo& message, Price price, PendingGroup& group) {
  group.Add(Kind::kTrade, DbnSide(message.side), 0, TradeBody{price, {message.size}, message.sequence, {}});
  trade_ = group.size();
}

void DbnOrders::Fill(const DbnMbo& message, Price price, const Position& at, PendingGroup& group) {
  const auto found = orders_.find(message.order_id);
  if (found == orders_.end() || found->second.shown() == 0) {
    ++unknown_fills_;
    return;
  }
  Order& order = found->second;
  const std::int64_t filled = std::min<std::int64_t>(message.size, order.shown());
  if (filled == 0) return;
  if (filled < message.size) {
    doctor_->Report(FindingCode::kOrderMismatch, at,
                    [&] { return absl::StrFormat("fill of %d, %d open", message.size, order.shown()); });
  }
  if (order.executed == 0) filled_.push_back(message.order_id);
  order.executed += filled;
  group.Add(Kind::kOrderExecute, order.side, 0,
            ExecuteBody{price, {filled}, {message.order_id}, message.sequence});
  Explain(filled, group);
}

// A fill is part of the trade before it, which is then no print of its own.
void DbnOrders::Explain(std::int64_t quantity, PendingGroup& group) {
  if (trade_ == 0) return;
  std::int64_t& left = group.records()[trade_ - 1].body[1];
  left = std::max<std::int64_t>(left - quantity, 0);
}

void DbnOrders::EndEvent(PendingGroup& group) {
  for (const std::uint64_t id : filled_) {
    const auto found = orders_.find(id);
    if (found == orders_.end() || found->second.executed == 0) continue;
    ++fills_taken_back_;
    Show(id, found->second, found->second.price, found->second.open, 0, group);
  }
  filled_.clear();
  trade_ = 0;
  std::erase_if(group.records(), [](const PendingRecord& record) {
    return record.kind == Kind::kTrade && record.body[1] == 0;
  });
}

}  // namespace crucible::decode
