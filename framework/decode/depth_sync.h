// When a depth change may be applied to a snapshot: the exchange's synchronisation rules as a small state
// machine.
//
// Source: "How to manage a local order book correctly", spot and USD-M/COIN-M pages of
// developers.binance.com.
//   spot     drop u <= L; the first kept change has U <= L+1 <= u; then U == previous u + 1
//   futures  drop u < L; the first kept change has U <= L <= u (or pu <= L); then pu == previous u
// L is the snapshot's lastUpdateId. Ids of one symbol on one connection, in order of arrival.
#pragma once

#include <cstdint>

namespace crucible::decode {

struct DepthIds {
  std::uint64_t first = 0;     // U
  std::uint64_t last = 0;      // u
  std::uint64_t previous = 0;  // pu; futures only
};

enum class DepthStep : std::uint8_t {
  kWait,   // no snapshot yet: keep it for one
  kDrop,   // older than the book
  kApply,  // continues the book
  kGap,    // messages are missing: the book is stale, wait for a snapshot
};

class DepthSync {
 public:
  explicit DepthSync(bool futures) : futures_(futures) {}

  // Takes the next change into account.
  DepthStep OnChange(const DepthIds& ids);
  // A snapshot at `last_update_id` becomes the book.
  void OnSnapshot(std::uint64_t last_update_id);
  // A snapshot that is older than the book tells nothing new.
  bool IsOlderThanBook(std::uint64_t last_update_id) const {
    return state_ == State::kSynchronised && last_update_id <= last_id_;
  }
  void Reset() { state_ = State::kWaiting; }

  bool synchronised() const { return state_ != State::kWaiting; }
  // The id that the next change had to continue. For the report of a gap: valid until the following call.
  std::uint64_t expected_id() const { return futures_ ? last_id_ : last_id_ + 1; }
  // The id of `ids` that is compared with expected_id().
  std::uint64_t found_id(const DepthIds& ids) const { return futures_ ? ids.previous : ids.first; }

 private:
  enum class State : std::uint8_t { kWaiting, kSnapshotOnly, kSynchronised };
  bool Older(const DepthIds& ids) const;
  bool Continues(const DepthIds& ids) const;

  bool futures_;
  State state_ = State::kWaiting;
  std::uint64_t last_id_ = 0;
};

}  // namespace crucible::decode
