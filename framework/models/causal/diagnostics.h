// What is wrong with series before they are analysed: the findings that explain most bad graphs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/models/causal/panel.h"

namespace crucible::causal {

struct SeriesFacts {
  std::size_t values = 0;
  std::size_t missing = 0;
  bool constant = false;
  double tied_share = 0;  // of values that equal the most frequent one
  // Dickey and Fuller (1979) with a constant and one lagged difference; below -2.86 rejects a unit root at 5
  // %.
  double unit_root_t = 0;
  bool looks_like_level = false;
};

SeriesFacts DescribeSeries(const Panel& panel, std::size_t variable);

// Sentences for the user, each naming the series, what was found, and what to do; empty when nothing is
// wrong.
std::vector<std::string> DescribeProblems(const Panel& panel, std::size_t usable_rows, std::size_t max_lag);

}  // namespace crucible::causal
