// Numbers of a bar that models read, one bar at a time, from that bar and earlier ones only.
//
//   return      log(close / previous close)
//   abs_return  its magnitude
//   range       log(high / low)
//   volume      log(1 + volume in quantity units)
//   volatility  log of the root of the exponential average of squared returns, decay 0.94, plus 1e-12 inside
//   the log
//   volume_change  `volume` less that of the bar before
//
// The first bar has no return: it gives no row. A missing minute is no bar: the next return spans the gap.
#pragma once

#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/kinds.h"

namespace crucible::features {

std::vector<std::string> BarFeatureNames();

class BarFeatures {
 public:
  // kInvalidArgument names a feature that there is not, and those that there are.
  static absl::StatusOr<BarFeatures> Create(const std::vector<std::string>& names);

  std::size_t size() const { return which_.size(); }
  // False for the first bar, and for one whose prices are not positive. `row` gets a value per name.
  bool Update(const BarBody& bar, const BarVolumeBody& volume, std::vector<double>& row);

 private:
  explicit BarFeatures(std::vector<std::size_t> which) : which_(std::move(which)) {}

  std::vector<std::size_t> which_;
  std::int64_t last_close_ = 0;
  double last_volume_ = 0;  // as the feature
  double mean_square_ = 0;
  bool has_square_ = false;
};

}  // namespace crucible::features
