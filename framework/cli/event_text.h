// A record in one line: "order_add bid price=50 quantity=100 order_id=7 instrument=0 time=...".
#pragma once

#include <string>

#include "framework/event/event.h"

namespace crucible::cli {

// Slots under their names; integers in the units of the record.
std::string EventText(const Event& event);

}  // namespace crucible::cli
