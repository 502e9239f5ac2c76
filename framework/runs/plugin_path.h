// Where plugins are found: the one place of this room that looks at the machine. A run's identity holds the
// plugin's content, never its path.
#pragma once

#include <string>
#include <vector>

#include "framework/base/status.h"

namespace crucible::runs {

// Directories that plugin names are looked up in: CRUCIBLE_PLUGIN_PATH, then the program's own.
std::vector<std::string> PluginDirectories();
// A path as it is; a name as NAME.so in the first directory that has it. kNotFound lists what there is.
absl::StatusOr<std::string> FindPlugin(const std::string& name);

}  // namespace crucible::runs
