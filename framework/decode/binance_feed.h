// Messages of one Binance connection to records: what a capture's lines and a live connection have in common.
//
//   BinanceFeed feed(market, channels, options, clock, out);
//   CRUCIBLE_RETURN_IF_ERROR(feed.OnMessage(receive, json, at));
//
// Instruments are defined when their first kept message arrives. Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/decode/binance_market.h"
#include "framework/decode/binance_message.h"
#include "framework/decode/depth_feed.h"
#include "framework/decode/feed_clock.h"
#include "framework/decode/feed_options.h"
#include "framework/decode/number_reader.h"

namespace crucible::decode {

class BinanceFeed {
 public:
  // `sole_symbol` owns the snapshots, which do not name theirs; empty where the connection has several symbols.
  // `options` outlives the feed.
  BinanceFeed(BinanceMarket market, FeedChannels channels, const ImportOptions& options,
              std::string sole_symbol, const FeedClock& clock, const DecodeOutput& out)
      : market_(market),
        channels_(channels),
        options_(options),
        sole_symbol_(std::move(sole_symbol)),
        clock_(clock),
        out_(out) {}

  // `receive` is by the local clock. kInvalidArgument names the place and what is wrong.
  // REQUIRES: kLinePadding readable bytes after `json`.
  absl::Status OnMessage(Nanos receive, std::string_view json, const Position& at);
  // A new connection, or the input once more: ids start anew.
  void Restart();
  // Reports what is only known at the end.
  void Finish(const Place& end, ImportReport& report);

 private:
  // One symbol. Not movable: the number reader looks at the instrument.
  struct Symbol {
    Symbol(Instrument definition, InstrumentId number, bool futures, const DecodeOutput& out)
        : instrument(std::move(definition)),
          id(number),
          numbers(instrument, out.doctor),
          depth(number, futures, out) {}
    Symbol(const Symbol&) = delete;
    Symbol& operator=(const Symbol&) = delete;

    Instrument instrument;
    InstrumentId id;
    NumberReader numbers;
    DepthFeed depth;
    std::uint64_t last_trade_id = 0;
  };

  void ExamineOrder(Nanos receive, const Position& at);
  bool Keeps(BinanceKind kind) const;
  absl::StatusOr<Symbol*> FindSymbol(Nanos receive, const Position& at);
  absl::StatusOr<Symbol*> DefineSymbol(std::string_view name, Nanos receive, const Position& at);
  absl::StatusOr<FeedClock::Times> TimesOf(Nanos receive, const Position& at);
  absl::Status ReadDepth(const Symbol& symbol, const FeedClock::Times& times, const Position& at);
  absl::Status OnTrade(Symbol& symbol, const FeedClock::Times& times, const Position& at);
  absl::Status OnQuote(Symbol& symbol, const FeedClock::Times& times, const Position& at);
  absl::Status OnMark(const Symbol& symbol, const FeedClock::Times& times, const Position& at);
  void ReportDepth(const Place& end);
  void ReportMismatches(std::int64_t mismatches, const Place& end);

  BinanceMarket market_;
  FeedChannels channels_;
  const ImportOptions& options_;
  std::string sole_symbol_;
  FeedClock clock_;
  DecodeOutput out_;
  BinanceParser parser_;
  BinanceMessage message_;
  DepthMessage depth_;  // numbers of the message under work
  std::vector<std::unique_ptr<Symbol>> symbols_;
  Nanos last_receive_;
  std::uint64_t latest_event_ms_ = 0;
  std::int64_t out_of_order_ = 0;
  std::int64_t off_market_ = 0;
  std::int64_t mismatches_ = 0;
};

// Milliseconds since 1970; nullopt after kLatestTime.
std::optional<Nanos> FromMillis(std::uint64_t millis);

}  // namespace crucible::decode
