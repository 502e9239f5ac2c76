// A stream of a journal as a RecordReader. Holds the journal's connection by reference: the journal outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "framework/engine/source.h"
#include "framework/journal/journal.h"

namespace crucible::engine {

// kNotFound: no such stream.
absl::StatusOr<std::unique_ptr<RecordReader>> ReadStream(const journal::Journal& journal, std::string_view stream,
                                                         const journal::Range& range = {});

// The market data of a stream that holds other records between them: a run whose venue made its market.
absl::StatusOr<std::unique_ptr<RecordReader>> ReadMarket(const journal::Journal& journal, std::string_view stream);

// Names of what strategies observe, by id: they register them in the run's text stream.
absl::StatusOr<std::map<std::uint64_t, std::string>> ReadFeatureNames(const journal::Journal& journal,
                                                                      std::string_view stream);

}  // namespace crucible::engine
