#include "framework/runs/margin_choice.h"

#include <sstream>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"
#include "framework/base/time_text.h"
#include "framework/runs/config_table.h"

namespace crucible::runs {
namespace {

constexpr double kMaxLeverage = 1000;
constexpr int kRateDecimals = 12;

std::int64_t OfBps(double bps) { return trading::FeeRate::FromBps(bps).e8; }
std::int64_t InitialOf(double leverage) { return static_cast<std::int64_t>(1e8 / leverage + 0.5); }

absl::StatusOr<std::int64_t> Scaled(std::string_view key, const std::string& text, int decimals,
                                    std::string_view unit) {
  DecimalResult result;
  if (ParseDecimal(text, decimals, &result) == DecimalError::kNone && result.exact) return result.units;
  return absl::InvalidArgumentError(
      absl::StrFormat("%s is \"%s\", expected %s with at most %d decimals", key, text, unit, decimals));
}

absl::Status CheckOneVenue(const std::vector<Instrument>& instruments) {
  for (const Instrument& instrument : instruments) {
    if (instrument.venue == instruments.front().venue) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("[margin] is one account at one venue; the sessions have %s and %s: run them apart",
                        FullName(instruments.front()), FullName(instrument)));
  }
  return absl::OkStatus();
}

// A position that needs less to open than to keep would be liquidated where it was opened.
absl::Status CheckRoom(std::size_t tier, double leverage, double maintenance_bps) {
  if (OfBps(maintenance_bps) < InitialOf(leverage)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "margin tier %d: leverage %g opens a position with %g bps of its notional, and maintenance_bps is %g: "
      "it would be liquidated at once; expected maintenance_bps below %g",
      tier + 1, leverage, 1e4 / leverage, maintenance_bps, 1e4 / leverage));
}

}  // namespace

void ReadMargin(ConfigTable& table, MarginChoice& choice) {
  choice.given = true;
  table.Number("leverage", 1, kMaxLeverage, choice.leverage);
  table.Number("liquidation_fee_bps", 0, 1000, choice.liquidation_fee_bps);
  table.Decimal("funding_rate", choice.funding_rate);
  table.Duration("funding_interval", choice.funding_interval);
  MarginTierChoice flat;
  const bool is_flat = table.Has("maintenance_bps");
  table.Number("maintenance_bps", 0, 10'000, flat.maintenance_bps);
  table.Tables("tier", [&](ConfigTable& tier) {
    if (is_flat) tier.Fail("", "tiers and a flat maintenance_bps exclude each other");
    MarginTierChoice& one = choice.tiers.emplace_back();
    tier.Limit("from_notional", one.from_notional);
    tier.Number("maintenance_bps", 0, 10'000, one.maintenance_bps);
    tier.Number("max_leverage", 1, kMaxLeverage, one.max_leverage);
  });
  if (choice.tiers.empty()) choice.tiers = {flat};
  if (choice.leverage == 0)
    table.Fail("", "leverage is missing: notional that one unit of equity opens, 1 to 1000");
  if (choice.tiers.front().maintenance_bps == 0)
    table.Fail("", "maintenance_bps is missing: of the notional, such as 40, or [[margin.tier]]s");
  if (choice.funding_rate != "0" && choice.funding_interval.nanos == 0)
    table.Fail("", "funding_interval is missing: the time between payments at funding_rate, such as \"8h\"");
}

std::string CanonicalText(const MarginChoice& choice) {
  if (!choice.given) return "";
  std::ostringstream out;
  out << "[margin]\n";
  out << absl::StrFormat("leverage = %.17g\n", choice.leverage);
  out << absl::StrFormat("liquidation_fee_bps = %.17g\n", choice.liquidation_fee_bps);
  out << "funding_rate = " << QuotedText(choice.funding_rate) << "\n";
  out << "funding_interval = " << QuotedText(FormatDuration(choice.funding_interval)) << "\n";
  for (const MarginTierChoice& tier : choice.tiers) {
    out << "[[margin.tier]]\nfrom_notional = " << QuotedText(tier.from_notional) << "\n";
    out << absl::StrFormat("maintenance_bps = %.17g\n", tier.maintenance_bps);
    if (tier.max_leverage != 0) out << absl::StrFormat("max_leverage = %.17g\n", tier.max_leverage);
  }
  return out.str();
}

absl::StatusOr<history::MarginSetup> MakeMargin(const MarginChoice& choice,
                                                const std::vector<Instrument>& instruments, Money cash,
                                                Nanos start, history::TradeIds* trade_ids) {
  CRUCIBLE_RETURN_IF_ERROR(CheckOneVenue(instruments));
  const Instrument& first = instruments.front();
  trading::MarginConfig margin;
  margin.initial_e8 = InitialOf(choice.leverage);
  margin.liquidation_fee_e8 = OfBps(choice.liquidation_fee_bps);
  for (const MarginTierChoice& tier : choice.tiers) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t from, Scaled("margin.tier.from_notional", tier.from_notional,
                                                              first.currency_decimals, "money"));
    const bool capped = tier.max_leverage != 0;
    const double leverage = capped ? std::min(choice.leverage, tier.max_leverage) : choice.leverage;
    CRUCIBLE_RETURN_IF_ERROR(CheckRoom(margin.tiers.size(), leverage, tier.maintenance_bps));
    margin.tiers.push_back(
        {{from}, OfBps(tier.maintenance_bps), capped ? InitialOf(tier.max_leverage) : std::int64_t{0}});
  }
  CRUCIBLE_ASSIGN_OR_RETURN(trading::MarginRules rules, trading::MarginRules::Create(std::move(margin)));
  history::FundingSchedule funding;
  CRUCIBLE_ASSIGN_OR_RETURN(funding.rate_e12, Scaled("margin.funding_rate", choice.funding_rate,
                                                     kRateDecimals, "a fraction of the notional"));
  funding.interval = choice.funding_interval;
  return history::MarginSetup{
      std::move(rules), {cash, first.settle_currency, first.currency_decimals}, funding, start, trade_ids};
}

}  // namespace crucible::runs
