// A record for people: "order_add bid price=50 quantity=100 order_id=7 instrument=0 time=...", or as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "framework/base/status.h"
#include "framework/event/event.h"

namespace crucible::cli {

// Slots under their names; integers in the units of the record.
std::string EventText(const Event& event);
nlohmann::ordered_json EventJson(const Event& event);

// "no kind of record is called ...", with those there are.
absl::Status UnknownKind(std::string_view name);

}  // namespace crucible::cli
