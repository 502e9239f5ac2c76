#include "framework/models/information/ksg.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
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

// The k smallest distances seen, ascending. Few: kept in registers, and inserting costs less than asking
// whether to.
template <std::size_t k>
class FewNearest {
 public:
  void Clear() { distances_.fill(std::numeric_limits<double>::infinity()); }
  double farthest() const { return distances_[k - 1]; }
  // Keeps the smaller of each pair and hands the larger on: no branch to predict.
  void Insert(double distance) {
    for (double& kept : distances_) {
      const double larger = std::max(kept, distance);
      kept = std::min(kept, distance);
      distance = larger;
    }
  }

 private:
  std::array<double, k> distances_;
};

class ManyNearest {
 public:
  explicit ManyNearest(std::size_t k) : distances_(k) {}
  void Clear() { std::ranges::fill(distances_, std::numeric_limits<double>::infinity()); }
  double farthest() const { return distances_.back(); }
  void Insert(double distance) {
    if (!(distance < distances_.back())) return;
    std::size_t at = distances_.size() - 1;
    for (; at > 0 && distances_[at - 1] > distance; --at) distances_[at] = distances_[at - 1];
    distances_[at] = distance;
  }

 private:
  std::vector<double> distances_;
};

struct Point {
  double x, y;
};

// A sample's values in order, with infinities at both ends for searches that run over them.
class SortedValues {
 public:
  explicit SortedValues(std::size_t n) : n_(n), values_(n + 2, std::numeric_limits<double>::infinity()) {
    values_[0] = -values_[0];
  }
  std::size_t size() const { return n_; }
  double& operator[](std::size_t at) { return values_[at + 1]; }
  double operator[](std::size_t at) const { return values_[at + 1]; }
  double MiddleHalf() const { return (*this)[n_ - 1 - n_ / 4] - (*this)[n_ / 4]; }

  // Whether the value `steps` places above (below) `at`, or the infinity that ends them, is within the
  // radius. Monotone in the rounded difference, which is what a direct count compares.
  bool WithinAbove(std::size_t at, std::size_t steps, double radius) const {
    return values_[std::min(at + 1 + steps, n_ + 1)] - values_[at + 1] <= radius;
  }
  bool WithinBelow(std::size_t at, std::size_t steps, double radius) const {
    return values_[at + 1] - values_[at + 1 - std::min(steps, at + 1)] <= radius;
  }

 private:
  std::size_t n_;
  std::vector<double> values_;
};

struct Counts {
  std::size_t x, y;
};

// Values within the radius of one of xs and one of ys, these included. The four ends are searched in step,
// without a branch to predict, so that their loads overlap. `guess` is a power of two near half the usual
// count.
Counts CountWithin(const SortedValues& xs, std::size_t at_x, const SortedValues& ys, std::size_t at_y,
                   double radius, std::size_t guess) {
  while (guess < xs.size() && (xs.WithinAbove(at_x, guess, radius) || xs.WithinBelow(at_x, guess, radius) ||
                               ys.WithinAbove(at_y, guess, radius) || ys.WithinBelow(at_y, guess, radius)))
    guess *= 2;
  std::size_t above_x = 0, below_x = 0, above_y = 0, below_y = 0;
  for (std::size_t step = guess / 2; step > 0; step /= 2) {
    above_x += xs.WithinAbove(at_x, above_x + step, radius) ? step : 0;
    below_x += xs.WithinBelow(at_x, below_x + step, radius) ? step : 0;
    above_y += ys.WithinAbove(at_y, above_y + step, radius) ? step : 0;
    below_y += ys.WithinBelow(at_y, below_y + step, radius) ? step : 0;
  }
  return {1 + above_x + below_x, 1 + above_y + below_y};
}

// The points in strips of equal numbers, cut across y, each in order of x with infinitely far points at its
// ends. Asked for every point in order of x: how far a strip has been passed is then where to look in it.
class Strips {
  static constexpr std::size_t kBlock = 4;
  static constexpr std::size_t kPad = kBlock + 1;

