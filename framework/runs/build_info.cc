#include "framework/runs/build_info.h"

#include <nlohmann/json.hpp>

namespace crucible::runs {

std::string_view Version() { return CRUCIBLE_VERSION; }

std::string_view Revision() { return CRUCIBLE_REVISION; }

std::string BuildInfoJson() {
  const nlohmann::ordered_json json = {{"version", CRUCIBLE_VERSION},
                                       {"revision", CRUCIBLE_REVISION},
                                       {"compiler", __VERSION__},
                                       {"build_type", CRUCIBLE_BUILD_TYPE}};
  return json.dump();
}

}  // namespace crucible::runs
