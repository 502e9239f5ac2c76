#include "framework/journal/async_appender.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace crucible::journal {
namespace {

constexpr auto kNap = std::chrono::microseconds(200);
constexpr std::uint64_t kNapsBeforeTail = 10;  // about two milliseconds
constexpr std::uint64_t kWorthWriting = 8192;

}  // namespace

AsyncAppender::AsyncAppender(std::unique_ptr<Appender> appender)
    : appender_(std::move(appender)), ring_(kCapacity), writer_([this] { Run(); }) {}

AsyncAppender::~AsyncAppender() { Stop().IgnoreError(); }

absl::Status AsyncAppender::Stop() {
  stop_.store(true, std::memory_order_release);
  if (writer_.joinable()) writer_.join();
  return status_;
}

void AsyncAppender::Run() {
  std::uint64_t naps = 0;
  while (status_.ok() && !stop_.load(std::memory_order_acquire)) status_ = WriteRound(naps);
  if (status_.ok()) status_ = Drain(head_.load(std::memory_order_acquire));
  if (status_.ok()) status_ = appender_->Close();
  durable_seq_.store(appender_->durable_seq(), std::memory_order_release);
  failed_.store(!status_.ok(), std::memory_order_release);
}

// Full blocks first; the tail only when little has come for a while, since a row per wake-up costs most.
absl::Status AsyncAppender::WriteRound(std::uint64_t& naps) {
  const std::uint64_t head = head_.load(std::memory_order_acquire);
  const std::uint64_t waiting = head - tail_.load(std::memory_order_relaxed);
  const bool overdue = naps >= kNapsBeforeTail;
  if (waiting < kWorthWriting && !overdue) {
    ++naps;
    std::this_thread::sleep_for(kNap);
    return absl::OkStatus();
  }
  naps = 0;
  CRUCIBLE_RETURN_IF_ERROR(Drain(head));
  if (appender_->last_seq() != appender_->durable_seq() && overdue)
    CRUCIBLE_RETURN_IF_ERROR(appender_->Commit());
  durable_seq_.store(appender_->durable_seq(), std::memory_order_release);
  return absl::OkStatus();
}

absl::Status AsyncAppender::Drain(std::uint64_t head) {
  std::uint64_t tail = tail_.load(std::memory_order_relaxed);
  while (tail != head) {
    const std::size_t at = tail % kCapacity;
    const std::size_t count = std::min<std::uint64_t>({head - tail, kCapacity - at, kWorthWriting});
    CRUCIBLE_RETURN_IF_ERROR(appender_->Append(std::span(ring_).subspan(at, count)));
    tail += count;
    tail_.store(tail, std::memory_order_release);
  }
  return absl::OkStatus();
}

}  // namespace crucible::journal
