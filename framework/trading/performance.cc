#include "framework/trading/performance.h"

namespace crucible::trading {
namespace {

double Share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

absl::Status PerformanceConfig::Validate() const {
  CRUCIBLE_RETURN_IF_ERROR(curve.Validate());
  CRUCIBLE_RETURN_IF_ERROR(markouts.Validate());
  return target ? target->Validate() : absl::OkStatus();
}

Performance::Performance(const PerformanceConfig& config, Account* account)
    : config_(config), account_(account), curve_(config.curve), markouts_(config.markouts) {}

void Performance::Start(Nanos at) {
  const Money equity = account_->equity();
  curve_.Start(at, equity);
  account_->Sample(at);
  if (config_.target) target_.emplace(*config_.target, at, equity);
}

void Performance::TakeSample(Nanos now) {
  sampled_at_ = curve_.GridPoint(now);
  account_->Sample(sampled_at_);
  curve_.Sample(now, account_->equity(), account_->gross_exposure());
  if (target_) target_->OnEquity(sampled_at_, account_->equity());
}

FillResult Performance::OnFill(const Fill& fill) {
  const FillResult result = account_->ApplyFill(fill);
  if (!result.ok) {
    ++fills_refused_;
    return result;
  }
  trips_.OnFill(fill, result);
  markouts_.OnFill(fill, result.notional);
  if (target_) target_->OnEquity(fill.at, account_->equity());
  return result;
}

void Performance::OnFunding(Money paid, Nanos at) {
  account_->PayFunding(paid);
  if (target_) target_->OnEquity(at, account_->equity());
}

Metrics Performance::Finish(Nanos end, const OrderCounts& orders) {
  account_->Sample(end);
  curve_.Finish(end, account_->equity());
  markouts_.Finish(end);
  if (target_) target_->OnEquity(end, account_->equity());
  Metrics metrics;
  metrics.equity = curve_.Statistics();
  metrics.trips = trips_.statistics();
  metrics.markouts = markouts_.Statistics();
  metrics.markouts_dropped = markouts_.dropped();
  metrics.markouts_without_mid = markouts_.without_mid();
  if (target_) metrics.target = target_->outcome();
  metrics.orders = orders;
  metrics.fees = account_->fees();
  metrics.realised = account_->realised();
  metrics.unrealised = account_->unrealised();
  metrics.net_profit = metrics.equity.end - metrics.equity.start;
  metrics.max_drawdown = account_->max_drawdown();
  metrics.turnover = account_->turnover();
  metrics.fills = account_->fill_count();
  metrics.fills_refused = fills_refused_;
  metrics.fill_rate = Share(orders.with_fill, orders.submitted);
  metrics.cancel_rate = Share(orders.canceled, orders.submitted);
  metrics.reject_rate = Share(orders.rejected, orders.submitted);
  const Duration length = metrics.equity.length;
  if (length.nanos > 0) {
    metrics.exposure_time =
        static_cast<double>(account_->time_in_market().nanos) / static_cast<double>(length.nanos);
  }
  if (metrics.equity.start.units > 0) {
    metrics.turnover_per_equity =
        static_cast<double>(metrics.turnover) / static_cast<double>(metrics.equity.start.units);
  }
  return metrics;
}

}  // namespace crucible::trading
