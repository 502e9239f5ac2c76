// The figures that are read first. Definitions are those of docs/metrics.md.
#include <cmath>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "framework/base/time_text.h"
#include "framework/report/sections/sections.h"
#include "framework/report/statistics.h"
#include "framework/report/text.h"
#include "framework/trading/equity_curve.h"

namespace crucible::report {
namespace {

Money Equity(const Event& sample) {
  const EquityBody body = As<EquityBody>(sample);
  return body.cash + body.position_value;
}

// The samples that the run recorded stand on the grid of its equity curve, its start and its end apart.
std::optional<trading::EquityStatistics> CurveOf(const RunView& view) {
  const std::vector<Event>& samples = view.run.samples;
  const auto interval = ParseDuration(Parameter(view.parameters, "account.equity_interval"));
  if (samples.size() < 2 || !interval.ok()) return std::nullopt;
  const trading::EquityCurveConfig config{
      .interval = *interval, .year = {365LL * 86'400'000'000'000}, .capital = {}};
  if (!config.Validate().ok()) return std::nullopt;
  trading::EquityCurve curve(config);
  curve.Start(samples.front().at(), Equity(samples.front()));
  for (std::size_t i = 1; i + 1 < samples.size(); ++i) curve.Sample(samples[i].at(), Equity(samples[i]), {});
  curve.Finish(samples.back().at(), Equity(samples.back()));
  return curve.Statistics();
}

class Figures {
 public:
  explicit Figures(const RunView& view)
      : view_(view), decimals_(view.market.currency_decimals), currency_(view.market.currency) {}
  Json Take() {
    AddMoney();
    AddRisk();
    AddOrders();
    return std::move(figures_);
  }

 private:
  void AddMoney();
  void AddRisk();
  void AddOrders();
  std::string FeesByKind() const;
  std::string Amount(Money amount) const { return MoneyText(amount, decimals_, currency_); }
  double Value(Money amount) const {
    return static_cast<double>(amount.units) / static_cast<double>(trading::PowerOfTen(decimals_));
  }
  void Add(const char* key, const char* label, std::string value, double number, std::string note,
           const char* definition) {
    figures_.push_back({{"key", key},
                        {"label", label},
                        {"value", std::move(value)},
                        {"number", number},
                        {"note", std::move(note)},
                        {"definition", definition}});
  }
  void AddShare(const char* key, const char* label, std::uint64_t part, std::uint64_t whole, const char* unit,
                const char* definition);

