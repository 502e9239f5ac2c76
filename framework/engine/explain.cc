#include "framework/engine/why.h"

#include <bit>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

constexpr std::size_t kLongestChain = 16;

bool IsOffGrid(const Event& reply) {
  if (!SaysReason(reply.kind)) return false;
  const auto reason = static_cast<Reason>(As<ReplyBody>(reply).queue_ahead_or_reason);
  return reason == Reason::kOffTick || reason == Reason::kOffLot;
}

class Explainer {
 public:
  Explainer(WhySources& sources, std::span<const Attack> attacks) : sources_(sources), attacks_(attacks) {}
  absl::StatusOr<Why> Explain(const OrderStory& story);
  absl::StatusOr<WhyCause> CauseOf(CauseRef cause);

 private:
  absl::StatusOr<WhyRecord> RecordOf(CauseRef where);
  WhyRecord Own(const Event& event) const { return {{0, event.seq}, event, {event.instrument}}; }
  absl::StatusOr<CauseRef> SkipTimers(CauseRef cause, std::uint64_t& skipped);
  void ExplainFeatures(const OrderStory& story, Why& why) const;
  absl::StatusOr<WhyStep> Step(const Event& event, const Event* detail, const Event& intent);
  void ExplainBlame(WhyStep& step, Why& why);

  WhySources& sources_;
  std::span<const Attack> attacks_;
  std::map<std::size_t, std::size_t> blamed_;  // of attacks_: where Why::attacks has it
};

absl::StatusOr<WhyRecord> Explainer::RecordOf(CauseRef where) {
  if (where.input > sources_.inputs()) {
    return absl::DataLossError(absl::StrFormat("cause names input %d of %d", where.input, sources_.inputs()));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const Event event, sources_.Record(where));
  const InstrumentId instrument =
      where.input == 0 ? InstrumentId{event.instrument} : sources_.RunId(where.input, event.instrument);
  return WhyRecord{where, event, instrument};
}

// A timer that was set by a timer, and so on: all but the first and the last say nothing new.
absl::StatusOr<CauseRef> Explainer::SkipTimers(CauseRef cause, std::uint64_t& skipped) {
  if (cause.input != 0 || cause.seq == 0) return cause;
  const std::uint64_t last = cause.seq;
  CRUCIBLE_ASSIGN_OR_RETURN(Event event, sources_.Record(cause));
  while (event.kind == Kind::kTimer) {
    if (const auto known = sources_.timer_chains.find(cause.seq); known != sources_.timer_chains.end()) {
      cause = known->second.first;
      skipped += known->second.skipped;
      break;
    }
    const CauseRef next = CauseRef::FromBits(event.origin);
    if (next.input != 0 || next.seq == 0) break;
    CRUCIBLE_ASSIGN_OR_RETURN(event, sources_.Record(next));
    if (event.kind != Kind::kTimer) break;
    cause = next;
    ++skipped;
  }
  if (cause.seq != last) sources_.timer_chains[last] = {cause, skipped};
  return cause;
}

absl::StatusOr<WhyCause> Explainer::CauseOf(CauseRef cause) {
  WhyCause result;
  while (cause.seq != 0 && result.chain.size() < kLongestChain) {
    const absl::StatusOr<WhyRecord> record = RecordOf(cause);
    if (absl::IsNotFound(record.status())) {
      result.beyond = cause;
      break;
    }
    CRUCIBLE_RETURN_IF_ERROR(record.status());
    result.chain.push_back(*record);
    if (IsMarketData(record->event.kind) || IsVenueReply(record->event.kind)) break;
    cause = CauseRef::FromBits(record->event.origin);
    if (record->event.kind == Kind::kTimer) {
      CRUCIBLE_ASSIGN_OR_RETURN(cause, SkipTimers(cause, result.timers_skipped));
    }
  }
  return result;
}

void Explainer::ExplainFeatures(const OrderStory& story, Why& why) const {
  const std::map<std::uint64_t, std::string>& names = sources_.FeatureNames();
  for (const Event& event : story.features) {
    const auto read = As<FeatureReadBody>(event);
    const auto name = names.find(read.feature);
    why.features.push_back(
        {name == names.end() ? "?" : name->second, std::bit_cast<double>(read.value_bits)});
  }
}

