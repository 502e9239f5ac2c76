#include "simulators/flow/zero_intelligence.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/base/math.h"
#include "framework/base/random.h"
#include "framework/book/l3_book.h"
#include "framework/event/kinds.h"

namespace crucible::flow {
namespace {

constexpr std::size_t kBatch = 4096;
constexpr double kNanosPerSecond = 1e9;

absl::Status CheckRange(std::string_view name, double value, double low, double high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("%s is %g, expected %g to %g", name, value, low, high));
}

// Collects records and hands them on in batches.
class Writer {
 public:
  Writer(RecordSink& sink, Duration latency) : sink_(sink), latency_(latency) {}

  void At(Nanos exchange_time) { now_ = exchange_time; }
  template <class Body>
  void Add(Kind kind, Side side, std::uint16_t flags, const Body& body) {
    Event event{.kind = kind, .side = side, .flags = flags};
    SetBody(event, body);
    Put(event);
  }
  void Put(Event event) {
    event.seq = ++seq_;
    event.time = (now_ + latency_).since_epoch;
    event.origin = static_cast<std::uint64_t>(now_.since_epoch);
    batch_.push_back(event);
    if (batch_.size() == kBatch) Flush();
  }
  absl::Status Finish() {
    Flush();
    return status_;
  }
  bool ok() const { return status_.ok(); }

 private:
  void Flush() {
    if (status_.ok() && !batch_.empty()) status_ = sink_.Append(batch_);
    batch_.clear();
  }

  RecordSink& sink_;
  Duration latency_;
  Nanos now_;
  std::uint64_t seq_ = 0;
  std::vector<Event> batch_;
  absl::Status status_;
};

class Market {
 public:
  Market(const ZeroIntelligence& parameters, Writer& writer)
      : p_(parameters),
        writer_(writer),
        random_(Random(parameters.seed).Stream("flow/zero-intelligence")),
        book_({.tick_size = parameters.instrument.tick_size, .window_levels = 0, .dense_ids = true}),
        log_keep_limit_(Log1p(-1 / parameters.mean_limit_lots)),
        log_keep_market_(Log1p(-1 / parameters.mean_market_lots)) {}

  // The stationary book without market orders, in expectation: what arrives balances what is cancelled.
  void Open() {
    const double per_tick = p_.limits_per_tick_second / std::max(p_.cancels_per_order_second, 1e-9);
    const auto depth = static_cast<std::int64_t>(std::clamp(per_tick, 1.0, 16.0));
    Event clear{.kind = Kind::kBookClear, .flags = flag::kSnapshot};
    writer_.Put(clear);
    for (std::int64_t tick = 1; tick <= p_.band_ticks; ++tick) {
      for (std::int64_t i = 0; i < depth; ++i) {
        for (const Side side : {Side::kBid, Side::kAsk}) {
          const bool last = tick == p_.band_ticks && i + 1 == depth && side == Side::kAsk;
          const Price price{p_.mid.units - Sign(side) * tick * tick_size()};
          Rest(side, price, static_cast<std::uint16_t>(flag::kSnapshot | (last ? flag::kGroupEnd : 0)));
        }
      }
    }
  }

  // The time until the next message.
  Duration Wait() {
    const double seconds = random_.Exponential() / TotalRate();
    return {std::max<std::int64_t>(1, static_cast<std::int64_t>(seconds * kNanosPerSecond + 0.5))};
  }

  void Step() {
    const double limits = 2 * LimitRate();
    const double markets = 2 * p_.markets_per_second;
    const double choice = random_.Uniform01() * TotalRate();
    if (choice < limits) {
      book_.order_count() < p_.max_orders ? PlaceLimit() : CancelOne();
    } else if (choice < limits + markets) {
      SendMarket();
    } else {
      CancelOne();
    }
  }

