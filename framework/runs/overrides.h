// Values given beside a configuration file: `--set venue.latency.entry=2ms`.
//
//   KEY=VALUE   KEY is a key of docs/guides/run-configuration.md with its tables, such as `seed`,
//   `risk.collar_bps`
//               or `strategy.parameters.threshold`. With several strategies,
//               `strategy.PLUGIN.parameters.threshold`.
//   VALUE       as in TOML; what is no TOML value is a text.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"

namespace crucible::runs {

struct Override {
  std::string key;
  std::string value;
  friend bool operator==(const Override&, const Override&) = default;
};

// "key=value" in two. kInvalidArgument when there is no key or no "=".
absl::StatusOr<Override> ParseOverride(std::string_view assignment);

absl::StatusOr<std::vector<Override>> ParseOverrides(const std::vector<std::string>& assignments);

// Sets the value in `root`, creating tables on the way. kInvalidArgument names the key and what stands in its
// way; whether the key means something is for the reader of the configuration to say.
absl::Status Apply(const Override& setting, toml::table& root);

}  // namespace crucible::runs
