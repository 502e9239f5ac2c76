#include "framework/models/causal/bagging.h"

#include <algorithm>
#include <memory>
#include <string>

#include "framework/base/random.h"

namespace crucible::causal {
namespace {

constexpr std::size_t kMostBlocks = 128;

struct Block {
  std::size_t run, first, rows;
};

std::size_t BlockRows(const LaggedData& data, std::size_t asked) {
  if (asked > 0) return asked;
  std::size_t cube_root = 1;
  while (cube_root * cube_root * cube_root < data.rows()) ++cube_root;
  return std::max({(data.rows() + kMostBlocks - 1) / kMostBlocks, cube_root, data.lags()});
}

// Runs cut into blocks of `rows`; what is left of a run joins its last block.
std::vector<Block> Cut(const LaggedData& data, std::size_t rows) {
  std::vector<Block> blocks;
  for (std::size_t run = 0; run < data.sample().runs.size(); ++run) {
    const std::size_t all = data.sample().runs[run].rows;
    const std::size_t count = std::max<std::size_t>(1, all / rows);
    for (std::size_t k = 0; k < count; ++k)
      blocks.push_back({run, k * rows, k + 1 < count ? rows : all - k * rows});
  }
  return blocks;
}

// What one thread needs for a sample.
struct Workspace {
  Moments moments;
  Correlations correlations;
  TaskPool pool{1};
};

void Count(const CausalGraph& graph, BaggedGraph& bagged) {
  for (std::size_t k = 0; k < graph.marks.values().size(); ++k) {
    ++bagged.counts.values()[k][static_cast<std::size_t>(graph.marks.values()[k])];
  }
}

}  // namespace

double BaggedGraph::Frequency(std::size_t i, std::size_t j, std::size_t lag) const {
  return 1 - static_cast<double>(counts.at(i, j, lag)[0]) / static_cast<double>(samples);
}

Mark BaggedGraph::Majority(std::size_t i, std::size_t j, std::size_t lag) const {
  Mark best = Mark::kNone;
  const auto count = [&](Mark mark) { return counts.at(i, j, lag)[static_cast<std::size_t>(mark)]; };
  for (const Mark mark : {Mark::kConflict, Mark::kUndirected, Mark::kForward, Mark::kBackward}) {
    if (count(mark) > count(best)) best = mark;
  }
  // Neither direction of two that are equally frequent.
  const bool directed = best == Mark::kForward || best == Mark::kBackward;
  return directed && count(Mark::kForward) == count(Mark::kBackward) ? Mark::kConflict : best;
}

absl::StatusOr<BaggedGraph> BagGraphs(const LaggedData& data, const GraphFinder& find,
                                      const BaggingOptions& options, TaskPool& pool) {
  if (options.samples == 0) return absl::InvalidArgumentError("bagging needs at least one sample");
  const std::vector<Block> blocks = Cut(data, BlockRows(data, options.block_rows));
  std::vector<std::uint8_t> constant(data.nodes());
  for (std::uint32_t lag = 0; lag < data.lags(); ++lag) {
    for (std::uint32_t v = 0; v < data.variables(); ++v)
      constant[data.Index({v, lag})] = data.IsConstant({v, lag});
  }
  std::vector<Moments> moments(blocks.size());
  pool.Run(blocks.size(), [&](std::size_t b, std::size_t) {
    TaskPool alone(1);
    moments[b].Reset(data.variables(), data.nodes());
    AddRunMoments(data, blocks[b].run, blocks[b].first, blocks[b].rows, alone, moments[b]);
  });

  std::vector<std::unique_ptr<Workspace>> workspaces(pool.threads());
  for (auto& workspace : workspaces) workspace = std::make_unique<Workspace>();
  std::vector<absl::StatusOr<CausalGraph>> graphs(options.samples);
  pool.Run(options.samples, [&](std::size_t k, std::size_t worker) {
    if (worker == 0 && options.progress) {
      options.progress(static_cast<double>(k) / static_cast<double>(options.samples));
    }
    RandomStream stream = Random(options.seed).Stream("bagging/" + std::to_string(k));
    std::vector<std::uint32_t> counts(blocks.size(), 0);
    for (std::size_t draw = 0; draw < blocks.size(); ++draw) ++counts[stream.UniformBelow(blocks.size())];
    Workspace& work = *workspaces[worker];
    work.moments.Reset(data.variables(), data.nodes());
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      if (counts[b] > 0) work.moments.Add(moments[b], counts[b]);
    }
    ToCorrelations(work.moments, constant, work.correlations);
    LinearTest test(work.correlations, nullptr, data.max_lag());
    graphs[k] = find(test, work.pool);
  });

  BaggedGraph bagged;
  bagged.samples = options.samples;
  bagged.counts = LinkTable<std::array<std::uint32_t, 5>>(data.variables(), data.max_lag(), {});
  for (const absl::StatusOr<CausalGraph>& graph : graphs) {
    if (!graph.ok()) return graph.status();
    Count(*graph, bagged);
  }
  return bagged;
}

}  // namespace crucible::causal