 private:
  std::int64_t tick_size() const { return p_.instrument.tick_size.units; }
  double LimitRate() const { return p_.limits_per_tick_second * p_.band_ticks; }
  double TotalRate() const {
    return 2 * LimitRate() + 2 * p_.markets_per_second +
           p_.cancels_per_order_second * static_cast<double>(book_.order_count());
  }
  Side DrawSide() { return random_() >> 63 == 0 ? Side::kBid : Side::kAsk; }
  // Geometric on 1, 2, ... with the mean whose logarithm of (1 - 1/mean) is given; at most 10,000.
  Quantity DrawQuantity(double log_keep) {
    const double lots = log_keep < 0 ? Log(random_.UniformOpen()) / log_keep : 0;
    return {(1 + static_cast<std::int64_t>(std::min(lots, 9'999.0))) * p_.instrument.lot_size.units};
  }

  void Rest(Side side, Price price, std::uint16_t flags) {
    const L3Body order{price, DrawQuantity(log_keep_limit_), {++last_id_}, last_id_};
    static_cast<void>(book_.Add(side, price, order.quantity, order.order_id));
    live_.push_back(order.order_id);
    writer_.Add(Kind::kOrderAdd, side, flags, order);
  }

  void PlaceLimit() {
    const Side side = DrawSide();
    const auto distance =
        static_cast<std::int64_t>(1 + random_.UniformBelow(static_cast<std::uint64_t>(p_.band_ticks)));
    const Price opposite = book_.touch().price(Opposite(side));
    const Price price{opposite.units - Sign(side) * distance * tick_size()};
    if (price.units > 0) Rest(side, price, flag::kGroupEnd);
  }

  void SendMarket() {
    const Side aggressor = DrawSide();
    const Side resting = Opposite(aggressor);
    std::int64_t left = DrawQuantity(log_keep_market_).units;
    while (left > 0) {
      const auto front = book_.Front(resting);
      const bool is_last = book_.level_count(resting) == 1 && book_.Best(resting)->order_count == 1;
      if (!front || (is_last && left >= front->quantity.units)) return;
      const Quantity quantity{std::min(left, front->quantity.units)};
      static_cast<void>(book_.Execute(front->id, quantity, resting, front->price));
      writer_.Add(Kind::kOrderExecute, resting, flag::kGroupEnd,
                  ExecuteBody{front->price, quantity, front->id, ++last_trade_id_});
      left -= quantity.units;
    }
  }

  void CancelOne() {
    const auto order = book_.Find(DrawLive());
    const bool is_last = book_.level_count(order->side) == 1 && book_.Best(order->side)->order_count == 1;
    if (is_last) return;
    const std::int64_t lot = p_.instrument.lot_size.units;
    const bool in_part = random_.Uniform01() < p_.partial_cancel_share && order->quantity.units > lot;
    const Quantity quantity{in_part ? order->quantity.units / 2 / lot * lot : order->quantity.units};
    if (in_part && quantity.units > 0) {
      static_cast<void>(book_.Reduce(order->id, quantity, order->side, order->price));
      writer_.Add(Kind::kOrderReduce, order->side, flag::kGroupEnd,
                  L3Body{order->price, quantity, order->id, 0});
    } else {
      static_cast<void>(book_.Delete(order->id, order->quantity, order->side, order->price));
      writer_.Add(Kind::kOrderDelete, order->side, flag::kGroupEnd,
                  L3Body{order->price, order->quantity, order->id, 0});
    }
  }

  // One of the resting orders, each with the same chance. live_ may name orders that have gone: they are
  // dropped when drawn, and all at once when they are the majority.
  OrderId DrawLive() {
    if (live_.size() > 2 * book_.order_count() + 64) {
      std::erase_if(live_, [&](OrderId id) { return book_.IndexOf(id) == book::kNoOrder; });
    }
    for (;;) {
      const std::uint64_t at = random_.UniformBelow(live_.size());
      const OrderId id = live_[at];
      if (book_.IndexOf(id) != book::kNoOrder) return id;
      live_[at] = live_.back();
      live_.pop_back();
    }
  }

  const ZeroIntelligence& p_;
  Writer& writer_;
  RandomStream random_;
  book::L3Book book_;
  double log_keep_limit_;
  double log_keep_market_;
  std::vector<OrderId> live_;
  std::uint64_t last_id_ = 0;
  std::uint64_t last_trade_id_ = 0;
};

}  // namespace

absl::Status ZeroIntelligence::Validate() const {
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("length (ns)", static_cast<double>(length.nanos), 0, 1e17));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("feed_latency (ns)", static_cast<double>(feed_latency.nanos), 0, 1e12));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("band_ticks", band_ticks, 2, 10'000));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("limits_per_tick_second", limits_per_tick_second, 1e-6, 1e6));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("markets_per_second", markets_per_second, 0, 1e6));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("cancels_per_order_second", cancels_per_order_second, 0, 1e6));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("partial_cancel_share", partial_cancel_share, 0, 1));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("mean_limit_lots", mean_limit_lots, 1, 1'000));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("mean_market_lots", mean_market_lots, 1, 1'000));
  const double opening_orders = 32.0 * band_ticks;
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("max_orders", max_orders, opening_orders, 1e8));
  const double tick = static_cast<double>(instrument.tick_size.units);
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("instrument.tick_size", tick, 1, 1e12));
  CRUCIBLE_RETURN_IF_ERROR(
      CheckRange("instrument.lot_size", static_cast<double>(instrument.lot_size.units), 1, 1e12));
  CRUCIBLE_RETURN_IF_ERROR(CheckRange("mid", static_cast<double>(mid.units), tick * (band_ticks + 1), 1e17));
  if (mid.units % instrument.tick_size.units == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("mid is %d, expected a multiple of the tick size %d",
                                                    mid.units, instrument.tick_size.units));
}

absl::Status Generate(const ZeroIntelligence& parameters, RecordSink& sink) {
  CRUCIBLE_RETURN_IF_ERROR(parameters.Validate());
  Writer writer(sink, parameters.feed_latency);
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t text, sink.AppendText(DefinitionText(parameters.instrument)));
  writer.At(parameters.start);
  for (const Event& event : DefinitionRecords(parameters.instrument, {0}, parameters.start, text))
    writer.Put(event);
  Market market(parameters, writer);
  market.Open();
  const Nanos end = parameters.start + parameters.length;
  for (Nanos now = parameters.start + market.Wait(); now < end && writer.ok(); now = now + market.Wait()) {
    writer.At(now);
    market.Step();
  }
  return writer.Finish();
}

}  // namespace crucible::flow