absl::StatusOr<WhyStep> Explainer::Step(const Event& event, const Event* detail, const Event& intent) {
  WhyStep step{.record = Own(event), .detail = {}, .to_venue = {}, .from_venue = {}, .queue_ahead = {}, .cause = {},
               .venue_book = {}, .grid = {}, .blame = {}};
  if (!IsVenueReply(event.kind)) return step;
  step.from_venue = event.at() - event.venue_time();
  if (event.kind == Kind::kAccepted || event.kind == Kind::kRejected)
    step.to_venue = event.venue_time() - intent.at();
  if (event.kind == Kind::kAccepted || event.kind == Kind::kAmended)
    step.queue_ahead = Quantity{As<ReplyBody>(event).queue_ahead_or_reason};
  if (IsOffGrid(event)) step.grid = sources_.GridAt({event.instrument}, event.venue_time());
  if (detail != nullptr) {
    step.detail = *detail;
    if (detail->kind == Kind::kFillDetail) step.queue_ahead = Quantity{As<FillDetailBody>(*detail).queue_ahead};
    const CauseRef cause = CauseRef::FromBits(detail->origin);
    if (cause.seq != 0) {
      CRUCIBLE_ASSIGN_OR_RETURN(step.cause, CauseOf(cause));
      if (!step.cause->chain.empty() && IsMarketData(step.cause->chain.front().event.kind)) {
        CRUCIBLE_ASSIGN_OR_RETURN(step.venue_book, sources_.VenueBookAfter(cause, {intent.instrument}));
      }
    }
  }
  if (step.queue_ahead && step.queue_ahead->units < 0) step.queue_ahead.reset();
  return step;
}

void Explainer::ExplainBlame(WhyStep& step, Why& why) {
  const Event& event = step.record.event;
  if (event.kind != Kind::kFill && event.kind != Kind::kTriggered) return;
  step.blame = Blame(attacks_, event);
  for (Guilt& guilt : step.blame) {
    const auto [place, is_new] = blamed_.try_emplace(guilt.attack, why.attacks.size());
    if (is_new) why.attacks.push_back(attacks_[guilt.attack]);
    guilt.attack = place->second;
  }
}

absl::StatusOr<Why> Explainer::Explain(const OrderStory& story) {
  if (!story.intent) return absl::DataLossError("an order that was never sent");
  const Event& intent = *story.intent;
  const OrderId order = OrderOf(intent);
  if (!story.terms) return absl::DataLossError(absl::StrFormat("order %d has no terms", order.value));
  Why why{.order = order, .intent = Own(intent), .terms = *story.terms, .cause = {}, .book = {}, .features = {},
          .denial = story.denial, .steps = {}, .attacks = {}};
  why.strategy = static_cast<std::uint32_t>(As<IntentTermsBody>(*story.terms).strategy);
  CRUCIBLE_ASSIGN_OR_RETURN(why.cause, CauseOf(CauseRef::FromBits(intent.origin)));
  CRUCIBLE_ASSIGN_OR_RETURN(why.book, sources_.BookAtDecision(intent));
  ExplainFeatures(story, why);
  for (std::size_t i = 0; i < story.later.size(); ++i) {
    const Event& event = story.later[i];
    const bool has_detail = !event.EndsGroup() && i + 1 < story.later.size();
    CRUCIBLE_ASSIGN_OR_RETURN(WhyStep step, Step(event, has_detail ? &story.later[++i] : nullptr, intent));
    ExplainBlame(step, why);
    why.steps.push_back(std::move(step));
  }
  return why;
}

}  // namespace

absl::StatusOr<Why> Explain(WhySources& sources, const OrderStory& story, std::span<const Attack> attacks) {
  return Explainer(sources, attacks).Explain(story);
}

absl::StatusOr<WhyCause> CausesOf(WhySources& sources, CauseRef record) {
  return Explainer(sources, {}).CauseOf(record);
}

}  // namespace crucible::engine
