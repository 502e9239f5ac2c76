// One instrument of a DBN import: its definition, and the records of the event under way.
#pragma once

#include <utility>

#include "framework/decode/dbn_orders.h"
#include "framework/decode/importer.h"
#include "framework/decode/level_window.h"
#include "framework/decode/number_reader.h"
#include "framework/decode/pending_group.h"

namespace crucible::decode {

// Times of the event under way.
struct DbnTimes {
  Nanos receive;
  Nanos exchange;
};

class DbnStream {
 public:
  // REQUIRES: out.books watches an L3 or L2 book of `id` before records of one come.
  DbnStream(Instrument instrument, InstrumentId id, const DecodeOutput& out)
      : instrument_(std::move(instrument)),
        id_(id),
        out_(out),
        numbers_(instrument_, out.doctor),
        orders_(out.doctor) {}
  DbnStream(const DbnStream&) = delete;
  DbnStream& operator=(const DbnStream&) = delete;

  absl::Status OnMbo(const DbnMbo& message, const DbnTimes& times, const Position& at);
  // A trade, a quote or both: `levels` is empty for trades; `traded` says that the message is a trade.
  absl::Status OnLevels(const DbnTrade& message, std::span<const DbnLevel> levels, bool traded, bool counts,
                        const DbnTimes& times, const Position& at);
  absl::Status OnBar(const DbnBar& bar, Duration length, Nanos end, const Position& at);
  absl::Status OnStatus(const DbnStatus& status, const DbnTimes& times, const Position& at);
  // Ends the event under way.
  absl::Status EndEvent(const Position& at);
  // No record of the same file follows.
  absl::Status EndFile(const Position& at);
  // The input starts again.
  void Restart();

  // What follows is read by this definition.
  void Redefine(Instrument instrument) { instrument_ = std::move(instrument); }

  const Instrument& instrument() const { return instrument_; }
  InstrumentId id() const { return id_; }
  std::size_t pending() const { return group_.size(); }
  const DbnOrders& orders() const { return orders_; }
  // After how many events best bid was above best ask.
  std::int64_t crossed_events() const { return crossed_events_; }

 private:
  absl::Status BeginSnapshot(const DbnTimes& times, bool clears, const Position& at);
  absl::Status AddQuote(const DbnLevel& level, bool counts, const DbnTrade& message, const Position& at);
  absl::Status AddDepth(std::span<const DbnLevel> levels, const DbnTrade& message, const DbnTimes& times,
                        const Position& at);
  absl::Status ReadSide(Side side, std::span<const DbnLevel> levels, const Position& at);
  absl::Status ReadPrice(std::int64_t nano_units, const Position& at, Price* price) const;

  Instrument instrument_;
  InstrumentId id_;
  DecodeOutput out_;
  NumberReader numbers_;
  DbnOrders orders_;
  LevelWindow window_{10};
  ShownLevels levels_;  // of the side under work
  PendingGroup group_;
  DbnTimes times_;
  bool in_snapshot_ = false;
  bool has_depth_ = false;
  std::int64_t crossed_events_ = 0;
};

}  // namespace crucible::decode
