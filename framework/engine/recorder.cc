#include "framework/engine/recorder.h"

#include <span>

namespace crucible::engine {

std::uint64_t Recorder::AppendText(std::string_view text) {
  if (!ok()) return 0;
  absl::StatusOr<std::uint64_t> seq = sink_.AppendText(text);
  if (seq.ok()) return *seq;
  status_ = seq.status();
  return 0;
}

void Recorder::Watch(std::uint64_t seq, std::function<void()> watcher) {
  if (seq <= last_seq_) return;
  watchers_.emplace(seq, std::move(watcher));
  watched_seq_ = watchers_.begin()->first;
}

void Recorder::CallWatchers() {
  while (!watchers_.empty() && watchers_.begin()->first == last_seq_) {
    const std::function<void()> watcher = std::move(watchers_.begin()->second);
    watchers_.erase(watchers_.begin());
    watcher();
  }
  watched_seq_ = watchers_.empty() ? 0 : watchers_.begin()->first;
}

void Recorder::Flush() {
  if (ok() && used_ > 0) status_ = sink_.Append(std::span(batch_).first(used_));
  used_ = 0;
}

}  // namespace crucible::engine
