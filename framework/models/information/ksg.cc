#include "framework/models/information/ksg.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "framework/base/check.h"
#include "framework/models/stats/distributions.h"

namespace crucible::information {
namespace {

// The largest double below a positive one, and 0 for 0.
double NextBelow(double positive) {
  return positive > 0 ? std::bit_cast<double>(std::bit_cast<std::uint64_t>(positive) - 1) : 0;
}

// The k smallest values seen, in a small sorted array.
class Nearest {
 public:
  explicit Nearest(std::size_t k) : distances_(k) {}
  void Clear() { std::ranges::fill(distances_, std::numeric_limits<double>::infinity()); }
  double farthest() const { return distances_.back(); }
  // Keeps the smaller of each pair and hands the larger on: no branch to predict.
  void Insert(double distance) {
    for (double& kept : distances_) {
      const double larger = std::max(kept, distance);
      kept = std::min(kept, distance);
      distance = larger;
    }
  }

 private:
  std::vector<double> distances_;
};

struct Point {
  double x, y;
};

// Points sorted by x, with infinitely far ones around them so that blocks may run over the ends.
class SortedPoints {
  using Pair = double __attribute__((vector_size(16)));
  using Mask = decltype(Pair{} < Pair{});
  static constexpr std::size_t kBlock = 8;
  static constexpr double kFar = std::numeric_limits<double>::infinity();

 public:
  SortedPoints(const std::vector<Point>& sorted, bool few)
      : n_(sorted.size()), few_(few), x_(n_ + 2 * kBlock, kFar), y_(n_ + 2 * kBlock, kFar) {
    for (std::size_t i = 0; i < n_; ++i) {
      x_[i + kBlock] = sorted[i].x;
      y_[i + kBlock] = sorted[i].y;
    }
  }

  // Distance of point `at` to its k-th neighbour: outwards in x, a block at a time, until x alone is too far.
  double KthDistance(std::size_t at, Nearest& nearest) const {
    nearest.Clear();
    const double x = x_[at + kBlock], y = y_[at + kBlock];
    std::size_t left = at + kBlock, right = left + 1;  // not yet visited: below left, from right
    bool more_left = true, more_right = true;
    while (more_left || more_right) {
      more_right = more_right && right < n_ + kBlock && x_[right] - x < nearest.farthest();
      if (more_right) {
        Visit(right, x, y, nearest);
        right += kBlock;
      }
      more_left = more_left && left > kBlock && x - x_[left - 1] < nearest.farthest();
      if (more_left) {
        left -= std::min(left, kBlock);
        Visit(left, x, y, nearest);
      }
    }
    return nearest.farthest();
  }

 private:
  // Within reach in x, a block's points are neighbours if they are near in y, which few are.
  void Visit(std::size_t first, double x, double y, Nearest& nearest) const {
    const Pair centre = {y, y}, reach = {nearest.farthest(), nearest.farthest()};
    Mask near = {0, 0};
    for (std::size_t b = 0; b < kBlock; b += 2) {
      Pair value;
      std::memcpy(&value, &y_[first + b], sizeof value);
      const Pair difference = value - centre;
      near |= (difference < reach) & (-difference < reach);
    }
    if ((near[0] | near[1]) == 0) return;
    for (std::size_t i = first; i < first + kBlock; ++i) {
      const double distance = std::max(std::fabs(x_[i] - x), std::fabs(y_[i] - y));
      if (few_ || distance < nearest.farthest()) nearest.Insert(distance);
    }
  }

  std::size_t n_;
  bool few_;  // neighbours: inserting costs less than a branch that goes either way
  std::vector<double> x_, y_;
};

// Counts of values within a radius of one of them, itself included.
class SortedValues {
 public:
  explicit SortedValues(std::vector<double> sorted) : sorted_(std::move(sorted)) {}

  // |difference| <= radius is monotone in the rounded difference, which is what a direct count compares. The ends are
  // first bracketed in steps that double, from `guess` places away, then found without a branch to predict.
  std::size_t CountWithin(std::size_t at, double radius, std::size_t guess) const {
    const double value = sorted_[at];
    const double* values = sorted_.data();
    std::size_t step = guess;
    while (at >= step && value - values[at - step] <= radius) step *= 2;
    // Of the places [first, at) those outside come first.
    std::size_t first = at >= step ? at - step : 0;
    for (std::size_t length = at - first; length > 0;) {
      const std::size_t half = (length + 1) / 2;
      first += value - values[first + half - 1] > radius ? half : 0;
      length -= half;
    }
    step = guess;
    while (at + step < sorted_.size() && values[at + step] - value <= radius) step *= 2;
    std::size_t end = at + 1;  // of [end, last) those inside come first
    const std::size_t last = std::min(at + step, sorted_.size());
    for (std::size_t length = last - end; length > 0;) {
      const std::size_t half = (length + 1) / 2;
      end += values[end + half - 1] - value <= radius ? half : 0;
      length -= half;
    }
    return end - first;
  }

 private:
  std::vector<double> sorted_;
};

}  // namespace

double KsgInformation(std::span<const double> x, std::span<const double> y, std::size_t k) {
  CRUCIBLE_CHECK(x.size() == y.size() && k >= 1 && k < x.size());
  const std::size_t n = x.size();
  std::vector<Point> points(n);
  for (std::size_t i = 0; i < n; ++i) points[i] = {x[i], y[i]};
  std::ranges::sort(points,
                    [](const Point& a, const Point& b) { return a.x < b.x || (a.x == b.x && a.y < b.y); });
  struct Placed {
    double y;
    std::uint32_t at;
  };
  std::vector<Placed> by_y(n);
  for (std::size_t i = 0; i < n; ++i) by_y[i] = {points[i].y, static_cast<std::uint32_t>(i)};
  std::ranges::sort(
      by_y, [](const Placed& a, const Placed& b) { return a.y < b.y || (a.y == b.y && a.at < b.at); });
  std::vector<double> xs(n), ys(n);
  std::vector<std::uint32_t> place(n);
  for (std::size_t i = 0; i < n; ++i) {
    xs[i] = points[i].x;
    ys[i] = by_y[i].y;
    place[by_y[i].at] = static_cast<std::uint32_t>(i);
  }
  const SortedValues in_x(std::move(xs)), in_y(std::move(ys));
  const std::vector<double> psi = stats::DigammaTable(n);
  const SortedPoints sorted(points, k <= 4);
  Nearest nearest(k);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double radius = NextBelow(sorted.KthDistance(i, nearest));
    const std::size_t near_x = in_x.CountWithin(i, radius, 16);
    const std::size_t near_y = in_y.CountWithin(place[i], radius, near_x / 2 + 1);
    sum += psi[near_x] + psi[near_y];
  }
  return psi[n] + psi[k] - sum / static_cast<double>(n);
}

}  // namespace crucible::information
