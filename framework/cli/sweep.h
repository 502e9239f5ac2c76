// Many runs of one configuration, each with other values: a grid of parameters, or the corners of an
// assumption. A run keeps its hash and summary in a results file, and is not made twice: what a run gives is
// known by its identity (RunSetup::identity). The answers do not depend on the number of workers, nor on
// interruptions.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/runs/overrides.h"

namespace crucible::cli {

using Point = std::vector<runs::Override>;  // what is set beside the configuration

// One axis of a grid: "KEY=V1,V2,V3", or "KEY=FROM..TO..STEP" with decimal numbers, both ends included.
// kInvalidArgument says what was found and what would be valid.
struct Axis {
  std::string key;
  std::vector<std::string> values;
};
absl::StatusOr<Axis> ParseAxis(std::string_view text);
// Every combination; the last axis changes fastest. One empty point without axes.
std::vector<Point> Grid(const std::vector<Axis>& axes);

struct SweepResult {
  Point point;
  Hash128 identity;
  bool was_there = false;          // from the results file
  std::string error;               // why there is no summary
  nlohmann::ordered_json summary;  // as `crucible --json run` prints it
};

struct SweepOptions {
  std::string program;  // the crucible program, which makes each run
  std::string config;   // TOML file
  std::string results;  // file; "": keep nothing
  Point fixed;          // set for every point
  int workers = 1;
};

// kInvalidArgument, before anything runs, for a point that is no valid configuration. A run that fails is a
// result with an error. `progress(done, total)` after each run; returning false stops the sweep (kCancelled).
absl::StatusOr<std::vector<SweepResult>> Sweep(const SweepOptions& options, const std::vector<Point>& points,
                                               const std::function<bool(std::size_t, std::size_t)>& progress);

// Over identities and log hashes in the order of the points: equal for equal sweeps.
Hash128 SweepHash(const std::vector<SweepResult>& results);

// "threshold=2 entry=1ms": the last words of the keys.
std::string ShortText(const Point& point);

}  // namespace crucible::cli
