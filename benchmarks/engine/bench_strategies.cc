// The workloads of the backtest figures (docs/performance.md): quoting both sides at the touch, one lot each.

#include <crucible/strategy.h>

namespace {

struct Side {
  crucible::OrderHandle order;
  std::int64_t price = 0;
};

// Cancels what is live on a side and quotes there again at `price`.
void Replace(crucible::Context& context, crucible::Instrument instrument, std::uint32_t side, std::int64_t quantity,
             std::int64_t price, Side& quote) {
  if (quote.order) context.Cancel(quote.order);
  quote = {context.Order(instrument, side, quantity).Limit(price), price};
}

void Forget(std::array<Side, 2>& quotes, std::uint64_t order_id) {
  for (Side& quote : quotes) {
    if (quote.order.id == order_id) quote = {};
  }
}

class Quoter : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"quantity", crucible::ParameterType::kInt, "1", "1", "", "units of each quote"},
      {"interval", crucible::ParameterType::kDuration, "100ms", "1us", "", "time between replacements"},
  };
  explicit Quoter(crucible::Context& context)
      : quantity_(context.Int("quantity")), interval_(context.DurationNanos("interval")) {}

  void OnBook(crucible::Context& context, const crucible::BookEvent& book) {
    touch_ = book;
    if (started_) return;
    started_ = true;
    context.SetTimer(book.time + interval_);
  }
  void OnTimer(crucible::Context& context, const crucible::TimerEvent& timer) {
    context.SetTimer(timer.time + interval_);
    if (touch_.bid.quantity == 0 || touch_.ask.quantity == 0) return;
    Replace(context, 0, CRUCIBLE_BUY, quantity_, touch_.bid.price, quotes_[0]);
    Replace(context, 0, CRUCIBLE_SELL, quantity_, touch_.ask.price, quotes_[1]);
  }
  void OnFill(crucible::Context&, const crucible::FillEvent& fill) {
    if (fill.open_quantity == 0) Forget(quotes_, fill.order_id);
  }

 private:
  std::int64_t quantity_;
  std::int64_t interval_;
  crucible::BookEvent touch_{};
  bool started_ = false;
  std::array<Side, 2> quotes_;
};

// Replaces a side's quote whenever the touch price of that side is not where the quote stands.
class Follower : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"quantity", crucible::ParameterType::kInt, "1", "1", "", "units of each quote"},
  };
  explicit Follower(crucible::Context& context) : quantity_(context.Int("quantity")) {}

  void OnBook(crucible::Context& context, const crucible::BookEvent& book) {
    if (!book.touch_changed || book.bid.quantity == 0 || book.ask.quantity == 0) return;
    if (quotes_[0].price != book.bid.price) {
      Replace(context, book.instrument, CRUCIBLE_BUY, quantity_, book.bid.price, quotes_[0]);
    }
    if (quotes_[1].price != book.ask.price) {
      Replace(context, book.instrument, CRUCIBLE_SELL, quantity_, book.ask.price, quotes_[1]);
    }
  }
  void OnFill(crucible::Context&, const crucible::FillEvent& fill) {
    if (fill.open_quantity == 0) {
      for (Side& quote : quotes_) {
        if (quote.order.id == fill.order_id) quote.order = {};
      }
    }
  }

 private:
  std::int64_t quantity_;
  std::array<Side, 2> quotes_;
};

// Reads every bar and trades now and then.
class BarReader : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"every", crucible::ParameterType::kInt, "1000", "1", "", "bars between orders"},
      {"quantity", crucible::ParameterType::kInt, "100000000", "1", "", "units of each order"},
  };
  explicit BarReader(crucible::Context& context) : every_(context.Int("every")), quantity_(context.Int("quantity")) {}
  void OnBar(crucible::Context& context, const crucible::BarEvent& bar) {
    sum_ += bar.close;
    if (++bars_ % every_ != 0) return;
    context.Order(bar.instrument, bars_ / every_ % 2 == 1 ? CRUCIBLE_BUY : CRUCIBLE_SELL, quantity_).Market();
  }

 private:
  std::int64_t every_, quantity_;
  std::int64_t bars_ = 0, sum_ = 0;
};

}  // namespace

CRUCIBLE_PLUGIN(CRUCIBLE_STRATEGY(Quoter, "quoter", "Replaces both quotes at a fixed interval."),
                CRUCIBLE_STRATEGY(Follower, "follower", "Replaces quotes when the touch moved."),
                CRUCIBLE_STRATEGY(BarReader, "bar_reader", "Sums closes and trades now and then."))
