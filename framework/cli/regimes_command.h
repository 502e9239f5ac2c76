// The parts of `crucible regimes`, each in a file of its own.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "framework/cli/commands.h"
#include "framework/cli/feature_table.h"
#include "framework/models/regime/observations.h"

namespace crucible::cli {

void AddRegimesFit(CLI::App& regimes, Terminal& terminal);
void AddRegimesChoose(CLI::App& regimes, Terminal& terminal);
void AddRegimesForecast(CLI::App& regimes, Terminal& terminal);

// Prints warnings about columns to standard error, and returns the first `share` of the rows.
absl::StatusOr<regime::Observations> CheckedRows(const FeatureTable& table, double share);

}  // namespace crucible::cli
