#include "benchmarks/causal/calibration.h"

#include <algorithm>

#include "framework/models/causal/bagging.h"
#include "framework/models/causal/live_graph.h"

namespace crucible::bench {
namespace {

using causal::CausalGraph;
using causal::Mark;

CausalGraph Find(const causal::LaggedData& data, TestKind kind, double alpha,
                 causal::FalseDiscovery correction) {
  TaskPool pool(1);
  const causal::Correlations correlations = causal::Correlate(data, pool);
  causal::LinearTest test(correlations, &data, data.max_lag(), kind.errors);
  test.Prepare(0.05);
  causal::PcmciOptions options;
  options.min_lag = 1;
  options.alpha = alpha;
  options.false_discovery = correction;
  return *causal::RunPcmci(test, options, pool);
}

causal::LaggedData Read(const World& world, std::size_t max_lag, causal::Transform transform) {
  causal::LaggedData::Options options;
  options.max_lag = max_lag;
  options.transform = transform;
  return *causal::LaggedData::Create(world.panel, options);
}

struct Confusion {
  double found = 0, wrong = 0, missed = 0, planted = 0;
};

template <typename IsFound>
Confusion Compare(const World& world, const IsFound& is_found) {
  Confusion confusion;
  for (std::size_t i = 0; i < world.links.variables(); ++i) {
    for (std::size_t j = 0; j < world.links.variables(); ++j) {
      for (std::size_t lag = 1; lag <= world.links.max_lag(); ++lag) {
        const bool planted = world.links.at(i, j, lag) != 0, found = is_found(i, j, lag);
        confusion.planted += planted ? 1 : 0;
        confusion.found += found ? 1 : 0;
        confusion.wrong += found && !planted ? 1 : 0;
        confusion.missed += !found && planted ? 1 : 0;
      }
    }
  }
  return confusion;
}

causal::BaggedGraph Bag(const causal::LaggedData& data, double alpha) {
  TaskPool pool(1);
  causal::BaggingOptions bagging;
  bagging.samples = 50;
  const auto find = [&](causal::LinearTest& test, TaskPool& alone) {
    test.Prepare(0.05);
    causal::PcmciOptions options;
    options.min_lag = 1;
    options.alpha = alpha;
    options.false_discovery = causal::FalseDiscovery::kAll;
    return causal::RunPcmci(test, options, alone);
  };
  return *causal::BagGraphs(data, find, bagging, pool);
}

// x0 -> x1 -> x2, x0 -> x3 at lags 1 and 2, with self links; x4 stands alone.
std::vector<Drive> LiveDrives() {
  std::vector<Drive> drives;
  for (std::size_t v = 0; v < 5; ++v) drives.push_back({v, v, 1, 0.3});
  drives.push_back({0, 1, 1, 0.25});
  drives.push_back({1, 2, 1, 0.25});
  drives.push_back({0, 3, 2, 0.25});
  return drives;
}

std::vector<causal::LinkChange> Follow(causal::LiveGraph& live, const World& world) {
  const std::vector<std::vector<double>>& x = world.panel.sets[0].columns;
  std::vector<causal::LinkChange> changes;
  std::vector<double> bar(x.size());
  for (std::size_t t = 0; t < x[0].size(); ++t) {
    for (std::size_t v = 0; v < x.size(); ++v) bar[v] = x[v][t];
    for (const causal::LinkChange& change : live.Push(bar)) changes.push_back(change);
  }
  return changes;
}

bool IsPlanted(const World& world, const causal::LinkChange& change) {
  return change.cause.variable != change.effect &&
         world.links.at(change.cause.variable, change.effect, change.cause.lag) != 0;
}

}  // namespace

NullRate MeasureNullRate(Noise noise, TestKind kind, double alpha, std::size_t worlds,
                         std::uint64_t first_seed) {
  NullRate rate;
  for (std::size_t w = 0; w < worlds; ++w) {
    const World world = NullProcess(5, 1000, 3, 0.5, noise, first_seed + w);
    const CausalGraph graph =
        Find(Read(world, 3, kind.transform), kind, alpha, causal::FalseDiscovery::kNone);
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::size_t j = 0; j < 5; ++j) {
        for (std::size_t lag = 1; i != j && lag <= 3; ++lag) {
          ++rate.tests;
          rate.positives += graph.p.at(i, j, lag) <= alpha ? 1U : 0U;
        }
      }
    }
  }
  return rate;
}

