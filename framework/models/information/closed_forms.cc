#include "framework/models/information/closed_forms.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/base/random.h"
#include "framework/models/stats/cholesky.h"
#include "framework/models/stats/sums.h"

namespace crucible::information {
namespace {

// Logarithm of the determinant of the rows and columns `of`; NaN when it is not positive definite.
double LogDeterminant(std::span<const double> covariance, std::size_t n, const std::vector<std::size_t>& of) {
  const std::size_t m = of.size();
  std::vector<double> matrix(m * m);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < m; ++j) matrix[i * m + j] = covariance[of[i] * n + of[j]];
  }
  if (m > 0 && !(stats::FactorRows(matrix.data(), m, 0, m, 0) > 0))
    return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (std::size_t i = 0; i < m; ++i) sum += 2 * Log(matrix[i * m + i]);
  return sum;
}

std::vector<std::uint32_t> Order(std::span<const double> x) {
  std::vector<std::uint32_t> order(x.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return x[a] < x[b]; });
  return order;
}

std::vector<double> NormalScores(std::span<const double> x) {
  const std::vector<std::uint32_t> order = Order(x);
  std::vector<double> scores(x.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && x[order[last + 1]] == x[order[first]]) ++last;
    const double rank = 0.5 * static_cast<double>(first + last) + 0.5;
    const double score = NormalQuantile(rank / static_cast<double>(x.size()));
    for (; first <= last; ++first) scores[order[first]] = score;
  }
  return scores;
}

std::vector<std::uint32_t> Bins(std::span<const double> x, std::size_t bins) {
  const std::vector<std::uint32_t> order = Order(x);
  std::vector<std::uint32_t> bin(x.size());
  for (std::size_t r = 0; r < order.size(); ++r)
    bin[order[r]] = static_cast<std::uint32_t>(r * bins / order.size());
  return bin;
}

}  // namespace

double GaussianEntropy(std::span<const double> covariance, std::size_t n) {
  constexpr double kTwoPiE = 17.079468445347132;
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return 0.5 * (static_cast<double>(n) * Log(kTwoPiE) + LogDeterminant(covariance, n, all));
}

double GaussianInformation(std::span<const double> covariance, std::size_t n, std::size_t a, std::size_t b,
                           std::span<const std::size_t> given) {
  std::vector<std::size_t> c(given.begin(), given.end()), ac = c, bc = c, abc = c;
  ac.push_back(a);
  bc.push_back(b);
  abc.push_back(a);
  abc.push_back(b);
  return 0.5 * (LogDeterminant(covariance, n, ac) + LogDeterminant(covariance, n, bc) -
                LogDeterminant(covariance, n, c) - LogDeterminant(covariance, n, abc));
}

double GaussianCopulaInformation(std::span<const double> x, std::span<const double> y,
                                 const std::vector<std::vector<double>>& z) {
  std::vector<std::vector<double>> scores = {NormalScores(x), NormalScores(y)};
  for (const std::vector<double>& column : z) scores.push_back(NormalScores(column));
  std::vector<const double*> rows;
  for (const std::vector<double>& column : scores) rows.push_back(column.data());
  const std::size_t n = scores.size();
  std::vector<double> covariance(n * n);
  stats::CrossProducts(rows.data(), n, rows.data(), n, x.size(), covariance.data(), n);
  std::vector<std::size_t> given(n - 2);
  std::iota(given.begin(), given.end(), std::size_t{2});
  return GaussianInformation(covariance, n, 0, 1, given);
}

double BinnedInformation(std::span<const double> x, std::span<const double> y, std::size_t bins) {
  CRUCIBLE_CHECK(x.size() == y.size() && bins >= 2 && bins <= x.size());
  const std::vector<std::uint32_t> in_x = Bins(x, bins), in_y = Bins(y, bins);
  std::vector<std::size_t> joint(bins * bins, 0), of_x(bins, 0), of_y(bins, 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ++joint[in_x[i] * bins + in_y[i]];
    ++of_x[in_x[i]];
    ++of_y[in_y[i]];
  }
  const auto n = static_cast<double>(x.size());
  double sum = 0;
  for (std::size_t a = 0; a < bins; ++a) {
    for (std::size_t b = 0; b < bins; ++b) {
      const auto count = static_cast<double>(joint[a * bins + b]);
      if (count > 0)
        sum += count * Log(count * n / (static_cast<double>(of_x[a]) * static_cast<double>(of_y[b])));
    }
  }
  const auto free = static_cast<double>((bins - 1) * (bins - 1));
  return sum / n - free / (2 * n);
}

}  // namespace crucible::information
