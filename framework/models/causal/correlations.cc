#include "framework/models/causal/correlations.h"

#include <algorithm>

#include "framework/base/math.h"
#include "framework/models/stats/sums.h"

namespace crucible::causal {
namespace {

Node MakeNode(std::size_t variable, std::size_t lag) {
  return {static_cast<std::uint32_t>(variable), static_cast<std::uint32_t>(lag)};
}

struct RowRange {
  const LaggedData& data;
  std::size_t run, first, rows;

  const double* Rows(std::size_t variable, std::size_t lag) const {
    return data.RunRows(MakeNode(variable, lag), run) + first;
  }
  std::vector<const double*> AllRows(std::size_t lag) const {
    std::vector<const double*> columns(data.variables());
    for (std::size_t v = 0; v < columns.size(); ++v) columns[v] = Rows(v, lag);
    return columns;
  }
};

// Some of the variables.
struct Part {
  std::size_t first = 0, end = 0;
};

// All products of lags (l, l + distance) of the part with all: the first by summing, the others by exchanging
// one row.
void AddShifted(const RowRange& range, std::size_t distance, Part part, Moments& moments) {
  const std::size_t n = range.data.variables(), lags = range.data.lags();
  std::vector<double> block(n * n);
  const std::vector<const double*> now = range.AllRows(0), then = range.AllRows(distance);
  stats::CrossProducts(now.data() + part.first, part.end - part.first, then.data(), n, range.rows,
                       block.data() + part.first * n, n);
  for (std::size_t lag = 0;; ++lag) {
    for (std::size_t i = part.first; i < part.end; ++i) {
      double* out = &moments.products[(lag * n + i) * moments.nodes + (lag + distance) * n];
      for (std::size_t j = 0; j < n; ++j) out[j] += block[i * n + j];
    }
    if (lag + 1 + distance >= lags) return;
    for (std::size_t i = part.first; i < part.end; ++i) {
      const double* x = range.Rows(i, lag + 1);
      const double entering = x[0], leaving = x[range.rows];
      for (std::size_t j = 0; j < n; ++j) {
        const double* y = range.Rows(j, lag + 1 + distance);
        block[i * n + j] += entering * y[0] - leaving * y[range.rows];
      }
    }
  }
}

// Products of one lag of the part with all later ones, each by summing.
void AddDirect(const RowRange& range, std::size_t lag, Part part, Moments& moments) {
  const std::size_t n = range.data.variables();
  const std::vector<const double*> rows = range.AllRows(lag);
  std::vector<double> block(n * n);
  for (std::size_t later = lag; later < range.data.lags(); ++later) {
    const std::vector<const double*> columns = range.AllRows(later);
    stats::CrossProducts(rows.data() + part.first, part.end - part.first, columns.data(), n, range.rows,
                         block.data() + part.first * n, n);
    for (std::size_t i = part.first; i < part.end; ++i) {
      double* out = &moments.products[(lag * n + i) * moments.nodes + later * n];
      for (std::size_t j = 0; j < n; ++j) out[j] += block[i * n + j];
    }
  }
}

}  // namespace

void Moments::Reset(std::size_t variable_count, std::size_t node_count) {
  variables = variable_count;
  nodes = node_count;
  rows = 0;
  sums.assign(nodes, 0.0);
  products.assign(nodes * nodes, 0.0);
}

void Moments::Add(const Moments& other, double weight) {
  rows += weight * other.rows;
  for (std::size_t a = 0; a < nodes; ++a) {
    sums[a] += weight * other.sums[a];
    const std::size_t first = a / variables * variables;
    double* into = &products[a * nodes];
    const double* from = &other.products[a * nodes];
    for (std::size_t b = first; b < nodes; ++b) into[b] += weight * from[b];
  }
}

void AddRunMoments(const LaggedData& data, std::size_t run, std::size_t first, std::size_t rows,
                   TaskPool& pool, Moments& moments) {
  const RowRange range{data, run, first, rows};
  const std::size_t n = data.variables();
  const bool shifts = data.transform() == Transform::kNone;
  // Enough tasks to share; every sum is the work of one of them.
  const std::size_t parts = pool.threads() > 1 ? std::min<std::size_t>(4, n) : 1;
  pool.Run(data.lags() * parts, [&](std::size_t task, std::size_t) {
    const std::size_t lag = task / parts, at = task % parts;
    const Part part{at * n / parts, (at + 1) * n / parts};
    for (std::size_t v = part.first; v < part.end; ++v)
      moments.sums[lag * n + v] += stats::Sum(range.Rows(v, lag), rows);
    shifts ? AddShifted(range, lag, part, moments) : AddDirect(range, lag, part, moments);
  });
  moments.rows += static_cast<double>(rows);
}

Moments SampleMoments(const LaggedData& data, TaskPool& pool) {
  Moments moments;
  moments.Reset(data.variables(), data.nodes());
  for (std::size_t run = 0; run < data.sample().runs.size(); ++run) {
    AddRunMoments(data, run, 0, data.sample().runs[run].rows, pool, moments);
  }
  return moments;
}

void ToCorrelations(const Moments& moments, const std::vector<std::uint8_t>& constant, Correlations& out) {
  const std::size_t d = moments.nodes;
  out.variables = moments.variables;
  out.nodes = d;
  out.rows = static_cast<std::size_t>(moments.rows);
  out.constant = constant;
  out.r.resize(d * d);
  out.mean.resize(d);
  out.scale.resize(d);
  std::vector<double>& scale = out.scale;
  const double share = 1 / moments.rows;
  for (std::size_t a = 0; a < d; ++a) {
    out.mean[a] = moments.sums[a] * share;
    const double variance = moments.products[a * d + a] - moments.sums[a] * moments.sums[a] * share;
    if (!(variance > 0)) out.constant[a] = 1;
    scale[a] = out.constant[a] != 0 ? 0 : 1 / Sqrt(variance);
  }
  for (std::size_t a = 0; a < d; ++a) {
    const std::size_t first = a / out.variables * out.variables;
    const double* products = &moments.products[a * d];
    const double mean = moments.sums[a] * share;
    for (std::size_t b = std::max(first, a); b < d; ++b) {
      out.r[a * d + b] = (products[b] - mean * moments.sums[b]) * (scale[a] * scale[b]);
    }
  }
  // Tiles, so that neither side of the mirror misses the cache at each step.
  constexpr std::size_t kTile = 32;
  for (std::size_t a = 0; a < d; a += kTile) {
    for (std::size_t b = 0; b <= a; b += kTile) {
      for (std::size_t i = a; i < std::min(d, a + kTile); ++i) {
        for (std::size_t j = b; j < std::min(i, b + kTile); ++j) out.r[i * d + j] = out.r[j * d + i];
      }
    }
  }
  for (std::size_t a = 0; a < d; ++a) out.r[a * d + a] = 1;
}

Correlations Correlate(const LaggedData& data, TaskPool& pool) {
  std::vector<std::uint8_t> constant(data.nodes());
  for (std::size_t a = 0; a < constant.size(); ++a) {
    constant[a] = data.IsConstant(MakeNode(a % data.variables(), a / data.variables())) ? 1 : 0;
  }
  Correlations correlations;
  ToCorrelations(SampleMoments(data, pool), constant, correlations);
  return correlations;
}

}  // namespace crucible::causal
