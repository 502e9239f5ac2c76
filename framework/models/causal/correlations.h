// One lagged correlation matrix for all linear tests of an analysis.
//
// Moments are sums of products over a set of rows; they add up, so they serve whole samples, the blocks of a
// bootstrap and a rolling window alike. Entry (a, b) belongs to nodes a = (i, l) and b = (j, m); only m >= l
// is stored.
//
// Without a transform, products at (l + 1, m + 1) are those at (l, m) moved back one row: two rows are
// exchanged instead of summing again, so the work is variables^2 (2 max_lag + 1) rows multiplications, not
// half of nodes^2 rows.
//
// Determinism: sums have the order of stats/sums.h within a run of rows, runs add up in order; threads share
// the work by lag distance and variable, and change no bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/base/task_pool.h"
#include "framework/models/causal/lagged_data.h"

namespace crucible::causal {

struct Moments {
  std::size_t variables = 0;
  std::size_t nodes = 0;
  double rows = 0;               // sum of weights
  std::vector<double> sums;      // [node]
  std::vector<double> products;  // [node][node], lag of the second >= lag of the first

  void Reset(std::size_t variable_count, std::size_t node_count);
  // Adds `weight` times `other`.
  void Add(const Moments& other, double weight);
};

struct Correlations {
  std::size_t variables = 0;
  std::size_t nodes = 0;
  std::size_t rows = 0;
  std::vector<double> r;               // [node][node], symmetric, 1 on the diagonal
  std::vector<std::uint8_t> constant;  // [node]: no variance over the sample; its row of r is 0
  std::vector<double> mean, scale;     // [node]: (value - mean) * scale has mean 0 and squares that sum to 1

  std::size_t Index(Node node) const { return node.lag * variables + node.variable; }
};

// Moments of rows [first, first + rows) of one run of the sample.
void AddRunMoments(const LaggedData& data, std::size_t run, std::size_t first, std::size_t rows,
                   TaskPool& pool, Moments& moments);
Moments SampleMoments(const LaggedData& data, TaskPool& pool);

// `constant` comes from the data: exact, where a small variance is not.
void ToCorrelations(const Moments& moments, const std::vector<std::uint8_t>& constant, Correlations& out);
Correlations Correlate(const LaggedData& data, TaskPool& pool);

}  // namespace crucible::causal
