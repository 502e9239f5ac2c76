// Room-internal: what became of each order, as a function of a stream's records.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"

namespace crucible::journal {

struct FoldedOrder {
  std::uint64_t order_id = 0;
  std::int64_t strategy = 0;
  std::uint32_t instrument = 0;
  Side side = Side::kNone;
  std::int64_t type_tif = 0;  // as in IntentTermsBody
  std::int64_t price = 0;
  std::int64_t stop_price = 0;
  std::int64_t quantity = 0;
  std::int64_t filled = 0;
  std::string_view status = "pending";  // denied, open, filled, canceled, expired, rejected
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  CauseRef cause;
};

class OrderFold {
 public:
  void Apply(const Event& event);
  // In the order of their intents.
  std::span<const FoldedOrder> orders() const { return orders_; }

 private:
  void Open(const Event& intent);
  // The order of this id; nullptr if no intent was seen.
  FoldedOrder* Touch(const Event& event, std::size_t id_slot);
  void Reply(const Event& event);

  std::vector<FoldedOrder> orders_;
  absl::flat_hash_map<std::int64_t, std::size_t> index_;  // lookup only
};

}  // namespace crucible::journal
