// What captures of all venues become: per symbol a book of snapshots and changes, trades and quotes.
//
// Changes before a symbol's first snapshot are left out and counted. Where a venue numbers its messages, a
// break gives one kFeedGap group, and changes wait for the next snapshot. Where it sends checksums of the
// book (Kraken), each is compared.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "framework/decode/capture_venue.h"
#include "framework/decode/feed_clock.h"
#include "framework/decode/feed_options.h"
#include "framework/decode/number_reader.h"

namespace crucible::decode {

class CaptureFeed {
 public:
  // The references outlive the feed.
  CaptureFeed(const CaptureVenue& venue, FeedChannels channels, const ImportOptions& options,
              const FeedClock& clock, const DecodeOutput& out)
      : venue_(venue), channels_(channels), options_(options), clock_(clock), out_(out) {}

  // The client asked for the trades of `symbols`: what happened before it asked is left out, and counted.
  void OnTradesAskedFor(const std::vector<std::string_view>& symbols, Nanos sent);
  // Times are by the local clock.
  absl::Status OnUpdate(const CaptureUpdate& update, Nanos receive, const Position& at);
  void Restart();
  // Reports what is only known at the end.
  void Finish(ImportReport& report);

 private:
  // Not movable: the number reader looks at the instrument.
  struct Symbol {
    Symbol(Instrument definition, InstrumentId number, Doctor& doctor)
        : instrument(std::move(definition)), id(number), numbers(instrument, doctor) {}
    Symbol(const Symbol&) = delete;
    Symbol& operator=(const Symbol&) = delete;

    Instrument instrument;
    InstrumentId id;
    NumberReader numbers;
    bool has_book = false;
    std::uint64_t last_sequence = 0;
    std::uint64_t last_trade_id = 0;
    int feed_decimals = -1;  // of prices as the venue writes them, for checksums
  };

  bool Keeps(CaptureUpdate::Kind kind) const;
  bool HappenedBeforeSubscription(const CaptureUpdate& trade) const;
  absl::StatusOr<Symbol*> FindSymbol(std::string_view name, Nanos receive, const Position& at);
  FeedClock::Times TimesOf(const CaptureUpdate& update, Nanos receive, const Position& at);
  absl::Status OnDepth(Symbol& symbol, const CaptureUpdate& update, const FeedClock::Times& times,
                       const Position& at);
  bool Follows(Symbol& symbol, const CaptureUpdate& update, const FeedClock::Times& times, const Position& at,
               absl::Status& status);
  absl::Status WriteLevels(Symbol& symbol, const CaptureUpdate& update, const Position& at);
  absl::Status OnTrade(Symbol& symbol, const CaptureUpdate& update, const FeedClock::Times& times,
                       const Position& at);
  absl::Status OnQuote(const Symbol& symbol, const CaptureUpdate& update, const FeedClock::Times& times,
                       const Position& at);
  void CompareChecksum(const Symbol& symbol, const CaptureUpdate& update, const Position& at);

  const CaptureVenue& venue_;
  FeedChannels channels_;
  const ImportOptions& options_;
  FeedClock clock_;
  DecodeOutput out_;
  std::vector<std::unique_ptr<Symbol>> symbols_;
  absl::flat_hash_map<std::string, Symbol*> by_name_;  // lookup only
  Nanos last_receive_;
  absl::flat_hash_map<std::string, Nanos> trades_from_;  // by the exchange's clock; lookup only
  std::int64_t earlier_trades_ = 0;
  std::int64_t checksums_ = 0;
  std::int64_t checksums_equal_ = 0;
};

}  // namespace crucible::decode
