#include "tests/engine/strategies.h"

#include <crucible/strategy.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace {

using crucible::Context;
using crucible::OrderHandle;
using crucible::ParameterType;

class Thrower : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"where", ParameterType::kText, "OnBook", "", "", "the handler that throws"}};

  explicit Thrower(Context& context) : where_(context.Text("where")) { Throw("constructor"); }
  void OnStart(Context&) { Throw("OnStart"); }
  void OnBook(Context& context, const crucible::BookEvent& book) {
    context.SetTimer(book.time + 1);
    Throw("OnBook");
  }
  void OnTimer(Context&, const crucible::TimerEvent&) { Throw("OnTimer"); }

 private:
  void Throw(const char* here) const {
    if (where_ == here) throw std::runtime_error("thrown on purpose");
  }
  std::string where_;
};

class Asker : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"name", ParameterType::kText, "nobody", "", "", "who asks"},
      {"pause", ParameterType::kDuration, "250ms", "", "", "a duration"},
      {"share", ParameterType::kDouble, "0.5", "", "", "a number"},
      {"loud", ParameterType::kBool, "true", "", "", "a choice"}};

  explicit Asker(Context& context) {
    const crucible::InstrumentInfo info = context.Info(0);
    std::array<char, 200> line{};
    std::snprintf(line.data(), line.size(), "%s at %s:%s, tick %d, %lld ns, %.1f, %s",
                  context.Text("name").c_str(), info.venue, info.symbol, static_cast<int>(info.tick_size),
                  static_cast<long long>(context.DurationNanos("pause")), context.Double("share"),
                  context.Bool("loud") ? "true" : "false");
    context.Print(line.data());
  }
  void OnBook(Context& context, const crucible::BookEvent& book) {
    if (asked_) return;
    asked_ = true;
    context.Print("bid " + std::to_string(context.BestBid(book.instrument).price) + " ask " +
                  std::to_string(context.BestAsk(book.instrument).price) + " third " +
                  std::to_string(context.LevelAt(book.instrument, CRUCIBLE_BUY, 2).quantity));
    try {
      context.Info(1);
    } catch (const std::runtime_error&) {
      context.Print("no instrument 1");
    }
    crucible::OrderInfo order;
    if (!context.Find({7}, &order) && !context.Cancel({7}) && !context.Amend({7}, 1, 1))
      context.Print("no order 7");
    if (context.Position(0).quantity == 0) context.Print("flat, " + std::to_string(context.Account().cash));
  }

 private:
  bool asked_ = false;
};

// Two orders at the touch, replaced by cancelling and sending again.
class Quoter : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"every", ParameterType::kDuration, "100ms", "1ns", "", "time between replacements"}};

  explicit Quoter(Context& context)
      : every_(context.DurationNanos("every")), spread_(context.Feature("spread")) {}
  void OnStart(Context& context) { context.SetTimer(context.Now() + every_); }
  void OnTimer(Context& context, const crucible::TimerEvent& timer) {
    context.SetTimer(timer.time + every_);
    const crucible::Level bid = context.BestBid(0), ask = context.BestAsk(0);
    if (bid.quantity == 0 || ask.quantity == 0) return;
    context.Cancel(buy_);
    context.Cancel(sell_);
    const std::int64_t position = context.Position(0).quantity;
    context.Observe(spread_, static_cast<double>(ask.price - bid.price));
    buy_ = position < 20 ? context.Buy(0, 1).Limit(bid.price) : OrderHandle{};
    sell_ = position > -20 ? context.Sell(0, 1).Limit(ask.price) : OrderHandle{};
    ++rounds_;
  }
  std::uint64_t Hash() const { return rounds_; }

 private:
  std::int64_t every_;
  crucible::Feature spread_;
  OrderHandle buy_, sell_;
  std::uint64_t rounds_ = 0;
};

