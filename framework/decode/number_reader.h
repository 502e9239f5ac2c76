// Prices and quantities of one instrument from decimal text, with the checks every importer owes them.
#pragma once

#include <string>
#include <string_view>

#include "framework/base/decimal.h"
#include "framework/decode/doctor.h"
#include "framework/decode/position.h"
#include "framework/event/instrument.h"

namespace crucible::decode {

// Larger relative rounding errors are refused: the decimals are then declared wrongly.
inline constexpr double kMaxRelativeError = 0.5e-9;

class NumberReader {
 public:
  NumberReader(const Instrument& instrument, Doctor& doctor) : instrument_(&instrument), doctor_(&doctor) {}

  // kInvalidArgument, naming place, value and what would be valid.
  absl::Status ReadPrice(std::string_view text, const Position& at, Price* price) const {
    CRUCIBLE_RETURN_IF_ERROR(Read("price", text, instrument_->price_decimals, at, &price->units));
    if (price->units % instrument_->tick_size.units != 0) ReportOffGrid(text, at);
    return absl::OkStatus();
  }
  absl::Status ReadQuantity(std::string_view text, const Position& at, Quantity* quantity) const {
    CRUCIBLE_RETURN_IF_ERROR(Read("quantity", text, instrument_->quantity_decimals, at, &quantity->units));
    if (quantity->units < 0) return Negative(text, at);
    if (quantity->units % instrument_->lot_size.units != 0) ReportOffLot(text, at);
    return absl::OkStatus();
  }
  // The same of `units` counts of 10^-decimals.
  absl::Status ConvertPrice(std::int64_t units, int decimals, const Position& at, Price* price) const;

 private:
  absl::Status Read(std::string_view name, std::string_view text, int decimals, const Position& at,
                    std::int64_t* units) const {
    DecimalResult result;
    const DecimalError error = ParseDecimal(text, decimals, &result);
    if (error != DecimalError::kNone || !result.exact) {
      CRUCIBLE_RETURN_IF_ERROR(Examine(name, text, decimals, error, result, at));
    }
    *units = result.units;
    return absl::OkStatus();
  }
  absl::Status Examine(std::string_view name, std::string_view text, int decimals, DecimalError error,
                       const DecimalResult& result, const Position& at) const;
  absl::Status Negative(std::string_view text, const Position& at) const;
  void ReportOffGrid(std::string_view text, const Position& at) const;
  void ReportOffLot(std::string_view text, const Position& at) const;

  const Instrument* instrument_;
  Doctor* doctor_;
};

}  // namespace crucible::decode
