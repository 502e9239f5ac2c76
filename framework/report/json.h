// Room-internal: the document that the page reads, and how columns stand in it.
#pragma once

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>

#include "framework/base/units.h"
#include "framework/report/series.h"

namespace crucible::report {

using Json = nlohmann::ordered_json;

// A column of integers as its differences: the page adds them up. Short, and read without a decoder of bytes.
class Deltas {
 public:
  void Add(std::int64_t value) {
    json_.push_back(value - last_);
    last_ = value;
  }
  Json Take() { return std::move(json_); }

 private:
  std::int64_t last_ = 0;
  Json json_ = Json::array();
};

// Times of a page count microseconds from the start of the run.
inline std::int64_t Micros(Nanos at, Nanos start) { return (at - start).nanos / 1000; }

// [{"exact", "t", "v": [column, ...]}, ...], coarse to fine. Values are divided by `unit` and rounded to
// integers; NaN is null.
Json SeriesJson(const Series& series, Nanos start, double unit = 1);

}  // namespace crucible::report
