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

void Recorder::Flush() {
  if (ok() && used_ > 0) status_ = sink_.Append(std::span(batch_).first(used_));
  used_ = 0;
}

}  // namespace crucible::engine