Recovery MeasureRecovery(Noise noise, TestKind kind, double alpha, std::size_t worlds,
                         std::uint64_t first_seed) {
  Recovery recovery;
  double squares = 0;
  const auto n = static_cast<double>(worlds);
  for (std::size_t w = 0; w < worlds; ++w) {
    const World world = SparseVar(10, 300, 3, 2, noise, first_seed + w);
    const causal::LaggedData data = Read(world, 3, kind.transform);
    const CausalGraph graph = Find(data, kind, alpha, causal::FalseDiscovery::kAll);
    const Confusion plain = Compare(world, [&](std::size_t i, std::size_t j, std::size_t lag) {
      return graph.marks.at(i, j, lag) != Mark::kNone;
    });
    const causal::BaggedGraph bag = Bag(data, alpha);
    const Confusion majority = Compare(world, [&](std::size_t i, std::size_t j, std::size_t lag) {
      return bag.Majority(i, j, lag) != Mark::kNone;
    });
    const Confusion bagged = Compare(world, [&](std::size_t i, std::size_t j, std::size_t lag) {
      return bag.Frequency(i, j, lag) > kFrequency;
    });
    const double wrong = plain.found > 0 ? plain.wrong / plain.found : 0;
    recovery.false_discovery += wrong / n;
    squares += wrong * wrong / n;
    recovery.recall += (1 - plain.missed / plain.planted) / n;
    recovery.hamming += (plain.wrong + plain.missed) / n;
    recovery.majority_hamming += (majority.wrong + majority.missed) / n;
    recovery.bagged_recall += (1 - bagged.missed / bagged.planted) / n;
    recovery.bagged_hamming += (bagged.wrong + bagged.missed) / n;
  }
  const double variance = squares - recovery.false_discovery * recovery.false_discovery;
  recovery.false_discovery_low = recovery.false_discovery - 1.96 * Sqrt(std::max(0.0, variance) / n);
  return recovery;
}

LiveBehaviour MeasureLive(std::size_t worlds, std::size_t stationary_bars, std::uint64_t first_seed) {
  LiveBehaviour behaviour;
  const causal::LiveOptions options;
  const std::size_t before = 2 * options.window_rows;
  std::vector<double> delays;
  double withdrawals = 0, followed = 0, found = 0, planted = 0;
  for (std::size_t w = 0; w < worlds; ++w) {
    // The link from x0 to x1 ends after `before` bars.
    World world = Simulate(LiveDrives(), 5, before, 3, Noise::kGarch, first_seed + w);
    std::vector<Drive> later = LiveDrives();
    later.erase(later.begin() + 5);
    const World after = Simulate(later, 5, 2 * options.window_rows, 3, Noise::kGarch, first_seed + 1000 + w);
    for (std::size_t v = 0; v < 5; ++v) {
      std::vector<double>& x = world.panel.sets[0].columns[v];
      x.insert(x.end(), after.panel.sets[0].columns[v].begin(), after.panel.sets[0].columns[v].end());
    }
    causal::LiveGraph live = *causal::LiveGraph::Create(world.panel.names, options);
    double delay = 2.0 * static_cast<double>(options.window_rows);
    for (const causal::LinkChange& change : Follow(live, world)) {
      if (change.bar >= before && !change.established && change.cause == causal::Node{0, 1} &&
          change.effect == 1) {
        delay = std::min(delay, static_cast<double>(change.bar - before));
      }
    }
    delays.push_back(delay);
    const World still = Simulate(LiveDrives(), 5, stationary_bars, 3, Noise::kGarch, first_seed + 2000 + w);
    causal::LiveGraph calm = *causal::LiveGraph::Create(still.panel.names, options);
    for (const causal::LinkChange& change : Follow(calm, still)) {
      if (IsPlanted(still, change) && !change.established) withdrawals += 1;
    }
    followed += static_cast<double>(stationary_bars - options.window_rows - 2 * options.max_lag);
    planted += 3;
    found += (calm.IsEstablished(0, 1, 1) ? 1 : 0) + (calm.IsEstablished(1, 2, 1) ? 1 : 0) +
             (calm.IsEstablished(0, 3, 2) ? 1 : 0);
  }
  std::ranges::sort(delays);
  behaviour.bars_to_withdraw = delays[delays.size() / 2];
  behaviour.false_withdrawals = 1e4 * withdrawals / followed;
  behaviour.found_share = found / planted;
  return behaviour;
}

}  // namespace crucible::bench