// Keeps one order at each best price; moves it when the price moves, and replaces it when it is gone.
class Follower : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"max_position", ParameterType::kInt, "50", "1", "", "where a side stops quoting"}};

  explicit Follower(Context& context) : max_position_(context.Int("max_position")) {}
  void OnBook(Context& context, const crucible::BookEvent& book) {
    if (book.touch_changed == 0 || book.bid.quantity == 0 || book.ask.quantity == 0) return;
    if (book.bid.price >= book.ask.price) return;
    const std::int64_t position = context.Position(book.instrument).quantity;
    Quote(context, buy_, CRUCIBLE_BUY, book.bid.price, position < max_position_);
    Quote(context, sell_, CRUCIBLE_SELL, book.ask.price, position > -max_position_);
  }
  void OnOrder(Context&, const crucible::OrderEvent& order) {
    if (order.what != CRUCIBLE_REJECTED && order.what != CRUCIBLE_CANCELED) return;
    Ended(order.order_id);
  }
  void OnFill(Context&, const crucible::FillEvent& fill) {
    if (fill.open_quantity == 0) Ended(fill.order_id);
  }

 private:
  struct Side {
    OrderHandle order;
    std::int64_t price = 0;
  };
  void Quote(Context& context, Side& side, std::uint32_t direction, std::int64_t price, bool wanted) {
    if (side.order && side.price == price) return;
    if (side.order) context.Cancel(side.order);
    side.order = wanted ? context.Order(0, direction, 2).PostOnly().Limit(price) : OrderHandle{};
    side.price = price;
  }
  void Ended(std::uint64_t id) {
    if (buy_.order.id == id) buy_.order = {};
    if (sell_.order.id == id) sell_.order = {};
  }
  std::int64_t max_position_;
  Side buy_, sell_;
};

class Gambler : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"odds", ParameterType::kInt, "10", "1", "", "acts once in so many touch changes"}};

  explicit Gambler(Context& context)
      : odds_(static_cast<std::uint64_t>(context.Int("odds"))), dice_(context.Random("dice")) {}
  void OnBook(Context& context, const crucible::BookEvent& book) {
    if (book.touch_changed == 0 || book.bid.quantity == 0 || book.ask.quantity == 0) return;
    if (context.Draw(dice_) % odds_ != 0) return;
    const std::int64_t position = context.Position(book.instrument).quantity;
    const bool buy = position < -5 || (position <= 5 && context.Draw(dice_) % 2 == 0);
    auto order = buy ? context.Buy(book.instrument, 3) : context.Sell(book.instrument, 3);
    if (context.Draw(dice_) % 2 == 0) {
      order.ImmediateOrCancel().Limit(buy ? book.ask.price : book.bid.price);
    } else {
      order.GoodTill(book.time + 2'000'000'000).Limit(buy ? book.bid.price : book.ask.price);
    }
  }

 private:
  std::uint64_t odds_;
  crucible::RandomStream dice_;
};

class Averager : public crucible::Strategy {
 public:
  static constexpr std::array<crucible::Parameter, 0> kParameters{};

  explicit Averager(Context&) {}
  void OnBar(Context& context, const crucible::BarEvent& bar) {
    mean_ += (static_cast<double>(bar.close) - mean_) / 20;
    const std::int64_t position = context.Position(bar.instrument).quantity;
    const bool below = static_cast<double>(bar.close) < mean_;
    if (below && position <= 0) context.Buy(bar.instrument, 1 - position).Market();
    if (!below && position >= 0) context.Sell(bar.instrument, 1 + position).Market();
  }

 private:
  double mean_ = 0;
};

class Sleeper : public crucible::Strategy {
 public:
  static constexpr std::array<crucible::Parameter, 0> kParameters{};
  explicit Sleeper(Context&) {}
  void OnBook(Context&, const crucible::BookEvent&) { ++events_; }
  std::uint64_t Hash() const { return events_; }

 private:
  std::uint64_t events_ = 0;
};

const crucible_plugin_info_v1* MakePlugin() {
  return crucible::plugin_internal::Plugin(std::array{
      CRUCIBLE_STRATEGY(Thrower, "thrower", "Throws."),
      CRUCIBLE_STRATEGY(Asker, "asker", "Asks."),
      CRUCIBLE_STRATEGY(Quoter, "quoter", "Quotes at intervals."),
      CRUCIBLE_STRATEGY(Follower, "follower", "Follows the touch."),
      CRUCIBLE_STRATEGY(Gambler, "gambler", "Takes at random."),
      CRUCIBLE_STRATEGY(Averager, "averager", "Trades bars against their mean."),
      CRUCIBLE_STRATEGY(Sleeper, "sleeper", "Does nothing."),
  });
}

}  // namespace

namespace crucible::engine {

const crucible_plugin_info_v1* TestPlugin() {
  static const crucible_plugin_info_v1* plugin = MakePlugin();
  return plugin;
}

const crucible_strategy_v1* TestStrategy(std::string_view name) {
  for (std::uint32_t i = 0; i < TestPlugin()->strategy_count; ++i) {
    if (TestPlugin()->strategies[i]->name == name) return TestPlugin()->strategies[i];
  }
  return nullptr;
}

}  // namespace crucible::engine
