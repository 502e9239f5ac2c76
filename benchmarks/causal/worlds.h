// Series with known causes: what tests and figures of causal discovery are judged by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/math.h"
#include "framework/base/random.h"
#include "framework/models/causal/graph.h"
#include "framework/models/causal/panel.h"

namespace crucible::bench {

enum class Noise : std::uint8_t {
  kNormal,
  kStudent3,     // Student's t with three degrees of freedom, unit variance: infinite fourth moment
  kGarch,        // GARCH(1, 1), 0.05 + 0.15 e^2 + 0.80 v, of each series on its own
  kCommonGarch,  // one volatility for all series: squares move together, as in a market
};

struct World {
  causal::Panel panel;
  causal::LinkTable<std::uint8_t> links;  // 1 where i at the lag drives j, self links included
};

// Innovations of unit variance for one row after another.
class Innovations {
 public:
  Innovations(Noise noise, std::size_t variables, RandomStream stream)
      : noise_(noise), variance_(variables, 1.0), last_(variables, 0.0), stream_(stream) {}

  void Next(std::vector<double>& out) {
    if (noise_ == Noise::kCommonGarch)
      common_ = 0.02 + 0.13 * common_ * last_common_ * last_common_ + 0.85 * common_;
    if (noise_ == Noise::kCommonGarch) last_common_ = stream_.Normal();
    for (std::size_t i = 0; i < out.size(); ++i) {
      double draw = stream_.Normal();
      if (noise_ == Noise::kStudent3) draw = Student3(draw);
      if (noise_ == Noise::kGarch) {
        variance_[i] = 0.05 + 0.15 * last_[i] * last_[i] + 0.80 * variance_[i];
        draw *= Sqrt(variance_[i]);
        last_[i] = draw;
      }
      if (noise_ == Noise::kCommonGarch) draw *= Sqrt(common_);
      out[i] = draw;
    }
  }

 private:
  double Student3(double normal) {
    double square = 0;
    for (int k = 0; k < 3; ++k) {
      const double z = stream_.Normal();
      square += z * z;
    }
    return normal / Sqrt(square);  // normal / sqrt(chi2 / 3) / sqrt(3)
  }

  Noise noise_;
  std::vector<double> variance_, last_;
  double common_ = 1, last_common_ = 1;
  RandomStream stream_;
};

// One driver of a variable.
struct Drive {
  std::size_t cause = 0, effect = 0, lag = 1;
  double weight = 0;
};

inline World Simulate(const std::vector<Drive>& drives, std::size_t variables, std::size_t rows,
                      std::size_t max_lag, Noise noise, std::uint64_t seed) {
  constexpr std::size_t kWarmUp = 200;
  World world;
  world.links = causal::LinkTable<std::uint8_t>(variables, max_lag, 0);
  for (const Drive& drive : drives) world.links.at(drive.cause, drive.effect, drive.lag) = 1;
  std::vector<std::vector<double>> x(variables, std::vector<double>(rows + kWarmUp));
  Innovations innovations(noise, variables, Random(seed).Stream("world/noise"));
  std::vector<double> row(variables);
  for (std::size_t t = 0; t < rows + kWarmUp; ++t) {
    innovations.Next(row);
    for (std::size_t j = 0; j < variables; ++j) x[j][t] = row[j];
    for (const Drive& drive : drives) {  // at lag 0, causes come before their effects in `drives`
      if (t >= drive.lag) x[drive.effect][t] += drive.weight * x[drive.cause][t - drive.lag];
    }
  }
  world.panel.sets.resize(1);
  for (std::size_t j = 0; j < variables; ++j) {
    world.panel.names.push_back("x" + std::to_string(j));
    world.panel.sets[0].columns.emplace_back(x[j].begin() + kWarmUp, x[j].end());
  }
  return world;
}

// A sparse random vector autoregression: a self link of 0.35 and `parents` others of +-0.3 each per variable.
// With two parents the absolute weights sum to 0.95, so it is stable.
inline World SparseVar(std::size_t variables, std::size_t rows, std::size_t max_lag, std::size_t parents,
                       Noise noise, std::uint64_t seed) {
  RandomStream stream = Random(seed).Stream("world/links");
  std::vector<Drive> drives;
  for (std::size_t j = 0; j < variables; ++j) {
    drives.push_back({j, j, 1, 0.35});
    for (std::size_t k = 0; k < parents; ++k) {
      std::size_t cause = j;
      while (cause == j) cause = stream.UniformBelow(variables);
      const std::size_t lag = 1 + stream.UniformBelow(max_lag);
      drives.push_back({cause, j, lag, stream.UniformBelow(2) == 0 ? 0.3 : -0.3});
    }
  }
  return Simulate(drives, variables, rows, max_lag, noise, seed);
}

// Independent first-order autoregressions: no link but to oneself.
inline World NullProcess(std::size_t variables, std::size_t rows, std::size_t max_lag, double self_weight,
                         Noise noise, std::uint64_t seed) {
  std::vector<Drive> drives;
  for (std::size_t j = 0; self_weight != 0 && j < variables; ++j) drives.push_back({j, j, 1, self_weight});
  return Simulate(drives, variables, rows, max_lag, noise, seed);
}

}  // namespace crucible::bench
