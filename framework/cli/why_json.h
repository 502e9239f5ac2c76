// An explanation of an order for machines: docs/guides/why.md describes the object. The sentences for people are
// framework/engine/why_text.h.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "framework/engine/why_text.h"

namespace crucible::cli {

nlohmann::ordered_json WhyJson(const engine::Why& why, const engine::WhyNames& names);

}  // namespace crucible::cli
