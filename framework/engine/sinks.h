// A sink for runs that keep no journal: the comparison with a stored stream.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/engine/source.h"
#include "framework/event/hash_sink.h"

namespace crucible::engine {

// Where a re-execution first left the stored stream.
struct Divergence {
  std::uint64_t seq = 0;
  std::string field;              // "price", "time", "(stream ended)", "(stored stream ended)"
  std::optional<Event> stored;
  std::optional<Event> computed;
};

// Compares record by record; Append fails with kDataLoss at the first difference, which divergence() describes.
class CompareSink final : public HashSink {
 public:
  explicit CompareSink(std::unique_ptr<RecordReader> stored) : stored_(std::move(stored)) {}
  absl::Status Append(std::span<const Event> records) override;
  // Call at the end: a stored stream that goes on is a difference too.
  absl::Status Finish();
  const std::optional<Divergence>& divergence() const { return divergence_; }
  std::uint64_t compared() const { return compared_; }

 private:
  absl::StatusOr<const Event*> NextStored();
  absl::Status Diverge(std::optional<Event> stored, std::optional<Event> computed);

  std::unique_ptr<RecordReader> stored_;
  std::vector<Event> batch_;
  std::size_t next_ = 0;
  std::size_t end_ = 0;
  std::uint64_t compared_ = 0;
  std::optional<Divergence> divergence_;
};

// Name of the first field in which two records differ, as the kind names its slots; "" when equal.
std::string FirstDifference(const Event& a, const Event& b);

}  // namespace crucible::engine
