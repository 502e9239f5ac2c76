#include "framework/engine/why.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

void Put(const Event& event, OrderStory& story) {
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

bool SaysReason(Kind kind) {
  return kind == Kind::kRejected || kind == Kind::kCanceled || kind == Kind::kCancelRejected ||
         kind == Kind::kAmendRejected;
}

OrderStory* StoryCollector::Find(OrderId order) {
  if (order.value == 0 || (only_.value != 0 && order != only_)) return nullptr;
  const auto [place, is_new] = places_.try_emplace(order.value, stories_.size());
  if (is_new) stories_.emplace_back();
  return &stories_[place->second];
}

void StoryCollector::Add(const Event& event) {
  const OrderId named = OrderOf(event);
  const OrderId order = named.value != 0 ? named : open_;
  open_ = event.EndsGroup() ? OrderId{} : order;
  if (OrderStory* story = Find(order)) Put(event, *story);
}

absl::StatusOr<CollectedOrder> CollectOrder(RecordReader& run, OrderId order) {
  StoryCollector stories(order);
  AttackCollector attacks;
  std::vector<Event> batch(run.max_batch());
  std::uint64_t last_order = 0;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, run.Read(batch));
    if (count == 0) break;
    for (const Event& event : std::span(batch).first(count)) {
      stories.Add(event);
      attacks.Add(event);
      if (event.kind == Kind::kIntent) last_order = std::max(last_order, OrderOf(event).value);
    }
  }
  std::vector<OrderStory> found = stories.Take();
  if (found.empty() || !found.front().intent) {
    return absl::NotFoundError(
        absl::StrFormat("the run has no order %d; it has 1 to %d", order.value, last_order));
  }
  return CollectedOrder{std::move(found.front()), attacks.Take()};
}

}  // namespace crucible::engine
