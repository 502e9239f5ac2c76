#include "framework/engine/why.h"

#include <bit>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/engine/sinks.h"
#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

constexpr std::size_t kLongestChain = 16;

class Explainer {
 public:
  Explainer(WhySources& sources, std::size_t levels) : sources_(sources), levels_(levels) {}
  absl::StatusOr<Why> Explain(const OrderStory& story, OrderId order);

 private:
  absl::StatusOr<WhyRecord> RecordOf(CauseRef where);
  WhyRecord Own(const Event& event) const { return {{0, event.seq}, event, {event.instrument}}; }
  absl::StatusOr<WhyCause> CauseOf(CauseRef cause);
  absl::StatusOr<CauseRef> SkipTimers(CauseRef cause, std::uint64_t& skipped);
  WhyBook Levels(const book::Book& book) const;
  absl::StatusOr<WhyBook> BookAtDecision(const Event& intent);
  absl::StatusOr<WhyBook> VenueBookAfter(CauseRef cause, InstrumentId instrument);
  absl::Status ExplainFeatures(const OrderStory& story, Why& why);
  absl::StatusOr<WhyStep> Step(const Event& event, const Event* detail, const Event& intent);

  WhySources& sources_;
  std::size_t levels_;
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
  while (cause.input == 0 && cause.seq != 0) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Event event, sources_.Record(cause));
    const CauseRef next = CauseRef::FromBits(event.origin);
    if (event.kind != Kind::kTimer || next.input != 0 || next.seq == 0) break;
    CRUCIBLE_ASSIGN_OR_RETURN(const Event before, sources_.Record(next));
    if (before.kind != Kind::kTimer) break;
    cause = next;
    ++skipped;
  }
  return cause;
}

absl::StatusOr<WhyCause> Explainer::CauseOf(CauseRef cause) {
  WhyCause result;
  while (cause.seq != 0 && result.chain.size() < kLongestChain) {
    CRUCIBLE_ASSIGN_OR_RETURN(const WhyRecord record, RecordOf(cause));
    result.chain.push_back(record);
    if (IsMarketData(record.event.kind) || IsVenueReply(record.event.kind)) break;
    cause = CauseRef::FromBits(record.event.origin);
    if (record.event.kind == Kind::kTimer) {
      CRUCIBLE_ASSIGN_OR_RETURN(cause, SkipTimers(cause, result.timers_skipped));
    }
  }
  return result;
}

WhyBook Explainer::Levels(const book::Book& book) const {
  WhyBook levels;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    auto& out = side == Side::kBid ? levels.bids : levels.asks;
    for (std::size_t n = 0; n < levels_; ++n) {
      const auto level = book.LevelAt(side, n);
      if (!level) break;
      out.push_back(*level);
    }
  }
  return levels;
}

absl::StatusOr<WhyBook> Explainer::BookAtDecision(const Event& intent) {
  HashSink sink;
  CRUCIBLE_ASSIGN_OR_RETURN(auto engine, sources_.MakeEngine(sink));
  std::optional<WhyBook> seen;
  engine->StopAt(intent.seq, [&](const Desk& desk) { seen = Levels(desk.book({intent.instrument})); });
  CRUCIBLE_RETURN_IF_ERROR(engine->Run());
  if (seen) return *std::move(seen);
  return absl::DataLossError("the re-execution never reached the order: replay the run with --verify");
}

// The venue's book after the group that holds `cause`.
absl::StatusOr<WhyBook> Explainer::VenueBookAfter(CauseRef cause, InstrumentId instrument) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto source, sources_.Market(cause.input));
  book::Book book(sources_.BookFor(instrument));
  QueuedGroup next;
  while (source->Next(&next) == Source::Pull::kGroup) {
    const MarketGroup& group = next.group;
    if (group.instrument == instrument) book.Apply(group.records);
    const bool reached = group.records.front().seq <= cause.seq && cause.seq <= group.records.back().seq;
    source->Release(next);
    if (reached) return Levels(book);
  }
  CRUCIBLE_RETURN_IF_ERROR(source->status());
  return absl::DataLossError(
      absl::StrFormat("input %d never reaches record %d, the cause of a fill", cause.input, cause.seq));
}

