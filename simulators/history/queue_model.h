// Where a cancellation hits an L2 queue: before our order or behind it.
//
// An L2 feed says that a level lost D that no trade explains, not whose it was. A model gives the probability
// p that a cancelled unit stood behind us, from the quantities before (F) and behind (B) our order:
//
//   risk-averse   p = 1: only trades advance us; the level's total is the only bound
//   optimistic    p = 0: every cancelled unit stood before us, as long as there was one
//   power   n     p = B^n / (B^n + F^n)
//   power2  n     p = B^n / (B + F)^n
//   power3  n     p = 1 - (F / (F + B))^n
//   log           p = ln(1+B) / (ln(1+B) + ln(1+F))
//   log2          p = ln(1+B) / ln(1+B+F)
//
// These are the functions of hftbacktest (models/queue.rs: RiskAdverseQueueModel, PowerProbQueueFunc,
// ...Func2, ...Func3, LogProbQueueFunc, LogProbQueueFunc2), which follows R. Cont, S. Stoikov, R. Talreja
// (2010) and the discussions of quantitative practitioners collected there. In the logarithms quantities
// count whole lots.
//
// One difference: B is measured after the trades that explain a part of the decrease, not before them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "framework/base/status.h"
#include "framework/base/units.h"

namespace crucible::history {

class QueueModel {
 public:
  // "risk-averse", "optimistic", "power:2", "power2:2", "power3:3", "log", "log2"; exponents 0.01 to 100.
  // kInvalidArgument says what would be valid.
  static absl::StatusOr<QueueModel> Parse(std::string_view text, Quantity lot_size);

  // Probability that a cancelled unit stood behind us. Both quantities in units, not negative; 1 when both
  // are 0.
  double BehindProbability(double front, double behind) const;
  void SetLot(Quantity lot_size) { lots_per_unit_ = 1.0 / static_cast<double>(lot_size.units); }
  bool never_advances() const { return shape_ == Shape::kRiskAverse; }

 private:
  enum class Shape : std::uint8_t { kRiskAverse, kOptimistic, kPower, kPower2, kPower3, kLog, kLog2 };

  bool SetFixed(std::string_view name);  // of a model without exponent; false for another name
  double Power(double x) const;
  double Logarithm(double units) const;

  Shape shape_ = Shape::kRiskAverse;
  double exponent_ = 1;
  int whole_exponent_ = 0;  // 0: the exponent is no small whole number
  double lots_per_unit_ = 1;
};

}  // namespace crucible::history
