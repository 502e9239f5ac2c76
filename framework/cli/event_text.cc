#include "framework/cli/event_text.h"

#include "framework/base/time_text.h"
#include "framework/event/kinds.h"

namespace crucible::cli {

std::string EventText(const Event& event) {
  std::string text(Name(event.kind));
  if (event.side != Side::kNone) text += event.side == Side::kBid ? " bid" : " ask";
  const KindInfo* info = FindKind(event.kind);
  for (std::size_t slot = 0; slot < 4; ++slot) {
    if (info == nullptr) text += " slot" + std::to_string(slot) + "=" + std::to_string(event.body[slot]);
    if (info == nullptr || info->slots[slot].type == SlotType::kUnused) continue;
    text += " " + std::string(info->slots[slot].name) + "=" + std::to_string(event.body[slot]);
  }
  return text + " instrument=" + std::to_string(event.instrument) + " time=" + FormatTimestamp(event.at());
}

}  // namespace crucible::cli
