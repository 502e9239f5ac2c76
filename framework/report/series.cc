#include "framework/report/series.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "framework/base/check.h"

namespace crucible::report {
namespace {

// While a series grows it is thinned to a grid that the finest level's divides evenly.
constexpr std::size_t kGrowthFactor = 4;

// The rows of [begin, end) that stand for their bucket, in order of time.
void KeepExtremes(const Rows& rows, std::size_t begin, std::size_t end, std::vector<std::size_t>& kept) {
  const std::size_t first = kept.size();
  kept.push_back(begin);
  for (const std::vector<double>& column : rows.columns) {
    std::size_t low = begin, high = begin;
    for (std::size_t i = begin; i < end; ++i) {
      if (column[i] < column[low] || std::isnan(column[low])) low = i;
      if (column[i] > column[high] || std::isnan(column[high])) high = i;
    }
    kept.push_back(low);
    kept.push_back(high);
  }
  const auto mine = kept.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(mine, kept.end());
  kept.erase(std::unique(mine, kept.end()), kept.end());
}

}  // namespace

Rows Thin(const Rows& rows, Nanos start, Nanos end, std::size_t buckets) {
  CRUCIBLE_CHECK(buckets > 0 && start < end);
  const auto span = static_cast<Int128>((end - start).nanos);
  const auto bucket_of = [&](std::size_t row) {
    return static_cast<Int128>(rows.time[row] - start.since_epoch) * static_cast<Int128>(buckets) / span;
  };
  std::vector<std::size_t> kept;
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t next = begin + 1;
    while (next < rows.size() && bucket_of(next) == bucket_of(begin)) ++next;
    KeepExtremes(rows, begin, next, kept);
    begin = next;
  }
  Rows thin;
  thin.exact = rows.exact && kept.size() == rows.size();
  thin.columns.resize(rows.columns.size());
  for (const std::size_t row : kept) {
    thin.time.push_back(rows.time[row]);
    for (std::size_t c = 0; c < rows.columns.size(); ++c) thin.columns[c].push_back(rows.columns[c][row]);
  }
  return thin;
}

Series::Series(std::size_t columns, Nanos start, Nanos end)
    : start_(start), end_(std::max(end, start + Duration{1})) {
  rows_.columns.resize(columns);
}

void Series::Add(Nanos at, std::span<const double> values) {
  CRUCIBLE_CHECK(values.size() == rows_.columns.size());
  rows_.time.push_back(at.since_epoch);
  for (std::size_t c = 0; c < values.size(); ++c) rows_.columns[c].push_back(values[c]);
  if (rows_.size() > 16 * kMaxRows) rows_ = Thin(rows_, start_, end_, kGrowthFactor * kFineBuckets);
}

std::vector<Rows> Series::Levels() const {
  std::vector<Rows> levels;
  const bool whole = rows_.exact && rows_.size() <= kMaxRows;
  levels.push_back(whole ? rows_ : Thin(rows_, start_, end_, kFineBuckets));
  // Each level has a quarter of the buckets of the next, down to about one per pixel.
  std::size_t buckets = kFineBuckets / kLevelRatio;
  for (; buckets >= kCoarseBuckets; buckets /= kLevelRatio) {
    if (levels.back().size() > 4 * buckets) levels.push_back(Thin(levels.back(), start_, end_, buckets));
  }
  std::ranges::reverse(levels);
  return levels;
}

}  // namespace crucible::report
