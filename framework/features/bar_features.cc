#include "framework/features/bar_features.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/math.h"

namespace crucible::features {
namespace {

constexpr std::array<const char*, 6> kNames = {"return", "abs_return", "range", "volume", "volatility", "volume_change"};
constexpr double kDecay = 0.94;

}  // namespace

std::vector<std::string> BarFeatureNames() { return {kNames.begin(), kNames.end()}; }

absl::StatusOr<BarFeatures> BarFeatures::Create(const std::vector<std::string>& names) {
  std::vector<std::size_t> which;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(kNames, name);
    if (found == kNames.end()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("bars have no feature \"%s\"; they have: %s", name, absl::StrJoin(kNames, ", ")));
    }
    which.push_back(static_cast<std::size_t>(found - kNames.begin()));
  }
  return BarFeatures(std::move(which));
}

bool BarFeatures::Update(const BarBody& bar, const BarVolumeBody& volume, std::vector<double>& row) {
  const std::int64_t before = last_close_;
  if (bar.close.units <= 0 || bar.low.units <= 0) return false;
  last_close_ = bar.close.units;
  const double volume_now = Log1p(static_cast<double>(volume.volume.units));
  const double volume_before = std::exchange(last_volume_, volume_now);
  if (before <= 0) return false;
  const double change = Log(static_cast<double>(bar.close.units) / static_cast<double>(before));
  mean_square_ = has_square_ ? kDecay * mean_square_ + (1 - kDecay) * change * change : change * change;
  has_square_ = true;
  const std::array<double, kNames.size()> values = {
      change, change < 0 ? -change : change,
      Log(static_cast<double>(bar.high.units) / static_cast<double>(bar.low.units)),
      volume_now, Log(Sqrt(mean_square_) + 1e-12), volume_now - volume_before};
  row.clear();
  for (const std::size_t feature : which_) row.push_back(values[feature]);
  return true;
}

}  // namespace crucible::features
