// Memory of the market groups that venues produce, from the call that made them until the strategy side has
// consumed them.
//
// Groups are packed into blocks; a block is used again when its last group has been released. No allocation in
// steady state. Threads: thread-compatible.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "framework/engine/source.h"
#include "framework/event/event.h"

namespace crucible::engine {

class ProducedGroups {
 public:
  // Copies one group and numbers its records 1, 2, 3, ... in the order of production.
  QueuedGroup Keep(std::span<const Event> records) {
    if (current_ == nullptr || current_->records.size() + records.size() > current_->records.capacity()) {
      OpenBlock(records.size());
    }
    const std::size_t first = current_->records.size();
    for (const Event& record : records) {
      current_->records.push_back(record);
      current_->records.back().seq = ++produced_;
    }
    ++current_->users;
    QueuedGroup kept;
    kept.block = current_;
    kept.group.records = std::span(current_->records).subspan(first);
    kept.group.instrument = {records.front().instrument};
    kept.group.exchange_time = records.front().venue_time();
    kept.group.receive_time = kept.group.exchange_time;
    return kept;
  }
  // The records of a kept group, to give them their final time and sequence.
  static std::span<Event> Records(const QueuedGroup& kept) {
    const auto first = static_cast<std::size_t>(kept.group.records.data() - kept.block->records.data());
    return std::span(kept.block->records).subspan(first, kept.group.records.size());
  }
  void Release(const QueuedGroup& kept) {
    if (--kept.block->users > 0) return;
    kept.block->records.clear();
    if (kept.block != current_) free_.push_back(kept.block);
  }

 private:
  static constexpr std::size_t kBlockRecords = 1024;

  void OpenBlock(std::size_t records) {
    if (current_ != nullptr && current_->users == 0) free_.push_back(current_);
    if (free_.empty()) {
      blocks_.push_back(std::make_unique<RecordBlock>());
      free_.push_back(blocks_.back().get());
    }
    current_ = free_.back();
    free_.pop_back();
    current_->records.reserve(std::max(kBlockRecords, records));
  }

  std::vector<std::unique_ptr<RecordBlock>> blocks_;
  std::vector<RecordBlock*> free_;
  RecordBlock* current_ = nullptr;
  std::uint64_t produced_ = 0;
};

}  // namespace crucible::engine
