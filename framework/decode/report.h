// What an import or an inspection found out about its files: the words of the data doctor.
//
// Plain values only, so that a caller can print them as text or JSON. Everything here is a pure function of
// the input bytes and the options.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/units.h"
#include "framework/event/completeness.h"
#include "framework/event/instrument.h"

namespace crucible::decode {

using crucible::Completeness;
using crucible::Name;

enum class Severity : std::uint8_t { kNote = 1, kWarning = 2, kError = 3 };
std::string_view Name(Severity severity);

// Where in the input: line counts from 1 (0: unknown), offset counts bytes of the decompressed file.
struct Place {
  std::string file;
  std::uint64_t line = 0;
  std::uint64_t offset = 0;
};
std::string ToString(const Place& place);

enum class FindingCode : std::uint8_t {
  kFeedGap = 1,        // depth messages of the source are missing
  kTradeGap,           // trade ids jump
  kMissingBars,        // minutes without a bar
  kNegativeLatency,    // received before it was sent, after re-basing
  kClockSkew,          // the two clocks of the capture disagree by more than a millisecond
  kCrossedBook,        // best bid >= best ask after a group
  kLockedBook,         // best bid equal to best ask after a group
  kEmptyBook,          // a side of the book has no level after a group
  kUnknownOrder,       // an order id that no add announced
  kDuplicateOrder,     // an add for an id that rests already
  kOrderMismatch,      // price, side or size differ from what the order's own messages say
  kOffGridPrice,       // not a multiple of the tick size
  kOffLotQuantity,     // not a multiple of the lot size
  kInexactDecimal,     // more decimals than declared: rounded half-even
  kDuplicateTime,      // the same time twice where each should be unique
  kReversedTime,       // time goes back
  kOverlappingBars,    // a bar starts before the one before it ends
  kBookMismatch,       // the source's own book differs from the one its messages build
  kTouchMismatch,      // best bid and ask differ from the source's quotes
  kNoSnapshot,         // depth changes without a snapshot to apply them to
  kStaleSnapshot,      // a snapshot that no buffered change continues
  kBarBounds,          // high or low does not bound open and close
  kUnknownMessage,     // a message kind that the importer does not know: skipped
  kOutOfWindow,        // an order added deeper than the declared window
  kNonPositivePrice,   // a price of zero or below where one must be positive
  kSessionWithoutEnd,  // the last line has no line feed: the capture was cut
  kAssumedTick,        // nothing told the tick size
  kAssumedSize,        // quotes without sizes
  kFilesReordered,     // files were given in another order than that of their times
};

struct Finding {
  FindingCode code{};
  std::string name;  // snake_case: "feed_gap"
  Severity severity{};
  std::uint64_t count = 0;
  Place first;
  std::string detail;  // values of the first occurrence
  std::string advice;  // one sentence: what to do about it
};

// A number the doctor measured: "transitions_equal" = 147915.
struct Measure {
  std::string name;
  std::int64_t value = 0;
};

struct KindCount {
  std::string kind;  // name of the record kind
  std::uint64_t count = 0;
};

struct InputFile {
  std::string path;
  std::uint64_t bytes = 0;  // as stored, compressed or not
};

struct ImportReport {
  std::string format;
  std::vector<InputFile> files;  // also those that were found beside the named ones
  std::vector<Instrument> instruments;
  Completeness completeness{};
  int window_levels = 0;  // kWindowedL3 only
  std::uint64_t records = 0;
  std::vector<KindCount> counts;  // in order of kind number
  Nanos first_time, last_time;
  // The receive clock minus the exchange clock. Estimated so that the fastest message took the latency floor;
  // zero where the source has one clock only. Receive times in the records are re-based by it.
  Duration clock_offset;
  bool clock_offset_estimated = false;
  // After re-basing, over records that carry both times.
  Duration min_feed_latency, max_feed_latency;
  // The UTC offset of the source's local times.
  Duration utc_offset;
  std::vector<Finding> findings;  // most severe first, then by code
  std::vector<Measure> measures;
  std::vector<std::string> passed_over;  // symbols that the options leave out, the first dozen
  bool HasErrors() const;
  // The measure of that name; 0 where the format does not have it.
  std::int64_t measure(std::string_view name) const;
};

}  // namespace crucible::decode
