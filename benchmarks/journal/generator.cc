#include "benchmarks/journal/generator.h"

#include <algorithm>
#include <array>

#include "framework/event/kinds.h"

namespace crucible::journal {
namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }
  // Geometric-like: halves in frequency as it doubles; mean about `mean`.
  std::int64_t HeavyTail(std::int64_t mean) {
    const int shift = std::countl_zero(Next() | 1);
    return static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(mean) + 1)) << std::min(shift, 12);
  }

 private:
  std::uint64_t state_;
};

class Flow {
 public:
  Flow(std::size_t count, std::size_t instruments, bool received) : random_(42), received_(received) {
    records_.resize(count);
    double total = 0;
    for (std::size_t i = 0; i < instruments; ++i) total += 1.0 / static_cast<double>(i + 1);
    double sum = 0;
    for (std::size_t i = 0; i < instruments; ++i) {
      sum += 1.0 / static_cast<double>(i + 1) / total;
      share_.push_back(static_cast<std::uint64_t>(sum * 1e9));
      mid_.push_back(500'000 + 10'000 * static_cast<std::int64_t>(i));
    }
    live_.resize(instruments);
  }

  std::vector<Event> Make() {
    for (Event& event : records_) Fill(event);
    return std::move(records_);
  }

 private:
  struct Order {
    std::int64_t id, price, quantity;
    Side side;
  };

  void Fill(Event& event) {
    event.seq = ++seq_;
    time_ += 1 + random_.HeavyTail(2000);
    event.origin = static_cast<std::uint64_t>(time_);
    received_at_ =
        received_ ? std::max(received_at_, time_ + 20'000 + static_cast<std::int64_t>(random_.Below(30'000)))
                  : time_;
    event.time = received_at_;
    const std::uint64_t pick = random_.Below(1'000'000'000);
    while (event.instrument + 1 < share_.size() && share_[event.instrument] < pick) ++event.instrument;
    event.flags = flag::kGroupEnd;
    const std::uint64_t what = random_.Below(100);
    auto& live = live_[event.instrument];
    if (what < 45 || live.size() < 50) return Add(event, live);
    // Most orders that leave are young.
    const auto age = static_cast<std::size_t>(random_.HeavyTail(20));
    const std::size_t at = live.size() - 1 - std::min(age, live.size() - 1);
    Order& order = live[at];
    event.side = order.side;
    if (what < 85) return Remove(event, live, at);
    event.kind = what < 90 ? Kind::kOrderModify : Kind::kOrderExecute;
    if (what < 90) order.price += static_cast<std::int64_t>(random_.Below(5)) * 100 - 200;
    const std::int64_t quantity = std::min<std::int64_t>(order.quantity, 100);
    event.body = {order.price, quantity, order.id, what < 90 ? 0 : ++trade_};
    if (what >= 90 && (order.quantity -= quantity) == 0)
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void Add(Event& event, std::vector<Order>& live) {
    event.kind = Kind::kOrderAdd;
    event.side = random_.Below(2) == 0 ? Side::kBid : Side::kAsk;
    std::int64_t& mid = mid_[event.instrument];
    if (random_.Below(20) == 0) mid += random_.Below(2) == 0 ? 100 : -100;
    const std::int64_t distance = 100 + 100 * random_.HeavyTail(4);
    id_ += 1 + static_cast<std::int64_t>(random_.Below(3));
    const std::int64_t quantity = random_.Below(3) == 0 ? 1 + static_cast<std::int64_t>(random_.Below(500))
                                                        : 100 * (1 + random_.HeavyTail(2));
    live.push_back({id_, mid - Sign(event.side) * distance, quantity, event.side});
    event.body = {live.back().price, quantity, id_, 0};
    if (live.size() > 4000) live.erase(live.begin(), live.begin() + 2000);
  }

  void Remove(Event& event, std::vector<Order>& live, std::size_t at) {
    event.kind = Kind::kOrderDelete;
    event.body = {live[at].price, live[at].quantity, live[at].id, 0};
    live.erase(live.begin() + static_cast<std::ptrdiff_t>(at));
  }

  Random random_;
  bool received_;
  std::vector<Event> records_;
  std::vector<std::uint64_t> share_;
  std::vector<std::int64_t> mid_;
  std::vector<std::vector<Order>> live_;
  std::uint64_t seq_ = 0;
  std::int64_t time_ = 1'700'000'000'000'000'000;
  std::int64_t received_at_ = 0;
  std::int64_t id_ = 1'000'000;
  std::int64_t trade_ = 0;
};

}  // namespace

