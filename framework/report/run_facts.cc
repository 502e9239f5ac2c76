#include "framework/report/run_facts.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "framework/engine/journal_reader.h"

namespace crucible::report {
namespace {

// Beyond what any model or run has: a record that says more is damaged.
constexpr std::uint64_t kMaxRegimes = 256, kMaxRoutes = 4096, kMaxInstruments = 1 << 20;

absl::Status TooMany(const Event& event, std::string_view what) {
  return absl::DataLossError(absl::StrFormat("record %d names more %s than there are", event.seq, what));
}

// Folds records in the order of the stream.
class Fold {
 public:
  explicit Fold(RunFacts& facts) : facts_(facts) {}
  absl::Status Apply(const Event& event);
  absl::Status Finish(const RunInput& run);

 private:
  OrderFact* Find(std::uint64_t id) {
    const auto found = order_index_.find(id);
    return found == order_index_.end() ? nullptr : &facts_.orders[found->second];
  }
  absl::Status Reply(const Event& event);
  absl::Status Fill(const Event& detail);
  void Open(const Event& intent);
  void Deny(const Event& denial);

  RunFacts& facts_;
  engine::AttackCollector attacks_;
  engine::StoryCollector stories_;
  CausalCollector causal_;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> order_index_;  // lookup only
  Event fill_;                                                     // waits for its detail
  bool fill_waits_ = false;
};

void Fold::Open(const Event& intent) {
  OrderFact& order = facts_.orders.emplace_back();
  order.intent = intent;
  order.body = As<IntentBody>(intent);
  if (order.body.price.units != 0) order.steps.push_back({intent.at(), order.body.price});
  order_index_[order.id()] = static_cast<std::uint32_t>(facts_.orders.size() - 1);
  facts_.instruments = std::max(facts_.instruments, intent.instrument + 1);
}

void Fold::Deny(const Event& denial) {
  facts_.denials.push_back(denial);
  OrderFact* order = Find(As<RiskDenialBody>(denial).order_id.value);
  // A change that is denied leaves the order as it was.
  if (order == nullptr || order->answered) return;
  order->end = OrderEnd::kDenied;
  order->ended = denial.at();
}

absl::Status Fold::Fill(const Event& detail) {
  if (!fill_waits_) return absl::DataLossError(absl::StrFormat("record %d details no fill", detail.seq));
  fill_waits_ = false;
  const FillBody body = As<FillBody>(fill_);
  OrderFact* order = Find(body.order_id.value);
  if (order == nullptr) {
    return absl::DataLossError(
        absl::StrFormat("record %d fills order %d, which was never sent", fill_.seq, body.order_id.value));
  }
  order->answered = true;
  order->fills.push_back(static_cast<std::uint32_t>(facts_.fills.size()));
  order->filled = order->filled + body.quantity;
  if (order->filled >= order->body.quantity) {
    order->end = OrderEnd::kFilled;
    order->ended = fill_.at();
  }
  const auto index = static_cast<std::uint32_t>(order - facts_.orders.data());
  facts_.fills.push_back({index, fill_, detail, body, As<FillDetailBody>(detail)});
  return absl::OkStatus();
}

absl::Status Fold::Reply(const Event& event) {
  const ReplyBody body = As<ReplyBody>(event);
  OrderFact* order = Find(body.order_id.value);
  if (order == nullptr) {
    return absl::DataLossError(
        absl::StrFormat("record %d answers order %d, which was never sent", event.seq, body.order_id.value));
  }
  order->answered = true;
  switch (event.kind) {
    case Kind::kAccepted:
      order->at_venue = event.venue_time();
      order->acknowledged = event.at();
      order->queue_ahead = body.queue_ahead_or_reason;
      break;
    case Kind::kAmended:
      order->steps.push_back({event.at(), body.price});
      order->body.quantity = order->filled + body.quantity;
      break;
    case Kind::kCanceled:
    case Kind::kRejected:
      order->end = event.kind == Kind::kCanceled ? OrderEnd::kCanceled : OrderEnd::kRejected;
      order->reason = static_cast<Reason>(body.queue_ahead_or_reason);
      order->ended = event.at();
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::Status Fold::Apply(const Event& event) {
  if (event.instrument >= kMaxInstruments) return TooMany(event, "instruments");
  stories_.Add(event);
  facts_.kinds.push_back(event.kind);
  facts_.origins.push_back(event.origin);
  facts_.end = event.at();
  switch (event.kind) {
    case Kind::kIntent:
      Open(event);
      break;
    case Kind::kIntentTerms:
      if (facts_.orders.empty()) return absl::DataLossError("terms of no intent");
      facts_.orders.back().terms = As<IntentTermsBody>(event);
      break;
    case Kind::kFeatureRead:
      facts_.observations.push_back(event);
      break;
    case Kind::kRiskDenial:
      Deny(event);
      break;
    case Kind::kCancelIntent:
      ++facts_.cancel_requests;
      break;
    case Kind::kTimer:
      ++facts_.timers;
      break;
    case Kind::kEquity:
      facts_.samples.push_back(event);
      break;
    case Kind::kRegimeForecast:
      if (As<RegimeForecastBody>(event).regime >= kMaxRegimes) return TooMany(event, "regimes");
      facts_.forecasts.push_back(event);
      break;
    case Kind::kModelSwap:
      if (std::max(As<ModelSwapBody>(event).from, As<ModelSwapBody>(event).to) >= kMaxRoutes)
        return TooMany(event, "routes");
      facts_.swaps.push_back(event);
      break;
    case Kind::kCausalVariable:
    case Kind::kLinkChange:
    case Kind::kLinkEvidence:
      return causal_.Add(event);
    case Kind::kAgentAction:
      attacks_.Add(event);
      break;
    case Kind::kFill:
      fill_ = event;
      fill_waits_ = true;
      break;
    case Kind::kFillDetail:
      return Fill(event);
    case Kind::kFunding:
      facts_.funding.push_back(event);
      break;
    default:
      if (IsOrderReply(event.kind)) return Reply(event);
  }
  return absl::OkStatus();
}

absl::Status Fold::Finish(const RunInput& run) {
  CRUCIBLE_ASSIGN_OR_RETURN(facts_.causal, causal_.Take(*run.journal, run.stream));
  facts_.attacks = attacks_.Take();
  for (engine::Attack& attack : facts_.attacks) attack.end = std::min(attack.end, facts_.end);
  facts_.stories = stories_.Take();
  for (const engine::OrderStory& story : facts_.stories) {
    if (!story.intent) return absl::DataLossError("a record names an order that was never sent");
  }
  for (std::size_t i = 0; i < facts_.orders.size(); ++i) {
    if (facts_.orders[i].fills.empty()) facts_.stories[i] = {};
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view Name(OrderEnd end) {
  switch (end) {
    case OrderEnd::kOpen:
      return "open";
    case OrderEnd::kFilled:
      return "filled";
    case OrderEnd::kCanceled:
      return "cancelled";
    case OrderEnd::kRejected:
      return "rejected";
    case OrderEnd::kDenied:
      return "denied";
  }
  return "?";
}

absl::StatusOr<RunFacts> ReadRun(const RunInput& run, const Progress& progress) {
  RunFacts facts;
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamHead head, run.journal->Head(run.stream));
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor, run.journal->Read(run.stream));
  Fold fold(facts);
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> events, cursor->Next());
    if (events.empty()) break;
    if (facts.records == 0) facts.start = events.front().at();
    for (const Event& event : events) CRUCIBLE_RETURN_IF_ERROR(fold.Apply(event));
    facts.records += events.size();
    if (progress) {
      progress(static_cast<double>(facts.records) / static_cast<double>(head.last_seq), facts.records);
    }
  }
  CRUCIBLE_RETURN_IF_ERROR(fold.Finish(run));
  if (facts.records == 0) {
    return absl::FailedPreconditionError(absl::StrFormat("%s has no records yet", run.name));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(facts.features, engine::ReadFeatureNames(*run.journal, run.stream));
  return facts;
}

}  // namespace crucible::report
