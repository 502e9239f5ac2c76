#include "framework/facts/estimators.h"

#include <algorithm>
#include <functional>

#include "framework/base/math.h"

namespace crucible::facts {

// ---- Tail ----

void Tail::Add(double value) {
  if (!(value > 0)) return;
  ++count_;
  if (largest_.size() > kMost && value <= largest_.front()) return;
  if (largest_.size() > kMost) {
    std::ranges::pop_heap(largest_, std::greater<>());
    largest_.pop_back();
  }
  largest_.push_back(value);
  std::ranges::push_heap(largest_, std::greater<>());
}

std::optional<double> Tail::Exponent() const {
  const std::size_t k = std::min<std::uint64_t>(count_ / 20, kMost);
  if (k < 10) return std::nullopt;
  std::vector<double> sorted = largest_;
  std::ranges::sort(sorted, std::greater<>());
  double sum = 0;
  for (std::size_t i = 0; i < k; ++i) sum += Log(sorted[i] / sorted[k]);
  if (sum <= 0) return std::nullopt;
  return static_cast<double>(k) / sum;
}

// ---- Autocorrelation ----

void Autocorrelation::Add(double value) {
  for (std::size_t lag = 1; lag <= std::min<std::uint64_t>(count_, kLags); ++lag)
    products_[lag - 1] += value * recent_[(count_ - lag) % kLags];
  if (count_ < kLags) first_[count_] = value;
  recent_[count_ % kLags] = value;
  sum_ += value;
  squares_ += value * value;
  ++count_;
}

std::optional<double> Autocorrelation::At(std::size_t lag) const {
  if (lag == 0 || lag > kLags || count_ < 2 * kLags) return std::nullopt;
  const auto n = static_cast<double>(count_);
  const double mean = sum_ / n;
  const double variance = squares_ - n * mean * mean;
  if (!(variance > 0)) return std::nullopt;
  double head = 0, tail = 0;  // sums of the first and of the last `lag` values
  for (std::size_t i = 0; i < lag; ++i) {
    head += first_[i];
    tail += recent_[(count_ - 1 - i) % kLags];
  }
  const double pairs = n - static_cast<double>(lag);
  const double covariance = products_[lag - 1] - mean * (2 * sum_ - head - tail) + pairs * mean * mean;
  return covariance / variance;
}

// ---- Moments ---- (Pebay, "Formulas for robust, one-pass parallel computation of covariances and
// arbitrary-order statistical moments", Sandia report SAND2008-6212, equations 1.5 to 1.7)

void Moments::Add(double value) {
  const auto before = static_cast<double>(count_);
  ++count_;
  const auto n = static_cast<double>(count_);
  const double delta = value - mean_;
  const double step = delta / n;
  const double term = delta * step * before;
  mean_ += step;
  m4_ += term * step * step * (n * n - 3 * n + 3) + 6 * step * step * m2_ - 4 * step * m3_;
  m3_ += term * step * (n - 2) - 3 * step * m2_;
  m2_ += term;
}

double Moments::mean() const { return mean_; }
double Moments::variance() const { return count_ > 1 ? m2_ / static_cast<double>(count_ - 1) : 0; }

std::optional<double> Moments::ExcessKurtosis() const {
  if (count_ < 30 || !(m2_ > 0)) return std::nullopt;
  return static_cast<double>(count_) * m4_ / (m2_ * m2_) - 3;
}

// ---- LongMemory ----

void LongMemory::Add(double value) {
  ++count_;
  double block = value;
  for (std::size_t scale = 0; scale < kScales; ++scale) {
    if (scale > 0) {
      sum_[scale] += block;
      if (count_ % (std::uint64_t{1} << scale) != 0) return;
      block = sum_[scale];
      sum_[scale] = 0;
    }
    means_[scale].Add(block / static_cast<double>(std::uint64_t{1} << scale));
  }
}

std::optional<double> LongMemory::Hurst() const {
  double n = 0, x_sum = 0, y_sum = 0, xx = 0, xy = 0;
  for (std::size_t scale = 2; scale < kScales && means_[scale].count() >= 30; ++scale) {
    if (!(means_[scale].variance() > 0)) break;
    const auto x = static_cast<double>(scale);
    const double y = Log2(means_[scale].variance());
    n += 1;
    x_sum += x;
    y_sum += y;
    xx += x * x;
    xy += x * y;
  }
  if (n < 3) return std::nullopt;
  const double slope = (n * xy - x_sum * y_sum) / (n * xx - x_sum * x_sum);
  return 1 + slope / 2;
}

// ---- Correlation ----

void Correlation::Add(double x, double y) {
  ++count_;
  const double dx = x - mean_x_;
  mean_x_ += dx / static_cast<double>(count_);
  const double dy = y - mean_y_;
  mean_y_ += dy / static_cast<double>(count_);
  xx_ += dx * (x - mean_x_);
  yy_ += dy * (y - mean_y_);
  xy_ += dx * (y - mean_y_);
}

std::optional<double> Correlation::Value() const {
  if (count_ < 30 || !(xx_ > 0) || !(yy_ > 0)) return std::nullopt;
  return xy_ / Sqrt(xx_ * yy_);
}

// ---- Quantiles ----

void Quantiles::Add(double value) {
  if (!(value > 0)) return;
  if (cells_.empty()) cells_.resize(std::size_t{kHighest - kLowest} * kPerDoubling);
  const double place = (Log2(value) - kLowest) * kPerDoubling;
  const double last = static_cast<double>(cells_.size()) - 1;
  ++cells_[static_cast<std::size_t>(std::clamp(place, 0.0, last))];
  ++count_;
}

std::optional<double> Quantiles::At(double probability) const {
  if (count_ < 30) return std::nullopt;
  const double target = probability * static_cast<double>(count_);
  double passed = 0;
  std::size_t cell = 0;
  while (cell + 1 < cells_.size() && passed + static_cast<double>(cells_[cell]) < target)
    passed += static_cast<double>(cells_[cell++]);
  return Pow(2, (static_cast<double>(cell) + 0.5) / kPerDoubling + kLowest);
}

// ---- PowerLaw ----

void PowerLaw::Add(double x, double y) {
  const double log_x = Log2(x);
  Cell& cell = cells_[static_cast<std::size_t>(std::clamp(log_x, 0.0, kCells - 1.0))];
  ++cell.count;
  cell.log_x += log_x;
  cell.y += y;
}

std::optional<double> PowerLaw::Exponent() const {
  double cells = 0, weight = 0, x_sum = 0, y_sum = 0, xx = 0, xy = 0;
  for (const Cell& cell : cells_) {
    if (cell.count < 30 || !(cell.y > 0)) continue;
    const auto w = static_cast<double>(cell.count);
    const double x = cell.log_x / w;
    const double y = Log2(cell.y / w);
    cells += 1;
    weight += w;
    x_sum += w * x;
    y_sum += w * y;
    xx += w * x * x;
    xy += w * x * y;
  }
  const double spread = weight * xx - x_sum * x_sum;
  if (cells < 3 || !(spread > 0)) return std::nullopt;
  return (weight * xy - x_sum * y_sum) / spread;
}

}  // namespace crucible::facts
