// Which columns of a table become the variables of a causal graph, and how.
#pragma once

#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/cli/table_file.h"
#include "framework/models/causal/panel.h"

namespace crucible::cli {

struct PanelChoice {
  std::vector<std::string> columns;  // empty: all numbers but time, group and mask
  std::vector<std::string> returns;  // become logarithmic returns
  std::vector<std::string> differences;
  std::string group;  // rows of one value are one data set, in their order; of bars: the instrument
  std::string mask;   // rows where it is not 0 are used as times of effects
};
// kInvalidArgument names a column that is not there, or a level that is not positive.
absl::StatusOr<causal::Panel> MakePanel(const Table& table, const PanelChoice& choice);

}  // namespace crucible::cli
