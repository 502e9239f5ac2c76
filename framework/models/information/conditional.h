// Conditional mutual information I(X; Y | Z) by nearest neighbours: Frenzel and Pompe, "Partial mutual
// information for coupling analysis of multivariate time series", Phys. Rev. Lett. 99 (2007), as the test
// CMIknn uses it (Runge, AISTATS 2018).
//
//   I = psi(k) - < psi(k_xz) + psi(k_yz) - psi(k_z) >
//
// The radius of a point is 0.999999999 of the Chebyshev distance to its k-th neighbour in (X, Y, Z), itself
// excluded; k_xz, k_yz, k_z count the points within it in the subspaces, itself included; k_z is n when Z is
// empty. In nats.
//
// Ranks (the default) make the distances small integers: the arithmetic is exact, and rank_neighbours.h makes
// it fast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/models/information/rank_neighbours.h"

namespace crucible::information {

enum class Scaling : std::uint8_t {
  kRanks,        // 0 .. n - 1 by argsort of argsort; ties in the order of the rows
  kStandardise,  // mean 0, population deviation 1
  kNone,
};

// Columns of X, Y and Z, scaled once, for many estimates.
class ConditionalInformation {
 public:
  // `z` holds the columns of Z, each as long as x and y. REQUIRES: 1 <= k < n, n <= 32767 with ranks.
  ConditionalInformation(std::span<const double> x, std::span<const double> y,
                         const std::vector<std::vector<double>>& z, std::size_t k, Scaling scaling);

  double Estimate() const;
  // With row i's X taken from row `order[i]`. REQUIRES: without Z, `order` is a permutation.
  double EstimatePermuted(std::span<const std::uint32_t> order) const;

  std::size_t rows() const { return rows_; }
  bool has_conditions() const { return conditions_ > 0; }
  // The rows nearest to `row` in Z (itself included), nearest first, equal distances by row. REQUIRES:
  // has_conditions().
  void NearestInZ(std::size_t row, std::size_t count, std::vector<std::uint32_t>& out) const;

 private:
  struct Columns {
    std::vector<double> x, y;
    std::vector<std::vector<double>> z;
  };
  // Of values, a term per row.
  void Terms(std::span<const std::uint32_t> order, std::vector<double>& out) const;

  std::size_t rows_, k_, conditions_;
  RankNeighbours ranks_;  // one of the two is filled
  Columns values_;
  std::vector<double> psi_;
};

}  // namespace crucible::information
