// Neighbour counts of conditional information on ranks, where distances are small integers.
//
// Rows stand in the order of a lead column (Z's first, or Y without Z). Its ranks are the places 0 .. n - 1,
// so all rows within a radius in any space that has the lead lie in one stretch of places around a row, the
// lead's own distance needs no column, and each count is one pass over that stretch, 8 or 16 integers at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace crucible::information {

class RankNeighbours {
 public:
  // Empty.
  RankNeighbours() = default;
  // Columns by row. REQUIRES: equally long, at most 32767 rows.
  RankNeighbours(std::span<const double> x, std::span<const double> y,
                 const std::vector<std::vector<double>>& z);

  bool empty() const { return row_at_.empty(); }
  std::size_t rows() const { return row_at_.size(); }

  // psi[k_xz] + psi[k_yz] - psi[k_z] of each row, with the k-th neighbour's distance; row i's X is that of
  // row order[i] (`order` empty: of row i). REQUIRES: without Z, `order` is a permutation.
  void Terms(std::size_t k, std::span<const std::uint32_t> order, const std::vector<double>& psi,
             std::vector<double>& out) const;

  // Distance of all rows to `row` in Z. REQUIRES: there is a Z.
  void DistancesInZ(std::size_t row, std::vector<double>& out) const;

 private:
  bool leads_z_ = false;
  std::vector<std::int16_t> lead_, x_, y_;    // by place; y_ is empty where it leads
  std::vector<std::vector<std::int16_t>> z_;  // by place, without the lead
  std::vector<std::uint32_t> row_at_, place_of_;
};

}  // namespace crucible::information
