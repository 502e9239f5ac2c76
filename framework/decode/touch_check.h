// Compares the best prices of a rebuilt book with the quotes that the source publishes on another channel.
//
// After depth change u the book must equal the latest quote whose update id is at most u. Either channel may
// run ahead of the other, so a comparison waits until a quote above u shows which one was the latest.
#pragma once

#include <cstdint>
#include <deque>

#include "framework/book/book_types.h"

namespace crucible::decode {

class TouchCheck {
 public:
  // Ids never go back within a channel.
  void OnQuote(std::uint64_t id, const book::Touch& quote);
  void OnDepth(std::uint64_t id, const book::Touch& touch);
  // No quote will follow: the waiting comparisons are made with the last one.
  void Finish();
  // Ids start anew; the counts stay.
  void Restart();

  std::int64_t compared() const { return compared_; }
  std::int64_t equal() const { return equal_; }

 private:
  struct Entry {
    std::uint64_t id = 0;
    book::Touch touch;
  };
  void SettleBelow(std::uint64_t id);
  void Settle(const Entry& depth);

  // A capture that has one channel only must not pile it up.
  static constexpr std::size_t kMaxWaiting = 65'536;
  std::deque<Entry> quotes_;  // the latest one that a comparison may need, and those after it
  std::deque<Entry> depths_;  // not compared yet
  std::int64_t compared_ = 0;
  std::int64_t equal_ = 0;
};

}  // namespace crucible::decode
