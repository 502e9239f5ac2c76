// Scenarios of replays/golden.toml: which sessions, and what their records and the run's must hash to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"

namespace crucible::golden {

struct GoldenSession {
  std::string name;                // of the session file
  Duration generated;              // length of generated flow; 0: imported
  std::int64_t bars = 0;           // number of generated one-minute bars, calm and wild in turn
  std::vector<std::string> files;  // below the recorded data's directory; one stream
  std::string tick;                // --tick of the import; empty: the format's
  std::string log_hash;
};

struct Scenario {
  std::string name;  // runs/NAME.toml is its configuration, NAME.json its regime model if it has one
  std::string log_hash;
  std::int64_t records = 0;
  std::int64_t orders = 0;
  std::int64_t fills = 0;
  std::vector<GoldenSession> sessions;
};

absl::StatusOr<std::vector<Scenario>> ReadScenarios(const std::string& path);
absl::Status WriteScenarios(const std::string& path, const std::vector<Scenario>& scenarios);

// The same configuration in another order: tables reversed, and the lines within each.
std::string Reordered(const std::string& configuration);

}  // namespace crucible::golden
