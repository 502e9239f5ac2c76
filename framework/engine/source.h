// Where market data comes from: recorded sessions here, a live feed later.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/venue.h"
#include "framework/event/event.h"

namespace crucible::engine {

// Decoded records that several groups point into. Owned by its source's pool; goes back when the reader has
// moved on and the last group that points into it has been released.
struct RecordBlock {
  std::vector<Event> records;
  std::uint32_t users = 0;
};

// A group with the memory that holds it up.
struct QueuedGroup {
  MarketGroup group;
  RecordBlock* block = nullptr;
};

// Yields the groups of all inputs in venue order: (exchange time, instrument, input, sequence).
//
// Thread-compatible. No allocation in steady state.
class Source {
 public:
  enum class Pull : std::uint8_t { kGroup, kEnd, kError };

  virtual ~Source() = default;
  // kGroup: `*out` holds the next group, valid until Release. kError: see status().
  virtual Pull Next(QueuedGroup* out) = 0;
  virtual void Release(const QueuedGroup& group) = 0;
  virtual absl::Status status() const = 0;
  // Records read so far, and in all (0 when unknown), for progress.
  virtual std::uint64_t position() const = 0;
  virtual std::uint64_t size() const = 0;
};

// No market data: for runs whose venues produce all of it.
class NoSource final : public Source {
 public:
  Pull Next(QueuedGroup*) override { return Pull::kEnd; }
  void Release(const QueuedGroup&) override {}
  absl::Status status() const override { return absl::OkStatus(); }
  std::uint64_t position() const override { return 0; }
  std::uint64_t size() const override { return 0; }
};

// Reads one stream of records in order, into memory of the caller's.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  // Fills the front of `storage`, which holds at least max_batch(); returns how many records, 0 at the end.
  virtual absl::StatusOr<std::size_t> Read(std::span<Event> storage) = 0;
  virtual std::size_t max_batch() const = 0;
  virtual std::uint64_t size() const = 0;
};

}  // namespace crucible::engine
