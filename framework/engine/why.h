// The story of an order, from the run's own stream: what was decided, what the venue said, and what caused each.
#pragma once

#include <optional>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/source.h"
#include "framework/event/event.h"

namespace crucible::engine {

struct OrderStory {
  std::optional<Event> intent;       // kIntent
  std::optional<Event> terms;        // kIntentTerms
  std::vector<Event> features;       // kFeatureRead
  std::optional<Event> denial;       // kRiskDenial of the submission
  // Everything after it, in the order it was recorded: changes asked for, replies, fills with their details.
  std::vector<Event> later;
};

// kNotFound: the run has no such order; the message says how many it has.
absl::StatusOr<OrderStory> CollectOrder(RecordReader& run, OrderId order);

// The order that a record is about; 0 for kinds that are about none.
OrderId OrderOf(const Event& event);

}  // namespace crucible::engine
