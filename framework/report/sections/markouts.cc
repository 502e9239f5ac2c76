// How the mid moved after our fills, by horizon, for all fills, makers and takers.
#include "framework/base/time_text.h"
#include "framework/report/sections/sections.h"
#include "framework/report/statistics.h"

namespace crucible::report {

Json MarkoutsSection(const RunView& view) {
  if (!view.market.complete || view.run.fills.empty()) return nullptr;
  Json horizons = Json::array();
  for (std::size_t h = 0; h < view.input.horizons.size(); ++h) {
    std::vector<double> all, maker, taker;
    std::uint64_t censored = 0;
    for (std::size_t i = 0; i < view.run.fills.size(); ++i) {
      const std::optional<double>& value = view.market.fills[i].markout_bps[h];
      if (!value) {
        ++censored;
        continue;
      }
      all.push_back(*value);
      (view.run.fills[i].maker() ? maker : taker).push_back(*value);
    }
    horizons.push_back({{"horizon", FormatDuration(view.input.horizons[h])},
                        {"censored", censored},
                        {"all", MeanJson(all)},
                        {"maker", MeanJson(maker)},
                        {"taker", MeanJson(taker)}});
  }
  return horizons;
}

}  // namespace crucible::report
