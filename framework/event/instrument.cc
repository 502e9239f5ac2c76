#include "framework/event/instrument.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace crucible {
namespace {

absl::Status CheckRange(std::string_view slot, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("instrument definition: %s is %d, expected %d to %d", slot, value, low, high));
}

}  // namespace

std::string FullName(const Instrument& instrument) { return instrument.venue + ":" + instrument.symbol; }

std::string DefinitionText(const Instrument& instrument) {
  return instrument.venue + "\n" + instrument.symbol + "\n" + instrument.currency + "\n" + instrument.settle_currency;
}

std::array<Event, 2> DefinitionRecords(const Instrument& instrument, InstrumentId id, Nanos time, std::uint64_t text) {
  std::array<Event, 2> group;
  for (Event& event : group) {
    event.time = time.since_epoch;
    event.origin = static_cast<std::uint64_t>(time.since_epoch);
    event.instrument = id.value;
  }
  group[0].kind = Kind::kDefinition;
  SetBody(group[0], DefinitionBody{instrument.tick_size, instrument.lot_size, instrument.multiplier, text});
  group[1].kind = Kind::kDefinitionUnits;
  group[1].flags = flag::kGroupEnd;
  SetBody(group[1], DefinitionUnitsBody{instrument.price_decimals, instrument.quantity_decimals,
                                        instrument.currency_decimals, static_cast<std::int64_t>(instrument.contract)});
  return group;
}

absl::StatusOr<Instrument> InstrumentFromRecords(const Event& definition, const Event& units, std::string_view text) {
  if (definition.kind != Kind::kDefinition || units.kind != Kind::kDefinitionUnits) {
    return absl::InvalidArgumentError(absl::StrFormat("instrument definition: found records of kind %s and %s",
                                                      Name(definition.kind), Name(units.kind)));
  }
  const auto sizes = As<DefinitionBody>(definition);
  const auto scale = As<DefinitionUnitsBody>(units);
  constexpr std::int64_t kMax = INT64_MAX;
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("tick_size", sizes.tick_size.units, 1, kMax));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("lot_size", sizes.lot_size.units, 1, kMax));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("multiplier", sizes.multiplier, 1, kMax));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("price_decimals", scale.price_decimals, 0, 18));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("quantity_decimals", scale.quantity_decimals, 0, 18));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("currency_decimals", scale.currency_decimals, 0, 18));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("contract", scale.contract, 1, 2));
  const std::vector<std::string> parts = absl::StrSplit(absl::string_view(text.data(), text.size()), '\n');
  if (parts.size() != 4) {
    return absl::InvalidArgumentError(
        absl::StrFormat("instrument definition: text has %d lines, expected 4", parts.size()));
  }
  Instrument result;
  result.venue = parts[0];
  result.symbol = parts[1];
  result.currency = parts[2];
  result.settle_currency = parts[3];
  result.price_decimals = static_cast<int>(scale.price_decimals);
  result.quantity_decimals = static_cast<int>(scale.quantity_decimals);
  result.currency_decimals = static_cast<int>(scale.currency_decimals);
  result.tick_size = sizes.tick_size;
  result.lot_size = sizes.lot_size;
  result.multiplier = sizes.multiplier;
  result.contract = static_cast<Contract>(scale.contract);
  return result;
}

}  // namespace crucible
