#include "framework/engine/session_source.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

auto VenueKey(const QueuedGroup& queued) {
  const MarketGroup& group = queued.group;
  return std::tuple(group.exchange_time.since_epoch, group.instrument.value, group.input, group.records.front().seq);
}

}  // namespace

bool SessionSource::InVenueOrder::operator()(const QueuedGroup& a, const QueuedGroup& b) const {
  return VenueKey(a) < VenueKey(b);
}

inline SessionSource::Channel SessionSource::ChannelOf(Kind kind) {
  static constexpr std::array<Channel, 256> kChannels = [] {
    std::array<Channel, 256> channels{};
    channels[static_cast<std::uint8_t>(Kind::kTrade)] = kTradeChannel;
    channels[static_cast<std::uint8_t>(Kind::kQuote)] = kQuoteChannel;
    channels[static_cast<std::uint8_t>(Kind::kBar)] = kBarChannel;
    return channels;
  }();
  return kChannels[static_cast<std::uint8_t>(kind)];
}

SessionSource::SessionSource(std::unique_ptr<RecordReader> reader, SessionOptions options)
    : reader_(std::move(reader)),
      options_(std::move(options)),
      reorder_(options_.max_feed_latency.nanos > 0 || options_.instruments.size() > 1) {
  last_exchange_time_.resize(options_.instruments.size());
  for (auto& channels : last_exchange_time_) channels.fill(INT64_MIN);
}

SessionSource::~SessionSource() = default;

bool SessionSource::Fail(absl::Status status) {
  status_ = std::move(status);
  return false;
}

RecordBlock* SessionSource::TakeBlock(std::size_t capacity) {
  if (free_.empty()) {
    pool_.push_back(std::make_unique<RecordBlock>());
    free_.push_back(pool_.back().get());
  }
  RecordBlock* block = free_.back();
  free_.pop_back();
  if (block->records.size() < capacity) block->records.resize(capacity);
  block->users = 1;  // the reader itself
  return block;
}

void SessionSource::Unuse(RecordBlock* block) {
  if (--block->users == 0) free_.push_back(block);
}

// Moves on to the next block; a group that the last one left unfinished goes to its front.
[[gnu::noinline]] bool SessionSource::LoadBlock() {
  const std::size_t carried = end_ - next_;
  RecordBlock* block = TakeBlock(carried + reader_->max_batch());
  if (carried > 0) std::copy_n(current_->records.begin() + static_cast<std::ptrdiff_t>(next_), carried, block->records.begin());
  if (current_ != nullptr) Unuse(current_);
  current_ = block;
  absl::StatusOr<std::size_t> read = reader_->Read(std::span(block->records).subspan(carried));
  next_ = 0;
  end_ = carried;
  if (!read.ok()) return Fail(read.status());
  end_ += *read;
  if (*read > 0) return true;
  if (carried > 0) {
    return Fail(absl::DataLossError(
        absl::StrFormat("input %d ends inside the group that begins at record %d", options_.input,
                        block->records.front().seq)));
  }
  at_end_ = true;
  return false;
}

[[gnu::always_inline]] inline bool SessionSource::ReadGroup(QueuedGroup* out) {
  std::size_t last = next_;
  while (true) {
    if (const std::size_t end = end_; last < end) {
      const Event* const records = current_->records.data();
      while (last < end && !records[last].EndsGroup()) ++last;
      if (last < end) break;
    }
    const std::size_t scanned = last - next_;
    if (!LoadBlock()) return false;
    last = scanned;
  }
  const Event& first = current_->records[next_];
  if (first.instrument >= options_.instruments.size()) {
    return Fail(absl::DataLossError(absl::StrFormat("input %d, record %d names instrument %d; the file defines %d",
                                                    options_.input, first.seq, first.instrument,
                                                    options_.instruments.size())));
  }
  std::int64_t& channel_time = last_exchange_time_[first.instrument][ChannelOf(first.kind)];
  channel_time = std::max(channel_time, static_cast<std::int64_t>(first.origin));
  out->group.records = std::span(current_->records).subspan(next_, last + 1 - next_);
  out->group.instrument = options_.instruments[first.instrument];
  out->group.input = options_.input;
  out->group.exchange_time = {channel_time};
  out->group.receive_time = {std::max(channel_time, first.time)};
  out->block = current_;
  ++current_->users;
  position_ += last + 1 - next_;
  next_ = last + 1;
  return true;
}

Source::Pull SessionSource::Next(QueuedGroup* out) {
  if (!reorder_) {
    if (ReadGroup(out)) return Pull::kGroup;
    return status_.ok() ? Pull::kEnd : Pull::kError;
  }
  // A group not read yet was received after read_time_, so it happened after read_time_ - max_feed_latency.
  while (!at_end_ && (window_.empty() || window_.front().group.exchange_time.since_epoch >=
                                             read_time_ - options_.max_feed_latency.nanos)) {
    QueuedGroup read;
    if (!ReadGroup(&read)) {
      at_end_ = true;
      break;
    }
    read_time_ = std::max(read_time_, read.group.records.front().time);
    window_.Push(read);
  }
  if (window_.empty()) return status_.ok() ? Pull::kEnd : Pull::kError;
  *out = window_.front();
  window_.Pop();
  return Pull::kGroup;
}

void SessionSource::Release(const QueuedGroup& group) { Unuse(group.block); }

MergedSource::MergedSource(std::vector<std::unique_ptr<Source>> sources) {
  for (auto& source : sources) lanes_.push_back({std::move(source), {}, false});
}

bool MergedSource::Advance(Lane& lane) {
  const Pull pull = lane.source->Next(&lane.head);
  lane.live = pull == Pull::kGroup;
  if (pull == Pull::kError) status_ = lane.source->status();
  return pull != Pull::kError;
}

Source::Pull MergedSource::Next(QueuedGroup* out) {
  if (!started_) {
    started_ = true;
    for (Lane& lane : lanes_) {
      if (!Advance(lane)) return Pull::kError;
    }
  }
  Lane* first = nullptr;
  for (Lane& lane : lanes_) {
    if (lane.live && (first == nullptr || VenueKey(lane.head) < VenueKey(first->head))) first = &lane;
  }
  if (first == nullptr) return Pull::kEnd;
  *out = first->head;
  return Advance(*first) ? Pull::kGroup : Pull::kError;
}

void MergedSource::Release(const QueuedGroup& group) { lanes_[group.group.input - 1U].source->Release(group); }

std::uint64_t MergedSource::position() const {
  std::uint64_t sum = 0;
  for (const Lane& lane : lanes_) sum += lane.source->position();
  return sum;
}

std::uint64_t MergedSource::size() const {
  std::uint64_t sum = 0;
  for (const Lane& lane : lanes_) sum += lane.source->size();
  return sum;
}

}  // namespace crucible::engine
