// One recorded session as a source: groups the records of a stream and puts them into exchange-time order.
//
// A session is stored in receive order. The venue side needs exchange order, so the source reads ahead until no
// unread group can have happened earlier: as far as the session's largest feed latency, which its importer
// stored. Within one channel (book, trades, quotes, bars of one instrument) a message never overtakes an earlier
// one: its exchange time is raised to that of its predecessor.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "framework/engine/ordered_ring.h"
#include "framework/engine/source.h"

namespace crucible::engine {

struct SessionOptions {
  std::uint16_t input = 1;                  // ordinal in the run
  std::vector<InstrumentId> instruments;    // file-local id -> run-level id
  Duration max_feed_latency;                // no record's time - origin exceeds it
};

class SessionSource final : public Source {
 public:
  SessionSource(std::unique_ptr<RecordReader> reader, SessionOptions options);
  ~SessionSource() override;

  Pull Next(QueuedGroup* out) override;
  void Release(const QueuedGroup& group) override;
  absl::Status status() const override { return status_; }
  std::uint64_t position() const override { return position_; }
  std::uint64_t size() const override { return reader_->size(); }

 private:
  struct InVenueOrder {
    bool operator()(const QueuedGroup& a, const QueuedGroup& b) const;
  };
  enum Channel : std::uint8_t { kBookChannel, kTradeChannel, kQuoteChannel, kBarChannel, kChannelCount };
  static Channel ChannelOf(Kind kind);

  bool ReadGroup(QueuedGroup* out);
  bool LoadBlock();
  bool Fail(absl::Status status);
  RecordBlock* TakeBlock(std::size_t capacity);
  void Unuse(RecordBlock* block);

  std::unique_ptr<RecordReader> reader_;
  SessionOptions options_;
  bool reorder_;
  absl::Status status_;
  std::uint64_t position_ = 0;

  std::vector<std::unique_ptr<RecordBlock>> pool_;
  std::vector<RecordBlock*> free_;
  RecordBlock* current_ = nullptr;
  std::size_t next_ = 0;  // first unread record of current_
  std::size_t end_ = 0;

  std::vector<std::array<std::int64_t, kChannelCount>> last_exchange_time_;  // by file-local instrument
  OrderedRing<QueuedGroup, InVenueOrder> window_;
  std::int64_t read_time_ = INT64_MIN;  // receive time of the last group read
  bool at_end_ = false;
};

// Several sources as one, in venue order.
class MergedSource final : public Source {
 public:
  explicit MergedSource(std::vector<std::unique_ptr<Source>> sources);

  Pull Next(QueuedGroup* out) override;
  void Release(const QueuedGroup& group) override;
  absl::Status status() const override { return status_; }
  std::uint64_t position() const override;
  std::uint64_t size() const override;

 private:
  struct Lane {
    std::unique_ptr<Source> source;
    QueuedGroup head;
    bool live = false;
  };
  bool Advance(Lane& lane);

  std::vector<Lane> lanes_;  // lane i holds input i + 1
  bool started_ = false;
  absl::Status status_;
};

}  // namespace crucible::engine
