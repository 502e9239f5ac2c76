#include "framework/decode/touch_check.h"

namespace crucible::decode {

void TouchCheck::Settle(const Entry& depth) {
  while (quotes_.size() > 1 && quotes_[1].id <= depth.id) quotes_.pop_front();
  if (quotes_.empty() || quotes_.front().id > depth.id) return;
  ++compared_;
  equal_ += quotes_.front().touch == depth.touch ? 1 : 0;
}

void TouchCheck::SettleBelow(std::uint64_t id) {
  for (; !depths_.empty() && depths_.front().id < id; depths_.pop_front()) Settle(depths_.front());
}

void TouchCheck::OnQuote(std::uint64_t id, const book::Touch& quote) {
  if (quotes_.size() == kMaxWaiting) quotes_.pop_front();
  quotes_.push_back({id, quote});
  SettleBelow(id);
}

void TouchCheck::OnDepth(std::uint64_t id, const book::Touch& touch) {
  if (depths_.size() == kMaxWaiting) depths_.pop_front();
  depths_.push_back({id, touch});
  if (!quotes_.empty()) SettleBelow(quotes_.back().id);
}

void TouchCheck::Finish() { SettleBelow(UINT64_MAX); }

void TouchCheck::Restart() {
  Finish();
  quotes_.clear();
  depths_.clear();
}

}  // namespace crucible::decode
