#include "framework/report/json.h"

namespace crucible::report {
namespace {

// Differences between the known values; null where there is none.
Json ColumnJson(std::span<const double> values, double unit) {
  Json column = Json::array();
  std::int64_t last = 0;
  for (const double value : values) {
    if (std::isnan(value)) {
      column.push_back(nullptr);
      continue;
    }
    const auto rounded = static_cast<std::int64_t>(std::llround(value / unit));
    column.push_back(rounded - last);
    last = rounded;
  }
  return column;
}

}  // namespace

Json SeriesJson(const Series& series, Nanos start, double unit) {
  Json levels = Json::array();
  for (const Rows& rows : series.Levels()) {
    Deltas times;
    for (const std::int64_t time : rows.time) times.Add(Micros({time}, start));
    Json level = {{"exact", rows.exact}, {"t", times.Take()}, {"v", Json::array()}};
    for (const std::vector<double>& column : rows.columns) level["v"].push_back(ColumnJson(column, unit));
    levels.push_back(std::move(level));
  }
  return levels;
}

}  // namespace crucible::report
