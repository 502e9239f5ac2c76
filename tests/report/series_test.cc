#include "framework/report/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace crucible::report {
namespace {

constexpr Nanos kStart{1'000'000};
constexpr Nanos kEnd{2'000'000};

std::uint64_t Draw(std::uint64_t& state) {
  state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
  return state >> 33;
}

Rows RandomRows(std::size_t count, std::uint64_t seed) {
  Rows rows;
  rows.columns.resize(2);
  std::vector<std::int64_t> times(count);
  for (auto& time : times) time = kStart.since_epoch + static_cast<std::int64_t>(Draw(seed) % 1'000'001);
  std::sort(times.begin(), times.end());
  rows.time = times;
  for (auto& column : rows.columns) {
    for (std::size_t i = 0; i < count; ++i) column.push_back(static_cast<double>(Draw(seed) % 1000));
  }
  return rows;
}

// The rows of one bucket, found row by row.
std::vector<std::size_t> InBucket(const Rows& rows, std::size_t bucket, std::size_t buckets) {
  std::vector<std::size_t> in;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto at = static_cast<Int128>(rows.time[i] - kStart.since_epoch) * static_cast<Int128>(buckets) /
                    (kEnd - kStart).nanos;
    if (at == static_cast<Int128>(bucket)) in.push_back(i);
  }
  return in;
}

TEST(SeriesTest, ThinningKeepsTheExtremesOfEveryBucketAndColumn) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::size_t buckets = 1 + seed;
    const Rows rows = RandomRows(500, seed);
    const Rows thin = Thin(rows, kStart, kEnd, buckets);
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
      const auto all = InBucket(rows, bucket, buckets), kept = InBucket(thin, bucket, buckets);
      ASSERT_EQ(all.empty(), kept.empty()) << "seed " << seed;
      for (std::size_t c = 0; c < 2 && !all.empty(); ++c) {
        const auto value = [&](const Rows& of) {
          return [&of, c](std::size_t a, std::size_t b) { return of.columns[c][a] < of.columns[c][b]; };
        };
        EXPECT_EQ(rows.columns[c][*std::ranges::min_element(all, value(rows))],
                  thin.columns[c][*std::ranges::min_element(kept, value(thin))])
            << "seed " << seed;
        EXPECT_EQ(rows.columns[c][*std::ranges::max_element(all, value(rows))],
                  thin.columns[c][*std::ranges::max_element(kept, value(thin))])
            << "seed " << seed;
      }
      if (!all.empty()) {
        EXPECT_EQ(rows.time[all.front()], thin.time[kept.front()]) << "a bucket begins where its data does";
      }
      EXPECT_LE(kept.size(), 5U);
    }
  }
}

TEST(SeriesTest, ThinnedRowsAreRowsOfTheSeriesInTheirOrder) {
  const Rows rows = RandomRows(2000, 7);
  const Rows thin = Thin(rows, kStart, kEnd, 50);
  EXPECT_LT(thin.size(), rows.size());
  EXPECT_FALSE(thin.exact);
  std::size_t at = 0;
  for (std::size_t i = 0; i < thin.size(); ++i) {
    while (at < rows.size() && !(rows.time[at] == thin.time[i] && rows.columns[0][at] == thin.columns[0][i] &&
                                 rows.columns[1][at] == thin.columns[1][i]))
      ++at;
    ASSERT_LT(at, rows.size()) << "row " << i << " is none of the series, or out of order";
    ++at;
  }
}

TEST(SeriesTest, ASpikeOfOneEventIsInEveryLevel) {
  Series series(1, kStart, kEnd);
  for (std::int64_t i = 0; i < 1'000'000; ++i) {
    const double value = i == 123'457 ? 1e6 : static_cast<double>(i % 7);
    series.Add({kStart.since_epoch + i}, {&value, 1});
  }
  const std::vector<Rows> levels = series.Levels();
  ASSERT_GE(levels.size(), 2U);
  for (std::size_t level = 0; level < levels.size(); ++level) {
    EXPECT_EQ(*std::ranges::max_element(levels[level].columns[0]), 1e6);
    if (level > 0) {
      EXPECT_GT(levels[level].size(), levels[level - 1].size()) << "coarse to fine";
    }
  }
  EXPECT_LE(levels.front().size(), 3 * Series::kCoarseBuckets);
  EXPECT_LE(levels.back().size(), 3 * Series::kFineBuckets);
}

TEST(SeriesTest, AShortSeriesIsExact) {
  Series series(1, kStart, kEnd);
  for (std::int64_t i = 0; i < 100; ++i) {
    const double value = static_cast<double>(i);
    series.Add({kStart.since_epoch + i}, {&value, 1});
  }
  const std::vector<Rows> levels = series.Levels();
  ASSERT_EQ(levels.size(), 1U);
  EXPECT_TRUE(levels[0].exact);
  EXPECT_EQ(levels[0].size(), 100U);
}

TEST(SeriesTest, UnknownValuesHideNoExtreme) {
  Rows rows;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  rows.time = {1'000'000, 1'000'001, 1'000'002, 1'000'003, 1'000'004};
  rows.columns = {{nan, 5, 9, 1, nan}};
  const Rows thin = Thin(rows, kStart, kEnd, 1);
  EXPECT_THAT(thin.columns[0], testing::IsSupersetOf({9.0, 1.0}));
}

}  // namespace
}  // namespace crucible::report
