// A record in one line: time, kind, side and its fields by their names, in the instrument's units.
#pragma once

#include <string>

#include "framework/event/event.h"
#include "framework/event/instrument.h"

namespace crucible::report {

std::string RecordText(const Event& event, const Instrument& of);

}  // namespace crucible::report
