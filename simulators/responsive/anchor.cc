#include "simulators/responsive/anchor.h"

#include "framework/base/math.h"

namespace crucible::responsive {
namespace {

constexpr double kLog2 = 0.6931471805599453;

}  // namespace

double Anchor::DisplacementAt(Nanos at) const {
  if (displacement_ == 0 || half_life_ == kForever) return displacement_;
  const auto passed = static_cast<double>((at - since_).nanos);
  return displacement_ * Exp(-kLog2 * passed / static_cast<double>(half_life_.nanos));
}

void Anchor::Move(Nanos at, std::int64_t doubled_units) {
  if (half_life_.nanos == 0) return;
  displacement_ = DisplacementAt(at) + 0.5 * static_cast<double>(doubled_units);
  since_ = at;
}

PriceDelta Anchor::OffsetAt(Nanos at) const {
  if (displacement_ == 0) return {0};
  const double ticks = DisplacementAt(at) / static_cast<double>(tick_.units);
  const auto whole = static_cast<std::int64_t>(ticks < 0 ? ticks - 0.5 : ticks + 0.5);
  return {whole * tick_.units};
}

void Anchor::Hash(StateHasher& hasher) const {
  hasher.Add(displacement_);
  hasher.Add(since_.since_epoch);
}

}  // namespace crucible::responsive