absl::Status Explainer::ExplainFeatures(const OrderStory& story, Why& why) {
  if (story.features.empty()) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(const auto names, sources_.FeatureNames());
  for (const Event& event : story.features) {
    const auto read = As<FeatureReadBody>(event);
    const auto name = names.find(read.feature);
    why.features.push_back(
        {name == names.end() ? "?" : name->second, std::bit_cast<double>(read.value_bits)});
  }
  return absl::OkStatus();
}

absl::StatusOr<WhyStep> Explainer::Step(const Event& event, const Event* detail, const Event& intent) {
  WhyStep step{.record = Own(event), .detail = {}, .to_venue = {}, .from_venue = {}, .queue_ahead = {}, .cause = {},
               .venue_book = {}, .blame = {}};
  if (!IsVenueReply(event.kind)) return step;
  step.from_venue = event.at() - event.venue_time();
  if (event.kind == Kind::kAccepted || event.kind == Kind::kRejected)
    step.to_venue = event.venue_time() - intent.at();
  if (event.kind == Kind::kAccepted || event.kind == Kind::kAmended)
    step.queue_ahead = Quantity{As<ReplyBody>(event).queue_ahead_or_reason};
  if (detail != nullptr) {
    step.detail = *detail;
    if (detail->kind == Kind::kFillDetail) step.queue_ahead = Quantity{As<FillDetailBody>(*detail).queue_ahead};
    const CauseRef cause = CauseRef::FromBits(detail->origin);
    if (cause.seq != 0) {
      CRUCIBLE_ASSIGN_OR_RETURN(step.cause, CauseOf(cause));
      if (cause.input != 0 && sources_.VenueFollowsInput() && sources_.HasBook({intent.instrument})) {
        CRUCIBLE_ASSIGN_OR_RETURN(step.venue_book, VenueBookAfter(cause, {intent.instrument}));
      }
    }
  }
  if (step.queue_ahead && step.queue_ahead->units < 0) step.queue_ahead.reset();
  return step;
}

absl::StatusOr<Why> Explainer::Explain(const OrderStory& story, OrderId order) {
  const Event& intent = *story.intent;
  if (!story.terms) return absl::DataLossError(absl::StrFormat("order %d has no terms", order.value));
  Why why{.order = order, .intent = Own(intent), .terms = *story.terms, .cause = {}, .book = {}, .features = {},
          .denial = story.denial, .steps = {}, .attacks = story.attacks};
  why.strategy = static_cast<std::uint32_t>(As<IntentTermsBody>(*story.terms).strategy);
  CRUCIBLE_ASSIGN_OR_RETURN(why.cause, CauseOf(CauseRef::FromBits(intent.origin)));
  CRUCIBLE_ASSIGN_OR_RETURN(WhyBook book, BookAtDecision(intent));
  if (sources_.HasBook({intent.instrument})) why.book = std::move(book);
  CRUCIBLE_RETURN_IF_ERROR(ExplainFeatures(story, why));
  for (std::size_t i = 0; i < story.later.size(); ++i) {
    const Event& event = story.later[i];
    const bool has_detail = !event.EndsGroup() && i + 1 < story.later.size();
    CRUCIBLE_ASSIGN_OR_RETURN(WhyStep step, Step(event, has_detail ? &story.later[++i] : nullptr, intent));
    if (event.kind == Kind::kFill || event.kind == Kind::kTriggered) step.blame = Blame(why.attacks, event);
    why.steps.push_back(std::move(step));
  }
  return why;
}

}  // namespace

absl::StatusOr<Why> Explain(WhySources& sources, OrderId order, std::size_t levels) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto run, sources.Run());
  CRUCIBLE_ASSIGN_OR_RETURN(const OrderStory story, CollectOrder(*run, order));
  return Explainer(sources, levels).Explain(story, order);
}

}  // namespace crucible::engine
