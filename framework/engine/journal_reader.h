// A stream of a journal as a RecordReader. Holds the journal's connection by reference: the journal outlives it.
#pragma once

#include <memory>
#include <string_view>

#include "framework/engine/source.h"
#include "framework/journal/journal.h"

namespace crucible::engine {

// kNotFound: no such stream.
absl::StatusOr<std::unique_ptr<RecordReader>> ReadStream(const journal::Journal& journal, std::string_view stream,
                                                         const journal::Range& range = {});

}  // namespace crucible::engine
