#include "framework/engine/why.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

void Add(OrderStory& story, const Event& event) {
  switch (event.kind) {
    case Kind::kIntent: story.intent = event; return;
    case Kind::kIntentTerms: story.terms = event; return;
    case Kind::kFeatureRead: story.features.push_back(event); return;
    case Kind::kRiskDenial:
      if (story.later.empty()) {
        story.denial = event;
        return;
      }
      [[fallthrough]];
    default: story.later.push_back(event);
  }
}

}  // namespace

OrderId OrderOf(const Event& event) {
  const KindInfo* info = FindKind(event.kind);
  if (info == nullptr || IsMarketData(event.kind)) return {};
  for (std::size_t slot = 0; slot < info->slots.size(); ++slot) {
    if (info->slots[slot].type == SlotType::kOrderId) return {static_cast<std::uint64_t>(event.body[slot])};
  }
  return {};
}

absl::StatusOr<OrderStory> CollectOrder(RecordReader& run, OrderId order) {
  OrderStory story;
  std::vector<Event> batch(run.max_batch());
  std::uint64_t last_order = 0;
  AttackCollector attacks;
  bool follows = false;  // the record belongs to the group of one of ours: terms and fill details name no order
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, run.Read(batch));
    if (count == 0) break;
    for (const Event& event : std::span(batch).first(count)) {
      attacks.Add(event);
      const OrderId id = OrderOf(event);
      if (event.kind == Kind::kIntent) last_order = std::max(last_order, id.value);
      if (id == order || (follows && id.value == 0)) {
        Add(story, event);
        follows = !event.EndsGroup();
      } else {
        follows = false;
      }
    }
  }
  story.attacks = attacks.Take();
  if (story.intent) return story;
  return absl::NotFoundError(absl::StrFormat("the run has no order %d; it has 1 to %d", order.value, last_order));
}

}  // namespace crucible::engine
