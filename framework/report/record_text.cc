#include "framework/report/record_text.h"

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"
#include "framework/base/time_text.h"
#include "framework/event/kinds.h"

namespace crucible::report {
namespace {

std::string FieldText(std::int64_t value, SlotType type, const Instrument& of) {
  switch (type) {
    case SlotType::kPrice:
      return FormatDecimal(value, of.price_decimals);
    case SlotType::kQuantity:
      return FormatDecimal(value, of.quantity_decimals);
    case SlotType::kTime:
      return FormatTimestamp({value});
    default:
      return std::to_string(value);
  }
}

}  // namespace

std::string RecordText(const Event& event, const Instrument& of) {
  std::string text = absl::StrFormat("%s  %s", FormatTimestamp(event.at()), Name(event.kind));
  if (event.side != Side::kNone) text += event.side == Side::kBid ? " bid" : " ask";
  const KindInfo* info = FindKind(event.kind);
  for (std::size_t slot = 0; info != nullptr && slot < event.body.size(); ++slot) {
    const SlotInfo& field = info->slots[slot];
    if (field.type == SlotType::kUnused) continue;
    absl::StrAppendFormat(&text, " %s=%s", field.name, FieldText(event.body[slot], field.type, of));
  }
  return text;
}

}  // namespace crucible::report
