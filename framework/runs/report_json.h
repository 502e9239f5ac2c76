// Reports as JSON, for --json and for the journal.
#pragma once

#include <nlohmann/json.hpp>

#include "framework/decode/report.h"

namespace crucible::runs {

nlohmann::ordered_json ReportJson(const decode::ImportReport& report);

}  // namespace crucible::runs
