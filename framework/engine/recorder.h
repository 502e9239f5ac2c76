// The run's own stream on its way to a sink: numbers the records and hands them over in batches.
//
// A record has its final bytes when Append returns, or when its maker has filled what Add gave; nobody acts on a
// fact before that. The first error of the sink is kept, and everything after it is dropped.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/event/event.h"
#include "framework/event/record_sink.h"

namespace crucible::engine {

class Recorder {
 public:
  explicit Recorder(RecordSink& sink) : sink_(sink), batch_(kBatch) {}

  // Gives `event` the next sequence of the stream and returns it.
  std::uint64_t Append(const Event& event) {
    Event& record = Next();
    record = event;
    return record.seq = last_seq_;
  }
  // The next record, empty but for its sequence, to be filled in place before anything else is called here.
  Event& Add() {
    Event& record = Next();
    record = Event{};
    record.seq = last_seq_;
    return record;
  }
  std::uint64_t AppendText(std::string_view text);
  void Flush();

  // Calls `watcher` once, when record `seq` is about to be appended: for looking at the state of that moment.
  // One that comes too late is never called.
  void Watch(std::uint64_t seq, std::function<void()> watcher);

  std::uint64_t last_seq() const { return last_seq_; }
  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  static constexpr std::size_t kBatch = 128;  // 8 KiB, which stay in the first cache

  Event& Next() {
    if (used_ == kBatch) Flush();
    if (++last_seq_ == watched_seq_) CallWatchers();
    return batch_[used_++];
  }

  void CallWatchers();

  RecordSink& sink_;
  std::vector<Event> batch_;
  std::size_t used_ = 0;
  std::uint64_t last_seq_ = 0;
  std::uint64_t watched_seq_ = 0;  // the first of watchers_
  std::multimap<std::uint64_t, std::function<void()>> watchers_;
  absl::Status status_;
};

}  // namespace crucible::engine