std::vector<Event> ManyInstruments(std::size_t count) { return Flow(count, 24, true).Make(); }
std::vector<Event> OneInstrument(std::size_t count) { return Flow(count, 1, false).Make(); }

std::vector<Event> DepthMessages(std::size_t count) {
  Random random(43);
  std::vector<Event> records;
  records.reserve(count + 64);
  std::int64_t milliseconds = 1'700'000'000'000;
  std::int64_t id = 3'000'000'000'000;
  std::int64_t mid = 400'000;
  std::int64_t trade = 5'000'000;
  while (records.size() < count) {
    milliseconds += 20 + static_cast<std::int64_t>(random.Below(80));
    if (random.Below(4) == 0) mid += static_cast<std::int64_t>(random.Below(21)) - 10;
    Event event;
    event.origin = static_cast<std::uint64_t>(milliseconds * 1'000'000);
    event.time = milliseconds * 1'000'000 + 3'000'000 + static_cast<std::int64_t>(random.Below(2'000'000));
    const auto push = [&] {
      event.seq = records.size() + 1;
      records.push_back(event);
    };
    if (random.Below(3) == 0) {
      event.kind = Kind::kTrade;
      event.side = random.Below(2) == 0 ? kBuy : kSell;
      event.flags = flag::kGroupEnd;
      event.body = {mid, 1 + random.HeavyTail(50), ++trade, 0};
      push();
      continue;
    }
    const std::int64_t last = id + 1 + static_cast<std::int64_t>(random.Below(900));
    event.kind = Kind::kDepthHead;
    event.body = {id + 1, last, id, milliseconds * 1'000'000 + 2'000'000};
    push();
    id = last;
    event.kind = Kind::kLevel;
    const std::uint64_t levels = 2 + random.Below(30);
    for (std::uint64_t level = 0; level < levels; ++level) {
      event.side = level < levels / 2 ? Side::kBid : Side::kAsk;
      event.flags = level + 1 == levels ? flag::kGroupEnd : 0;
      const std::int64_t distance = 1 + random.HeavyTail(10);
      event.body = {mid - Sign(event.side) * distance, random.Below(4) == 0 ? 0 : 1 + random.HeavyTail(2000),
                    last, 0};
      push();
    }
  }
  records.resize(count);
  return records;
}

std::vector<Event> Decisions(std::size_t count) {
  Random random(44);
  std::vector<Event> records;
  records.reserve(count + 64);
  std::int64_t time = 1'700'000'000'000'000'000;
  std::uint64_t cause = 1;
  std::int64_t order = 0;
  std::int64_t mid = 400'000;
  const auto push = [&](Kind kind, Side side, std::uint64_t origin, std::uint16_t flags,
                        std::array<std::int64_t, 4> body) {
    records.push_back({records.size() + 1, time, origin, 0, kind, side, flags, body});
  };
  while (records.size() < count) {
    time += 100'000'000;
    cause += 5 + random.Below(40);
    mid += static_cast<std::int64_t>(random.Below(11)) - 5;
    const std::uint64_t origin = CauseRef{1, cause}.bits();
    for (const Side side : {Side::kBid, Side::kAsk}) {
      push(Kind::kCancelIntent, side, origin, flag::kGroupEnd, {0, 0, order + 1 - 2, 1});
      ++order;
      push(Kind::kIntent, side, origin, 0, {mid - Sign(side) * 5, 1000, order, 0});
      push(Kind::kIntentTerms, side, origin, flag::kGroupEnd, {0, INT64_MAX, 2 | 1 << 8, 1});
    }
    time += 2'000'000;
    const auto venue = static_cast<std::uint64_t>(time - 1'000'000);
    for (const Side side : {Side::kBid, Side::kAsk}) {
      const std::int64_t id = side == Side::kBid ? order - 1 : order;
      push(Kind::kCanceled, side, venue, flag::kGroupEnd, {mid - Sign(side) * 5, 1000, id - 2, 1});
      push(Kind::kAccepted, side, venue, flag::kGroupEnd,
           {mid - Sign(side) * 5, 1000, id, random.HeavyTail(3000)});
    }
    if (random.Below(20) == 0) {
      push(Kind::kFill, kBuy, venue, flag::kMaker, {mid - 5, 1000, order - 1, order});
      push(Kind::kFillDetail, kBuy, origin, flag::kMaker | flag::kGroupEnd, {-1234, 0, 0, 2});
    }
    if (random.Below(100) == 0)
      push(Kind::kEquity, Side::kNone, origin, flag::kGroupEnd, {1'000'000 + mid, 5 * mid, 77, 3});
  }
  records.resize(count);
  return records;
}

}  // namespace crucible::journal
