// Appends from a thread that must not wait: a bounded queue, and a thread that writes the journal.
//
//   AsyncAppender recorder(std::move(appender));
//   if (!recorder.TryPush(event)) ...        // the queue is full: stop, never drop
//   CRUCIBLE_RETURN_IF_ERROR(recorder.Stop());
//
// Threads: TryPush from one thread, durable_seq from any, Stop from the pushing thread. While it runs, the
// journal and its other cursors belong to the writer thread. Records are handed over in order and lost only
// if the process dies before they are durable.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/journal/appender.h"

namespace crucible::journal {

class AsyncAppender {
 public:
  static constexpr std::size_t kCapacity = std::size_t{1} << 17;  // 8 MiB of records

  // Takes over `appender`; writes when a block is full, or when records have waited for about two
  // milliseconds.
  explicit AsyncAppender(std::unique_ptr<Appender> appender);
  // Stops, ignoring errors.
  ~AsyncAppender();
  AsyncAppender(const AsyncAppender&) = delete;
  AsyncAppender& operator=(const AsyncAppender&) = delete;

  // False when the queue is full, and the record was not taken. The queue of a writer that failed fills and
  // stays so.
  [[nodiscard]] bool TryPush(const Event& event) noexcept {
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_seen_ >= kCapacity) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head - tail_seen_ >= kCapacity) return false;
    }
    ring_[head % kCapacity] = event;
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

  // Sequence of the last record that a crash cannot take back.
  std::uint64_t durable_seq() const { return durable_seq_.load(std::memory_order_acquire); }
  bool failed() const { return failed_.load(std::memory_order_acquire); }

  // Writes what is left, closes the appender, ends the thread. The writer's first error, if there was one.
  // Idempotent.
  absl::Status Stop();

 private:
  void Run();
  absl::Status WriteRound(std::uint64_t& naps);
  absl::Status Drain(std::uint64_t head);

  std::unique_ptr<Appender> appender_;
  std::vector<Event> ring_;
  alignas(64) std::atomic<std::uint64_t> head_{0};
  std::uint64_t tail_seen_ = 0;  // the pusher's copy: most pushes touch no line of the writer's
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  std::atomic<std::uint64_t> durable_seq_{0};
  std::atomic<bool> failed_{false};
  std::atomic<bool> stop_{false};
  absl::Status status_;  // the writer's until the thread has ended
  std::thread writer_;
};

}  // namespace crucible::journal
