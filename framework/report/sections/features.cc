// Values that decisions read, by feature and instrument, where they were read.
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <utility>

#include "framework/report/sections/sections.h"

namespace crucible::report {
namespace {

// Values become integers of this share of their largest size: far finer than a pixel.
constexpr double kResolution = 1e-6;

struct Feature {
  Series series;
  double largest = 0;
};

}  // namespace

Json FeaturesSection(const RunView& view) {
  std::map<std::pair<std::string, std::uint32_t>, Feature> features;
  for (const Event& event : view.run.observations) {
    const FeatureReadBody read = As<FeatureReadBody>(event);
    const auto value = std::bit_cast<double>(read.value_bits);
    const auto name = view.run.features.find(read.feature);
    if (name == view.run.features.end() || !std::isfinite(value)) continue;
    auto [at, is_new] = features.try_emplace({name->second, event.instrument});
    if (is_new) at->second.series = Series(1, view.run.start, view.run.end);
    at->second.series.Add(event.at(), std::array{value});
    at->second.largest = std::max(at->second.largest, std::fabs(value));
  }
  if (features.empty()) return nullptr;
  Json json = Json::array();
  for (const auto& [key, feature] : features) {
    const double unit = feature.largest > 0 ? feature.largest * kResolution : 1;
    json.push_back({{"name", key.first},
                    {"instrument", key.second},
                    {"unit", unit},
                    {"levels", SeriesJson(feature.series, view.run.start, unit)}});
  }
  return json;
}

}  // namespace crucible::report
