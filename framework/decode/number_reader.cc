#include "framework/decode/number_reader.h"

#include "absl/strings/str_format.h"

namespace crucible::decode {

absl::Status NumberReader::Examine(std::string_view name, std::string_view text, int decimals,
                                   DecimalError error, const DecimalResult& result,
                                   const Position& at) const {
  const std::string_view shown = text.substr(0, 40);
  if (error != DecimalError::kNone) {
    return ErrorAt(
        at, absl::StrFormat("%s '%s' is %s (%d decimals declared)", name, shown, Name(error), decimals));
  }
  if (result.relative_error > kMaxRelativeError) {
    return ErrorAt(
        at, absl::StrFormat("%s '%s' does not fit the %d decimals declared; declare more with --decimals",
                            name, shown, decimals));
  }
  doctor_->Report(FindingCode::kInexactDecimal, at, [&] { return absl::StrFormat("%s %s", name, shown); });
  return absl::OkStatus();
}

absl::Status NumberReader::ConvertPrice(std::int64_t units, int decimals, const Position& at,
                                        Price* price) const {
  if (decimals != instrument_->price_decimals) return ReadPrice(FormatDecimal(units, decimals), at, price);
  price->units = units;
  if (units % instrument_->tick_size.units != 0) ReportOffGrid(FormatDecimal(units, decimals), at);
  return absl::OkStatus();
}

absl::Status NumberReader::Negative(std::string_view text, const Position& at) const {
  return ErrorAt(at, absl::StrFormat("quantity is '%s', expected 0 or more", text.substr(0, 40)));
}

void NumberReader::ReportOffGrid(std::string_view text, const Position& at) const {
  doctor_->Report(FindingCode::kOffGridPrice, at, [&] {
    return absl::StrFormat("price %s, tick %s", text,
                           FormatDecimal(instrument_->tick_size.units, instrument_->price_decimals));
  });
}

void NumberReader::ReportOffLot(std::string_view text, const Position& at) const {
  doctor_->Report(FindingCode::kOffLotQuantity, at, [&] {
    return absl::StrFormat("quantity %s, lot %s", text,
                           FormatDecimal(instrument_->lot_size.units, instrument_->quantity_decimals));
  });
}

}  // namespace crucible::decode
