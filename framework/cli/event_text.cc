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

nlohmann::ordered_json EventJson(const Event& event) {
  nlohmann::ordered_json json = {{"seq", event.seq},
                                 {"time", event.time},
                                 {"origin", event.origin},
                                 {"instrument", event.instrument},
                                 {"kind", std::string(Name(event.kind))},
                                 {"side", event.side == Side::kBid   ? "bid"
                                          : event.side == Side::kAsk ? "ask"
                                                                     : ""},
                                 {"flags", event.flags}};
  const KindInfo* info = FindKind(event.kind);
  for (std::size_t slot = 0; slot < 4; ++slot) {
    if (info != nullptr && info->slots[slot].type == SlotType::kUnused) continue;
    json[info != nullptr ? std::string(info->slots[slot].name) : "slot" + std::to_string(slot)] =
        event.body[slot];
  }
  return json;
}

absl::Status UnknownKind(std::string_view name) {
  std::string known;
  for (const KindInfo& kind : AllKinds()) known += (known.empty() ? "" : ", ") + std::string(kind.name);
  return absl::InvalidArgumentError("no kind of record is called \"" + std::string(name) +
                                    "\"; there are: " + known);
}

}  // namespace crucible::cli
