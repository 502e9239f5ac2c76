// Values over time, thinned out so that no extreme is lost.
//
//   Series touch({"bid", "ask"}, start, end);
//   touch.Add(at, {bid, ask});                     // times do not decrease
//   for (const Rows& level : touch.Levels()) ...   // coarse to fine
//
// A level divides the span into equal buckets and keeps, of each bucket, the first row and the rows at which
// a column is smallest and largest ("M4" without its last row: Jugel, Jerzak, Hackenbroich, Markl, VLDB
// 2014). So a spike of one event is in every level, and a step line through the rows shows, in each bucket,
// the range of the data. The finest level holds every row where there are at most kMaxRows.
//
// Determinism: depends on the rows only. Memory is bounded: a long series is thinned while it grows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "framework/base/units.h"

namespace crucible::report {

// Rows of one level, by column. A value may be NaN: unknown there.
struct Rows {
  std::vector<std::int64_t> time;  // ns
  std::vector<std::vector<double>> columns;
  bool exact = true;  // every row there was
  std::size_t size() const { return time.size(); }
};

// REQUIRES: buckets > 0, start < end.
Rows Thin(const Rows& rows, Nanos start, Nanos end, std::size_t buckets);

class Series {
 public:
  static constexpr std::size_t kMaxRows = 60'000;
  static constexpr std::size_t kFineBuckets = 12'800;
  static constexpr std::size_t kCoarseBuckets = 800;
  static constexpr std::size_t kLevelRatio = 4;

  Series() = default;
  Series(std::size_t columns, Nanos start, Nanos end);

  void Add(Nanos at, std::span<const double> values);
  bool empty() const { return rows_.size() == 0; }
  // Coarse to fine; one level only where the whole series is small.
  std::vector<Rows> Levels() const;

 private:
  Nanos start_, end_;
  Rows rows_;
};

}  // namespace crucible::report
