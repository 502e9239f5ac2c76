#include "framework/decode/dbn_symbols.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/fixed_width.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kNano = 1'000'000'000;

std::int64_t KnownPrice(std::span<const char> bytes, std::size_t offset) {
  const auto value = LittleEndian<std::int64_t>(bytes, offset);
  return value == kDbnNoPrice || value < 0 ? 0 : value;
}

// The value of one price unit of one contract, where it is whole.
std::int64_t Multiplier(std::int64_t tick_size, std::int64_t tick_value, std::int64_t unit_quantity) {
  if (tick_size > 0 && tick_value > 0 && tick_value % tick_size == 0) return tick_value / tick_size;
  return unit_quantity > 0 && unit_quantity % kNano == 0 ? unit_quantity / kNano : 1;
}

}  // namespace

void DbnSymbols::OnMetadata(const DbnMetadata& metadata) {
  mappings_.clear();
  lasting_symbols_ = metadata.lasting_symbols;
  for (const DbnMapping& mapping : metadata.mappings) mappings_[mapping.instrument].push_back(mapping);
}

absl::Status DbnSymbols::OnDefinition(std::span<const char> bytes, const Position& at) {
  const auto* const layout =
      std::find_if(std::begin(kDbnDefinitions), std::end(kDbnDefinitions),
                   [&](const DbnDefinitionLayout& candidate) { return candidate.bytes == bytes.size(); });
  if (layout == std::end(kDbnDefinitions)) {
    return ErrorAt(at, absl::StrFormat("a definition of %d bytes, expected 360, 400 or 520", bytes.size()));
  }
  const auto instrument = LittleEndian<DbnHeader>(bytes, 0).instrument;
  DbnDefinition definition;
  definition.symbol = std::string(FixedText(bytes, layout->symbol, layout->symbol_width, '\0'));
  definition.currency = std::string(FixedText(bytes, layout->currency, 4, '\0'));
  definition.settle_currency = std::string(FixedText(bytes, layout->settle_currency, 4, '\0'));
  definition.tick_size = KnownPrice(bytes, kDbnDefinitionTickSize);
  definition.multiplier = Multiplier(definition.tick_size, KnownPrice(bytes, layout->tick_value),
                                     KnownPrice(bytes, layout->unit_quantity));
  if (definitions_.insert_or_assign(instrument, std::move(definition)).second) defined_.push_back(instrument);
  return absl::OkStatus();
}

DbnSymbols::Resolution DbnSymbols::Resolve(std::uint32_t instrument, Nanos time) const {
  const DbnDefinition* const known = definition(instrument);
  const auto mapped = mappings_.find(instrument);
  if (mapped == mappings_.end()) {
    const bool named = known != nullptr && !known->symbol.empty();
    return {named ? known->symbol : absl::StrCat(instrument), kEndOfTime};
  }
  const auto& intervals = mapped->second;
  const auto covering = std::find_if(intervals.begin(), intervals.end(), [&](const DbnMapping& mapping) {
    return mapping.begin <= time && time < mapping.end;
  });
  const DbnMapping& mapping = covering == intervals.end() ? intervals.front() : *covering;
  const Nanos until = covering == intervals.end() ? Nanos{time.since_epoch + kNanosPerDay} : mapping.end;
  if (lasting_symbols_) return {mapping.symbol, until};
  // A continuous or parent symbol stands for several contracts; each is an instrument of its own.
  const bool named = known != nullptr && !known->symbol.empty();
  return {named ? known->symbol : absl::StrCat(mapping.symbol, "#", instrument), until};
}

const DbnDefinition* DbnSymbols::definition(std::uint32_t instrument) const {
  const auto found = definitions_.find(instrument);
  return found == definitions_.end() ? nullptr : &found->second;
}

InstrumentDefaults DbnSymbols::Defaults(const std::string& symbol, std::uint32_t instrument,
                                        const std::string& venue) const {
  InstrumentDefaults defaults;
  defaults.venue = venue;
  defaults.symbol = symbol;
  defaults.price_decimals = kDbnPriceDecimals;
  defaults.tick_size = "0.01";
  const DbnDefinition* const known = definition(instrument);
  if (known == nullptr) return defaults;
  if (!known->currency.empty()) defaults.currency = known->currency;
  defaults.settle_currency = known->settle_currency;
  if (known->tick_size > 0) defaults.tick_size = FormatDecimal(known->tick_size, kDbnPriceDecimals);
  defaults.multiplier = known->multiplier;
  return defaults;
}

}  // namespace crucible::decode
