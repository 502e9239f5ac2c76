// Numbers of a bar that a regime model reads, one bar at a time, from that bar and earlier ones only.
//
//   return      log(close / previous close)
//   abs_return  its magnitude
//   range       log(high / low)
//   volume      log(1 + volume in quantity units)
//   volatility  log of the root of the exponential average of squared returns, decay 0.94, plus 1e-12 inside
//   the log
//
// The first bar has no return: it gives no row. A missing minute is no bar: the next return spans the gap.
#pragma once

#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/kinds.h"

namespace crucible::runs {

std::vector<std::string> BarFeatureNames();

class BarFeatures {
 public:
  // kInvalidArgument names a feature that there is not, and those that there are.
  static absl::StatusOr<BarFeatures> Create(const std::vector<std::string>& names);

  // False for the first bar, and for one whose prices are not positive. `row` gets a value per name.
  bool Update(const BarBody& bar, const BarVolumeBody& volume, std::vector<double>& row);

 private:
  explicit BarFeatures(std::vector<std::size_t> which) : which_(std::move(which)) {}

  std::vector<std::size_t> which_;
  std::int64_t last_close_ = 0;
  double mean_square_ = 0;
  bool has_square_ = false;
};

}  // namespace crucible::runs
