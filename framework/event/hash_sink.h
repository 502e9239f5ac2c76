// A sink that keeps nothing but the hash: for sweeps, and for inspecting without storing.
#pragma once

#include <cstdint>

#include "framework/event/log_hash.h"
#include "framework/event/record_sink.h"

namespace crucible {

class HashSink : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> records) override {
    hash_.Add(records);
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view) override { return ++texts_; }
  Hash128 log_hash() const override { return hash_.value(); }

 private:
  LogHash hash_;
  std::uint64_t texts_ = 0;
};

}  // namespace crucible