 public:
  // REQUIRES: points in order of x; rank[i] is the place of point i in ys.
  Strips(std::span<const Point> points, std::span<const std::uint32_t> rank, const SortedValues& ys,
         std::size_t per_strip)
      : ys_(ys),
        per_strip_(per_strip),
        stride_(per_strip + 2 * kPad),
        passed_((points.size() + per_strip - 1) / per_strip),
        x_(passed_.size() * stride_, std::numeric_limits<double>::infinity()),
        y_(x_.size()) {
    for (std::size_t strip = 0; strip < passed_.size(); ++strip) {
      passed_[strip] = strip * stride_ + kPad;
      for (std::size_t i = 0; i < kPad; ++i) x_[strip * stride_ + i] *= -1;
    }
    const std::vector<std::size_t> first = passed_;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::size_t at = passed_[rank[i] / per_strip_]++;
      x_[at] = points[i].x;
      y_[at] = points[i].y;
    }
    passed_ = first;
  }

  // Distance of the next point in x, whose place in ys is `rank`, to its k-th neighbour: outwards strip by
  // strip, until y alone is too far.
  template <class Nearest>
  double NextKthDistance(std::size_t rank, Nearest& nearest) {
    const std::size_t own = rank / per_strip_;
    const std::size_t at = passed_[own]++;
    const Point centre = {x_[at], y_[at]};
    nearest.Clear();
    Visit(at, at + 1, centre, nearest);
    std::size_t above = own + 1, below = own;
    bool more_above = true, more_below = true;
    while (more_above || more_below) {
      more_above =
          more_above && above < passed_.size() && ys_[above * per_strip_] - centre.y < nearest.farthest();
      if (more_above) {
        Visit(passed_[above], passed_[above], centre, nearest);
        ++above;
      }
      more_below = more_below && below > 0 && centre.y - ys_[below * per_strip_ - 1] < nearest.farthest();
      if (more_below) {
        --below;
        Visit(passed_[below], passed_[below], centre, nearest);
      }
    }
    return nearest.farthest();
  }

 private:
  // One strip, below `left` and from `right`, a block at a time until x alone is too far.
  template <class Nearest>
  void Visit(std::size_t left, std::size_t right, Point centre, Nearest& nearest) const {
    do {
      left -= kBlock;
      InsertBlock(left, centre, nearest);
    } while (centre.x - x_[left - 1] < nearest.farthest());
    while (x_[right] - centre.x < nearest.farthest()) {
      InsertBlock(right, centre, nearest);
      right += kBlock;
    }
  }

  template <class Nearest>
  void InsertBlock(std::size_t first, Point centre, Nearest& nearest) const {
    std::array<double, kBlock> distance;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const double across = std::fabs(x_[first + i] - centre.x), along = std::fabs(y_[first + i] - centre.y);
      distance[i] = std::max(across, along);
    }
    for (const double one : distance) nearest.Insert(one);
  }

  const SortedValues& ys_;
  std::size_t per_strip_, stride_;
  std::vector<std::size_t> passed_;  // by strip: the first place whose point has not been asked for
  std::vector<double> x_, y_;
};

// Strips about as high as the k-th neighbour is far, judged by the middle half of the values. Only speed
// depends on it; 0.6 was the fastest of 0.3 to 1.2.
std::size_t PointsPerStrip(const SortedValues& xs, const SortedValues& ys, std::size_t k) {
  const auto n = static_cast<double>(xs.size());
  const double across = xs.MiddleHalf(), along = ys.MiddleHalf();
  const double ratio = across > 0 && along > 0 ? across / along : 1;
  const double points = 0.6 * std::sqrt(n * static_cast<double>(k) * ratio);
  return static_cast<std::size_t>(std::clamp(points, 8.0, std::max(8.0, n)));
}

struct Sample {
  SortedValues xs, ys;
  std::vector<Point> points;        // in order of x
  std::vector<std::uint32_t> rank;  // of each in ys
};

Sample Sort(std::span<const double> x, std::span<const double> y) {
  const std::size_t n = x.size();
  Sample sample{SortedValues(n), SortedValues(n), std::vector<Point>(n), std::vector<std::uint32_t>(n)};
  for (std::size_t i = 0; i < n; ++i) sample.points[i] = {x[i], y[i]};
  std::ranges::sort(sample.points,
                    [](const Point& a, const Point& b) { return a.x < b.x || (a.x == b.x && a.y < b.y); });
  struct Placed {
    double y;
    std::uint32_t at;
  };
  std::vector<Placed> by_y(n);
  for (std::size_t i = 0; i < n; ++i) by_y[i] = {sample.points[i].y, static_cast<std::uint32_t>(i)};
  std::ranges::sort(
      by_y, [](const Placed& a, const Placed& b) { return a.y < b.y || (a.y == b.y && a.at < b.at); });
  for (std::size_t i = 0; i < n; ++i) {
    sample.xs[i] = sample.points[i].x;
    sample.ys[i] = by_y[i].y;
    sample.rank[by_y[i].at] = static_cast<std::uint32_t>(i);
  }
  return sample;
}

template <class Nearest>
double Estimate(const Sample& sample, std::size_t k, Nearest nearest) {
  const std::size_t n = sample.points.size();
  const std::vector<double> psi = stats::DigammaTable(n);
  Strips strips(sample.points, sample.rank, sample.ys, PointsPerStrip(sample.xs, sample.ys, k));
  const auto guess = std::bit_ceil(static_cast<std::size_t>(std::sqrt(static_cast<double>(k * n)) / 2));
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double radius = NextBelow(strips.NextKthDistance(sample.rank[i], nearest));
    const Counts near = CountWithin(sample.xs, i, sample.ys, sample.rank[i], radius, guess);
    sum += psi[near.x] + psi[near.y];
  }
  return psi[n] + psi[k] - sum / static_cast<double>(n);
}

}  // namespace

double KsgInformation(std::span<const double> x, std::span<const double> y, std::size_t k) {
  CRUCIBLE_CHECK(x.size() == y.size() && k >= 1 && k < x.size());
  const Sample sample = Sort(x, y);
  switch (k) {
    case 1:
      return Estimate(sample, k, FewNearest<1>());
    case 2:
      return Estimate(sample, k, FewNearest<2>());
    case 3:
      return Estimate(sample, k, FewNearest<3>());
    case 4:
      return Estimate(sample, k, FewNearest<4>());
    case 5:
      return Estimate(sample, k, FewNearest<5>());
    default:
      return Estimate(sample, k, ManyNearest(k));
  }
}

}  // namespace crucible::information
