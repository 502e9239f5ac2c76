// Bars of a venue's own trades, at multiples of a length since 1970. A bar without trades repeats the last
// close; before the first trade there are none.
#pragma once

#include <algorithm>

#include "framework/engine/venue.h"
#include "framework/event/kinds.h"

namespace crucible::exchange {

class BarMaker {
 public:
  // `length` 0: makes none.
  explicit BarMaker(Duration length) : length_(length) {}

  // When the bar at work ends; kEndOfTime before anything has happened.
  Nanos due() const { return due_; }
  bool has_price() const { return bar_.close.units > 0; }
  void Begin(Nanos now) {
    if (length_.nanos > 0 && due_ == kEndOfTime)
      due_ = {(now.since_epoch / length_.nanos + 1) * length_.nanos};
  }
  void OnTrade(Price price, std::int64_t quantity) {
    if (volume_.trades == 0) bar_ = {price, price, price, price};
    bar_.high = std::max(bar_.high, price);
    bar_.low = std::min(bar_.low, price);
    bar_.close = price;
    volume_.volume.units += quantity;
    ++volume_.trades;
  }
  // The two records of the bar that is due, into `first` and `second` (bodies and kinds only), and the next
  // one.
  void Close(Event& first, Event& second) {
    if (volume_.trades == 0) bar_ = {bar_.close, bar_.close, bar_.close, bar_.close};
    volume_.length = length_;
    SetBody(first, bar_);
    SetBody(second, volume_);
    Skip();
  }
  void Skip() {
    volume_ = {};
    due_ = due_ + length_;
  }

 private:
  Duration length_;
  Nanos due_ = kEndOfTime;
  BarBody bar_{};
  BarVolumeBody volume_{};
};

}  // namespace crucible::exchange
