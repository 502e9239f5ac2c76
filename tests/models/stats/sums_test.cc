#include "framework/models/stats/sums.h"

#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/random.h"

namespace crucible::stats {
namespace {

std::vector<double> Draws(std::size_t n, std::string_view name) {
  RandomStream stream(7, name);
  std::vector<double> x(n);
  for (double& value : x) value = stream.Normal();
  return x;
}

TEST(SumsTest, ADotProductIsTheSumOfProductsToRounding) {
  for (const std::size_t n : std::vector<std::size_t>{0, 1, 7, 8, 9, 1023, 1024, 1025, 5000}) {
    const std::vector<double> x = Draws(n, "x"), y = Draws(n, "y");
    long double dot = 0, sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      dot += static_cast<long double>(x[i]) * y[i];
      sum += x[i];
    }
    EXPECT_NEAR(Dot(x.data(), y.data(), n), static_cast<double>(dot), 1e-12) << n;
    EXPECT_NEAR(Sum(x.data(), n), static_cast<double>(sum), 1e-12) << n;
  }
}

TEST(SumsTest, CrossProductsHaveTheBitsOfSingleDotProducts) {
  constexpr std::size_t kLength = 2507;
  std::vector<std::vector<double>> data;
  std::vector<const double*> rows;
  for (int i = 0; i < 7; ++i) data.push_back(Draws(kLength, "row" + std::to_string(i)));
  for (const std::vector<double>& row : data) rows.push_back(row.data());
  for (std::size_t left = 1; left <= 4; ++left) {
    for (std::size_t right = 1; right <= 3; ++right) {
      std::vector<double> out(left * 5, 99.0);
      CrossProducts(rows.data(), left, rows.data() + 4, right, kLength, out.data(), 5);
      for (std::size_t a = 0; a < left; ++a) {
        for (std::size_t b = 0; b < right; ++b) EXPECT_EQ(out[a * 5 + b], Dot(rows[a], rows[4 + b], kLength));
        EXPECT_EQ(out[a * 5 + right], 99.0) << "wrote outside of the block";
      }
    }
  }
}

TEST(SumsTest, TheBitsAreTheSameEverywhere) {
  const std::vector<double> x = Draws(5003, "x"), y = Draws(5003, "y");
  StateHasher hasher;
  hasher.Add(std::bit_cast<std::uint64_t>(Dot(x.data(), y.data(), x.size())));
  hasher.Add(std::bit_cast<std::uint64_t>(Sum(x.data(), x.size())));
  EXPECT_EQ(ToHex(hasher.value()), "e7bc4828f8a4e6742d85243c19f14659");
}

}  // namespace
}  // namespace crucible::stats
