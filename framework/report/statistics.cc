#include "framework/report/statistics.h"

#include <algorithm>
#include <cmath>

#include "framework/trading/moments.h"

namespace crucible::report {
namespace {

double Quantile(const std::vector<double>& sorted, double share) {
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace

Interval WilsonInterval(std::uint64_t successes, std::uint64_t n) {
  if (n == 0) return {0, 1};
  const double count = static_cast<double>(n);
  const double share = static_cast<double>(successes) / count;
  const double z2 = kZ95 * kZ95;
  const double middle = (share + z2 / (2 * count)) / (1 + z2 / count);
  const double half =
      kZ95 / (1 + z2 / count) * std::sqrt(share * (1 - share) / count + z2 / (4 * count * count));
  return {std::max(middle - half, 0.0), std::min(middle + half, 1.0)};
}

Json MeanJson(const std::vector<double>& values) {
  trading::Moments moments;
  for (const double value : values) moments.Add(value);
  if (moments.count() == 0) return {{"n", 0}};
  const double half = kZ95 * moments.deviation() / std::sqrt(static_cast<double>(moments.count()));
  return {{"n", moments.count()},
          {"mean", moments.mean()},
          {"deviation", moments.deviation()},
          {"low", moments.mean() - half},
          {"high", moments.mean() + half}};
}

Json QuantilesJson(std::vector<double>& values) {
  if (values.empty()) return {{"n", 0}};
  std::sort(values.begin(), values.end());
  return {{"n", values.size()},
          {"p5", Quantile(values, 0.05)},
          {"p50", Quantile(values, 0.5)},
          {"p95", Quantile(values, 0.95)},
          {"p99", Quantile(values, 0.99)},
          {"max", values.back()}};
}

Json HistogramJson(std::vector<double> values, std::size_t bins) {
  if (values.empty()) return nullptr;
  std::sort(values.begin(), values.end());
  double from = Quantile(values, 0.005), to = Quantile(values, 0.995);
  if (!(to > from)) {
    from -= 0.5;
    to = from + 1;
  }
  const double step = (to - from) / static_cast<double>(bins);
  std::vector<std::uint64_t> counts(bins);
  for (const double value : values) {
    const double bin = std::floor((value - from) / step);
    ++counts[static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(bins - 1)))];
  }
  return {{"from", from}, {"step", step}, {"counts", counts}};
}

}  // namespace crucible::report
