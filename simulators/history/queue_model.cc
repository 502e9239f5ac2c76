#include "simulators/history/queue_model.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"
#include "framework/base/math.h"

namespace crucible::history {
namespace {

constexpr int kExponentDecimals = 4;
constexpr std::int64_t kMinExponent = 100;        // 0.01
constexpr std::int64_t kMaxExponent = 1'000'000;  // 100
constexpr int kMaxWholeExponent = 8;

absl::Status BadModel(std::string_view text) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "queue model \"%s\": expected risk-averse, optimistic, power:N, power2:N, power3:N (N from 0.01 to 100), log "
      "or log2",
      text));
}

double Ratio(double top, double bottom) { return bottom > 0 ? top / bottom : 1; }

}  // namespace

absl::StatusOr<QueueModel> QueueModel::Parse(std::string_view text, Quantity lot_size) {
  QueueModel model;
  model.SetLot(lot_size);
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const bool power = name == "power" || name == "power2" || name == "power3";
  if (power != (colon != std::string_view::npos)) return BadModel(text);
  if (!power) {
    return model.SetFixed(name) ? absl::StatusOr<QueueModel>(model) : BadModel(text);
  }
  model.shape_ = name == "power" ? Shape::kPower : name == "power2" ? Shape::kPower2 : Shape::kPower3;
  DecimalResult n;
  const DecimalError error = ParseDecimal(text.substr(colon + 1), kExponentDecimals, &n);
  if (error != DecimalError::kNone || n.units < kMinExponent || n.units > kMaxExponent) return BadModel(text);
  const auto unit = kPowersOfTen[kExponentDecimals];
  model.exponent_ = static_cast<double>(n.units) / static_cast<double>(unit);
  const bool whole = n.units % unit == 0 && n.units / unit <= kMaxWholeExponent;
  model.whole_exponent_ = whole ? static_cast<int>(n.units / unit) : 0;
  return model;
}

bool QueueModel::SetFixed(std::string_view name) {
  static constexpr std::pair<std::string_view, Shape> kShapes[] = {{"risk-averse", Shape::kRiskAverse},
                                                                   {"optimistic", Shape::kOptimistic},
                                                                   {"log", Shape::kLog},
                                                                   {"log2", Shape::kLog2}};
  const auto* found = std::ranges::find(kShapes, name, &std::pair<std::string_view, Shape>::first);
  if (found == std::end(kShapes)) return false;
  shape_ = found->second;
  return true;
}

double QueueModel::Power(double x) const {
  if (whole_exponent_ == 0) return Pow(x, exponent_);
  double power = x;
  for (int i = 1; i < whole_exponent_; ++i) power *= x;
  return power;
}

double QueueModel::Logarithm(double units) const { return Log1p(units * lots_per_unit_); }

double QueueModel::BehindProbability(double front, double behind) const {
  if (front + behind <= 0) return 1;
  const double share_behind = behind / (front + behind);
  const double share_front = front / (front + behind);
  switch (shape_) {
    case Shape::kRiskAverse:
      return 1;
    case Shape::kOptimistic:
      return front > 0 ? 0 : 1;
    case Shape::kPower:
      return Ratio(Power(share_behind), Power(share_behind) + Power(share_front));
    case Shape::kPower2:
      return Power(share_behind);
    case Shape::kPower3:
      return 1 - Power(share_front);
    case Shape::kLog:
      return Ratio(Logarithm(behind), Logarithm(behind) + Logarithm(front));
    case Shape::kLog2:
      return Ratio(Logarithm(behind), Logarithm(behind + front));
  }
  return 1;
}

}  // namespace crucible::history
