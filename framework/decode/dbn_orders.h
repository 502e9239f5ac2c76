// Market-by-order messages of one instrument to records, event by event.
//
// In DBN a trade (T) and the fill of a resting order (F) change no book; the cancel or modify (C, M) that
// follows in the same event does. In records an execution changes the book itself. So an F becomes
// kOrderExecute, and the C or M after it only what is then still different. The part of a T that no F
// explains (hidden orders, implied ones) becomes kTrade. At the end of each event the book is the source's: a
// fill that the event did not confirm is taken back.
//
// Memory: the live orders. Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "framework/decode/dbn_records.h"
#include "framework/decode/doctor.h"
#include "framework/decode/pending_group.h"
#include "framework/decode/position.h"

namespace crucible::decode {

class DbnOrders {
 public:
  explicit DbnOrders(Doctor& doctor) : doctor_(&doctor) {}

  // `price` is the message's in the instrument's units. `flags` go into the records.
  void Apply(const DbnMbo& message, Price price, std::uint16_t flags, const Position& at,
             PendingGroup& group);
  // The event is complete: the group shows what the source's book became.
  void EndEvent(PendingGroup& group);
  // Forgets all orders.
  void Clear();

  std::int64_t unknown_fills() const { return unknown_fills_; }
  std::int64_t fills_taken_back() const { return fills_taken_back_; }

 private:
  struct Order {
    std::int64_t open = 0;      // in the source's book
    std::int64_t executed = 0;  // of it, in this event, by fills that no C or M has confirmed
    Price price;
    Side side = Side::kNone;
    std::int64_t shown() const { return open - executed; }
  };

  void Add(const DbnMbo& message, Price price, std::uint16_t flags, const Position& at, PendingGroup& group);
  void Cancel(const DbnMbo& message, const Position& at, PendingGroup& group);
  void Modify(const DbnMbo& message, Price price, const Position& at, PendingGroup& group);
  void Fill(const DbnMbo& message, Price price, const Position& at, PendingGroup& group);
  void Trade(const DbnMbo& message, Price price, PendingGroup& group);
  void Explain(std::int64_t quantity, PendingGroup& group);
  // Makes the records' book show `target` of the order at `price`.
  void Show(std::uint64_t id, Order& order, Price price, std::int64_t target, std::uint64_t sequence,
            PendingGroup& group);

  Doctor* doctor_;
  absl::flat_hash_map<std::uint64_t, Order> orders_;  // lookup only
  std::vector<std::uint64_t> filled_;                 // in this event
  std::size_t trade_ = 0;  // the latest trade in the group, from 1; 0 where there is none
  std::int64_t unknown_fills_ = 0;
  std::int64_t fills_taken_back_ = 0;
};

// kBid, kAsk or kNone of 'B', 'A' and anything else.
Side DbnSide(char side);

}  // namespace crucible::decode
