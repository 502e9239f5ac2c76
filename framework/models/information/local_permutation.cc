#include "framework/models/information/local_permutation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "framework/base/math.h"

namespace crucible::information {
namespace {

// Fisher and Yates.
void Shuffle(std::vector<std::uint32_t>& values, RandomStream& stream) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[stream.UniformBelow(i)]);
}

// Permutations that exchange X between rows of like Z.
class LocalPermutation {
 public:
  LocalPermutation(const ConditionalInformation& estimator, std::size_t neighbours)
      : neighbours_(estimator.rows()), visit_(estimator.rows()), used_(estimator.rows()) {
    for (std::size_t row = 0; row < neighbours_.size(); ++row) {
      estimator.NearestInZ(row, neighbours, neighbours_[row]);
    }
    std::iota(visit_.begin(), visit_.end(), 0U);
  }

  void Draw(RandomStream& stream, std::vector<std::uint32_t>& order) {
    order.resize(neighbours_.size());
    std::ranges::fill(used_, std::uint8_t{0});
    Shuffle(visit_, stream);
    for (const std::uint32_t row : visit_) {
      std::vector<std::uint32_t>& around = neighbours_[row];
      Shuffle(around, stream);
      const auto unused =
          std::ranges::find_if(around, [&](std::uint32_t other) { return used_[other] == 0; });
      const std::uint32_t from = unused != around.end() ? *unused : around.back();
      order[row] = from;
      used_[from] = 1;
    }
  }

 private:
  std::vector<std::vector<std::uint32_t>> neighbours_;
  std::vector<std::uint32_t> visit_;
  std::vector<std::uint8_t> used_;
};

}  // namespace

std::size_t BlockRowsFor(std::span<const double> x) {
  const auto n = static_cast<double>(x.size());
  double mean = 0, variance = 0, covariance = 0;
  for (const double value : x) mean += value / n;
  for (std::size_t t = 0; t < x.size(); ++t) {
    variance += (x[t] - mean) * (x[t] - mean);
    if (t > 0) covariance += (x[t] - mean) * (x[t - 1] - mean);
  }
  if (!(variance > 0)) return 1;
  const double r = std::min(std::fabs(covariance / variance), 0.999);
  const double ratio = Sqrt(6.0) * r / (1 - r * r);
  const double rows = r > 0 ? Exp((Log(n) + 2 * Log(ratio)) / 3) : 1;
  return std::clamp<std::size_t>(static_cast<std::size_t>(rows), 1, std::max<std::size_t>(1, x.size() / 4));
}

void ShuffleBlocks(std::size_t rows, std::size_t block_rows, RandomStream& stream,
                   std::vector<std::uint32_t>& order) {
  const std::size_t offset = stream.UniformBelow(rows);
  std::vector<std::uint32_t> blocks((rows + block_rows - 1) / block_rows);
  std::iota(blocks.begin(), blocks.end(), 0U);
  Shuffle(blocks, stream);
  order.clear();
  for (const std::uint32_t block : blocks) {
    const std::size_t first = block * block_rows;
    for (std::size_t k = first; k < std::min(rows, first + block_rows); ++k) {
      order.push_back(static_cast<std::uint32_t>((k + offset) % rows));
    }
  }
}

PermutationResult TestByPermutation(const ConditionalInformation& estimator, std::span<const double> x,
                                    const PermutationOptions& options, RandomStream stream) {
  PermutationResult result;
  result.information = estimator.Estimate();
  const std::size_t block_rows = options.block_rows > 0 ? options.block_rows : BlockRowsFor(x);
  std::optional<LocalPermutation> local;
  if (estimator.has_conditions()) local.emplace(estimator, options.neighbours);
  const double most =
      options.alpha * static_cast<double>(options.draws + 1);  // 1 + exceedances of a rejection
  std::size_t exceedances = 0;
  std::vector<std::uint32_t> order;
  while (result.draws < options.draws) {
    if (local) {
      local->Draw(stream, order);
    } else {
      ShuffleBlocks(estimator.rows(), block_rows, stream, order);
    }
    ++result.draws;
    if (estimator.EstimatePermuted(order) >= result.information) ++exceedances;
    const std::size_t left = options.draws - result.draws;
    const bool independent = static_cast<double>(1 + exceedances) > most;
    const bool dependent = static_cast<double>(1 + exceedances + left) <= most;
    if (options.alpha > 0 && left > 0 && (independent || dependent)) {
      result.p = independent ? static_cast<double>(exceedances) / static_cast<double>(result.draws)
                             : static_cast<double>(1 + exceedances) / static_cast<double>(1 + result.draws);
      return result;
    }
  }
  result.p = static_cast<double>(1 + exceedances) / static_cast<double>(1 + result.draws);
  return result;
}

}  // namespace crucible::information