  const RunView& view_;
  int decimals_;
  std::string currency_;
  Json figures_ = Json::array();
};

// Half of the interval of the sum of the curve's changes, taken as independent.
double HalfWidth(const std::vector<Event>& samples, double unit) {
  std::vector<double> changes;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    changes.push_back(static_cast<double>((Equity(samples[i]) - Equity(samples[i - 1])).units) / unit);
  }
  const Json mean = MeanJson(changes);
  if (mean["n"] < 2) return 0;
  return kZ95 * mean["deviation"].get<double>() * std::sqrt(mean["n"].get<double>());
}

std::string Figures::FeesByKind() const {
  if (!view_.market.end) return "";
  const trading::FeeTotals& fees = view_.market.end->fees();
  std::string text;
  for (const auto& [name, amount] :
       {std::pair{"maker", fees.maker}, std::pair{"taker", fees.taker}, std::pair{"fixed", fees.fixed},
        std::pair{"rebates", Money{-fees.rebates.units}}, std::pair{"funding", fees.funding},
        std::pair{"liquidation", fees.liquidation}}) {
    if (amount.units == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", name, " ", MoneyText(amount, decimals_, ""));
  }
  return text;
}

void Figures::AddMoney() {
  const std::vector<Event>& samples = view_.run.samples;
  if (samples.empty()) return;
  const EquityBody last = As<EquityBody>(samples.back());
  const Money net = Equity(samples.back()) - Equity(samples.front());
  const double half = HalfWidth(samples, static_cast<double>(trading::PowerOfTen(decimals_)));
  Add("net_profit", "Net profit", Amount(net), Value(net), "\u00b1 " + Fixed(half, 2) + " (95 %)",
      "Equity at the end minus equity at the start. The interval takes the changes between samples as "
      "independent: "
      "1.96 x their deviation x the root of their number.");
  figures_.back()["half_width"] = half;
  const Money initial = As<EquityBody>(samples.front()).cash;
  const Money unrealised = last.cash + last.position_value - (initial + last.realised - last.fees);
  Add("realised", "Realised P&L", Amount(last.realised), Value(last.realised),
      "unrealised " + Amount(unrealised),
      "Value of the closing part of each fill minus the average cost it releases, before fees. Unrealised: "
      "value of "
      "what is held at the mark minus its cost.");
  Add("fees", "Fees", Amount(last.fees), Value(last.fees), FeesByKind(),
      "Paid to the venue; negative is a rebate received. Maker and taker: by the rate of the fill's role, "
      "our order "
      "rested or took. Fixed: per fill and per unit, whatever the price. Funding: on positions, negative is received. Liquidation: "
      "of fills by which the venue closed a position.");
}

void Figures::AddRisk() {
  const auto curve = CurveOf(view_);
  if (curve) {
    const bool account = view_.market.end.has_value();
    const Money drawdown = account ? view_.market.end->max_drawdown() : curve->max_drawdown;
    Add("max_drawdown", "Max drawdown", Amount(drawdown), Value(drawdown),
        Percent(curve->max_drawdown_fraction, 2) + " of the peak",
        "Largest fall of equity from a peak so far, sampled at every fill and at every sample of the curve.");
    const auto ratio = [](const std::optional<double>& value) {
      return value ? Fixed(*value, 1) : "undefined";
    };
    Add("sharpe", "Sharpe", ratio(curve->sharpe), curve->sharpe.value_or(NAN),
        "Sortino " + ratio(curve->sortino) + ", n = " + Grouped(static_cast<std::int64_t>(curve->returns)),
        "Mean return over a sample / its deviation x root of samples per year of 365 days. No risk-free "
        "rate. A short "
        "run gives large numbers with little behind them: look at n.");
  }
  if (!view_.market.complete) return;
  const trading::Account& account = *view_.market.end;
  const trading::RoundTripStatistics& trips = view_.market.trips;
  const double length = static_cast<double>((view_.run.end - view_.run.start).nanos);
  const double exposure = length > 0 ? static_cast<double>(account.time_in_market().nanos) / length : 0;
  Add("exposure", "Time in market", Percent(exposure), exposure * 100, "",
      "Share of the run with any holding.");
  const double turnover =
      static_cast<double>(account.turnover()) / static_cast<double>(trading::PowerOfTen(decimals_));
  const double start = Value(account.initial_cash());
  Add("turnover", "Turnover", Fixed(turnover, 0) + " " + currency_, turnover,
      start > 0 ? Fixed(turnover / start, 2) + " x equity" : "", "Sum of the fills' notionals.");
  AddShare(
      "win_rate", "Win rate", trips.wins, trips.trips, "trades",
      "Trades with realised P&L minus fees above zero. A trade runs from flat to flat in one instrument.");
}

void Figures::AddShare(const char* key, const char* label, std::uint64_t part, std::uint64_t whole,
                       const char* unit, const char* definition) {
  const double share = whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  const Interval interval = WilsonInterval(part, whole);
  Add(key, label, Percent(share), share * 100, "of " + Grouped(static_cast<std::int64_t>(whole)) + " " + unit,
      definition);
  figures_.back()["low"] = interval.low * 100;
  figures_.back()["high"] = interval.high * 100;
}

void Figures::AddOrders() {
  std::uint64_t sent = 0, filled = 0, canceled = 0, rejected = 0;
  for (const OrderFact& order : view_.run.orders) {
    if (order.end == OrderEnd::kDenied) continue;
    ++sent;
    filled += !order.fills.empty();
    canceled += order.end == OrderEnd::kCanceled;
    rejected += order.end == OrderEnd::kRejected;
  }
  const auto count = [](std::uint64_t value) { return Grouped(static_cast<std::int64_t>(value)); };
  std::uint64_t makers = 0;
  for (const FillFact& fill : view_.run.fills) makers += fill.maker();
  Add("orders", "Orders", count(sent), static_cast<double>(sent),
      count(rejected) + " rejected, " + count(view_.run.denials.size()) + " denied",
      "Sent to the venue. Rejected by the venue; denied by the risk gate before they left.");
  Add("fills", "Fills", count(view_.run.fills.size()), static_cast<double>(view_.run.fills.size()),
      count(makers) + " maker, " + count(view_.run.fills.size() - makers) + " taker",
      "Maker: our order was resting. Taker: our order took.");
  AddShare("fill_rate", "Fill rate", filled, sent, "orders", "Orders with at least one fill / orders sent.");
  AddShare("cancel_rate", "Cancel rate", canceled, sent, "orders",
           "Orders that ended by cancellation, ours or the venue's, / orders sent.");
}

}  // namespace

Json HeadlineSection(const RunView& view) { return Figures(view).Take(); }

}  // namespace crucible::report
