#include <CLI/CLI.hpp>
#include <bit>
#include <cstdio>
#include <map>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/decimal.h"
#include "framework/base/time_text.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/cli/run_file.h"
#include "framework/engine/journal_reader.h"
#include "framework/engine/session_source.h"
#include "framework/engine/why.h"

namespace crucible::cli {
namespace {

struct WhyArguments {
  std::string run;
  std::uint64_t order = 0;
  std::vector<std::string> inputs;
  int levels = 3;
};

// Turns a story into sentences; every number in the instrument's own units.
class Explainer {
 public:
  Explainer(StoredRun& run, engine::OrderStory story, int levels)
      : run_(run), story_(std::move(story)), levels_(levels), intent_(As<IntentBody>(*story_.intent)) {}

  absl::Status Explain();

 private:
  struct Line {
    std::string what, text;
  };
  const Instrument& instrument() const { return run_.setup.instruments()[story_.intent->instrument]; }
  std::string PriceText(Price price) const { return FormatDecimal(price.units, instrument().price_decimals); }
  std::string QuantityText(Quantity quantity) const {
    return FormatDecimal(quantity.units, instrument().quantity_decimals);
  }
  std::string BookText(const book::Book& book) const;
  std::string Fields(const Event& event, const Instrument& instrument) const;
  void Say(const std::string& what, const std::string& text) { lines_.push_back({what, text}); }

  absl::Status ReadFeatureNames();
  absl::StatusOr<Event> EventOf(CauseRef cause) const;
  absl::StatusOr<CauseRef> SkipTimers(CauseRef cause);
  absl::Status SayCause(CauseRef cause, int depth);
  absl::Status SayBookAtDecision();
  void SayDecision();
  absl::Status SayLater();
  absl::Status SayFill(const Event& fill, const Event& detail);
  absl::StatusOr<std::string> VenueBookAfter(CauseRef cause) const;
  void SayReply(const Event& reply);

  StoredRun& run_;
  engine::OrderStory story_;
  int levels_;
  IntentBody intent_;
  std::map<std::uint64_t, std::string> feature_names_;
  std::vector<Line> lines_;

 public:
  void Print(const Terminal& terminal) const;
};

std::string Explainer::BookText(const book::Book& book) const {
  const auto side = [&](Side which) {
    std::vector<std::string> parts;
    for (int n = 0; n < levels_; ++n) {
      const auto level = book.LevelAt(which, static_cast<std::size_t>(n));
      if (!level) break;
      parts.push_back(QuantityText(level->quantity) + " @ " + PriceText(level->price));
    }
    return parts.empty() ? std::string("empty") : absl::StrJoin(parts, ", ");
  };
  if (run_.setup.has_bars(story_.intent->instrument)) return "none: the session has bars only";
  return "bid " + side(Side::kBid) + " | ask " + side(Side::kAsk);
}

std::string Explainer::Fields(const Event& event, const Instrument& of) const {
  std::string text(Name(event.kind));
  if (event.side != Side::kNone) text += event.side == Side::kBid ? " bid" : " ask";
  const KindInfo* info = FindKind(event.kind);
  for (std::size_t slot = 0; info != nullptr && slot < 4; ++slot) {
    const SlotInfo& field = info->slots[slot];
    if (field.type == SlotType::kUnused) continue;
    std::string value = std::to_string(event.body[slot]);
    if (field.type == SlotType::kPrice) value = FormatDecimal(event.body[slot], of.price_decimals);
    if (field.type == SlotType::kQuantity) value = FormatDecimal(event.body[slot], of.quantity_decimals);
    if (field.type == SlotType::kTime) value = FormatTimestamp({event.body[slot]});
    text += " " + std::string(field.name) + "=" + value;
  }
  return text;
}

absl::Status Explainer::ReadFeatureNames() {
  constexpr std::string_view kPrefix = "feature\n";
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamSize size, run_.journal->Size(kRunStream));
  for (std::uint64_t seq = 1; seq <= size.texts; ++seq) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::string text, run_.journal->Text(kRunStream, seq));
    if (!text.starts_with(kPrefix)) continue;
    const std::string name = text.substr(kPrefix.size());
    feature_names_[engine::FeatureId(name)] = name;
  }
  return absl::OkStatus();
}

absl::StatusOr<Event> Explainer::EventOf(CauseRef cause) const {
  const bool own = cause.input == 0;
  if (!own && cause.input > run_.setup.sessions().size()) {
    return absl::DataLossError(
        absl::StrFormat("cause names input %d of %d", cause.input, run_.setup.sessions().size()));
  }
  const journal::Journal& journal = own ? *run_.journal : *run_.setup.sessions()[cause.input - 1U].journal;
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor,
                            journal.Read(own ? kRunStream : kMarketStream, {cause.seq, cause.seq}));
  CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> found, cursor->Next());
  if (found.size() != 1)
    return absl::DataLossError(absl::StrFormat("record %d of input %d is missing", cause.seq, cause.input));
  return found.front();
}

// A timer that was set by a timer, and so on: all but the first and the last say nothing new.
absl::StatusOr<CauseRef> Explainer::SkipTimers(CauseRef cause) {
  std::uint64_t skipped = 0;
  while (cause.input == 0 && cause.seq != 0) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Event event, EventOf(cause));
    const CauseRef next = CauseRef::FromBits(event.origin);
    if (event.kind != Kind::kTimer || next.input != 0 || next.seq == 0) break;
    CRUCIBLE_ASSIGN_OR_RETURN(const Event before, EventOf(next));
    if (before.kind != Kind::kTimer) break;
    cause = next;
    ++skipped;
  }
  if (skipped > 0) Say("", absl::StrFormat("and %d timers before it, each set by the one before", skipped));
  return cause;
}

// Follows causes backwards until a market record, an order of ours, or the run's start.
absl::Status Explainer::SayCause(CauseRef cause, int depth) {
  if (cause.seq == 0 || depth > 16) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(const Event event, EventOf(cause));
  const std::uint32_t id =
      cause.input == 0 ? event.instrument : run_.setup.ids_of(cause.input - 1U)[event.instrument].value;
  const std::string where = cause.input == 0 ? absl::StrFormat("run record %d", cause.seq)
                                             : absl::StrFormat("input %d, record %d", cause.input, cause.seq);
  std::string text = absl::StrFormat("%s %s (%s)", FormatTimestamp(event.at()),
                                     Fields(event, run_.setup.instruments()[id]), where);
  if (IsMarketData(event.kind)) {
    text += absl::StrFormat(", happened %s", FormatTimestamp(event.venue_time()));
    Say("cause", text);
    return absl::OkStatus();
  }
  Say("cause", text);
  if (IsVenueReply(event.kind)) {
    Say("", absl::StrFormat("of order %d: crucible why %s %d", engine::OrderOf(event).value,
                            run_.journal->path(), engine::OrderOf(event).value));
    return absl::OkStatus();
  }
  CauseRef before = CauseRef::FromBits(event.origin);
  if (event.kind == Kind::kTimer) {
    CRUCIBLE_ASSIGN_OR_RETURN(before, SkipTimers(before));
  }
  return SayCause(before, depth + 1);
}

absl::Status Explainer::SayBookAtDecision() {
  engine::HashSink sink;
  CRUCIBLE_ASSIGN_OR_RETURN(auto engine, run_.setup.MakeEngine(sink));
  std::vector<std::string> seen;
  engine->StopAt(story_.intent->seq, [&](const engine::Desk& desk) {
    seen.push_back(BookText(desk.book({story_.intent->instrument})));
  });
  CRUCIBLE_RETURN_IF_ERROR(engine->Run());
  if (seen.empty())
    return absl::DataLossError("the re-execution never reached the order: replay the run with --verify");
  Say("book then", seen.front() + " (as the strategy knew it)");
  return absl::OkStatus();
}

void Explainer::SayDecision() {
  const Event& intent = *story_.intent;
  const auto terms = As<IntentTermsBody>(*story_.terms);
  const auto type = static_cast<OrderType>(terms.type_tif & 0xff);
  std::string what = absl::StrFormat("%s %s %s", intent.side == kBuy ? "buy" : "sell",
                                     QuantityText(intent_.quantity), Name(type));
  if (intent_.stop_price.units != 0) what += " stop " + PriceText(intent_.stop_price);
  if (intent_.price.units != 0) what += " at " + PriceText(intent_.price);
  what += " " + std::string(Name(static_cast<TimeInForce>((terms.type_tif >> 8) & 0xff)));
  if (((terms.type_tif >> 16) & option::kPostOnly) != 0) what += " post-only";
  if (((terms.type_tif >> 16) & option::kReduceOnly) != 0) what += " reduce-only";
  const auto& strategies = run_.setup.config().strategies;
  const auto ordinal = static_cast<std::size_t>(terms.strategy);
  Say("decided",
      absl::StrFormat("%s %s %s by %s (run record %d)", FormatTimestamp(intent.at()), FullName(instrument()),
                      what, ordinal <= strategies.size() ? strategies[ordinal - 1].strategy : "?",
                      intent.seq));
  for (const Event& feature : story_.features) {
    const auto read = As<FeatureReadBody>(feature);
    const auto name = feature_names_.find(read.feature);
    Say("read", absl::StrFormat("%s = %.9g", name == feature_names_.end() ? "?" : name->second,
                                std::bit_cast<double>(read.value_bits)));
  }
  if (story_.denial) {
    const auto denial = As<RiskDenialBody>(*story_.denial);
    Say("risk gate", absl::StrFormat("DENIED by %s: %d against a limit of %d",
                                     trading::Name(static_cast<trading::RiskRule>(denial.rule)), denial.value,
                                     denial.limit));
  } else {
    Say("risk gate", "passed");
  }
}

// The venue's book after the group that holds `cause`: market data in exchange order, as the venue saw it.
absl::StatusOr<std::string> Explainer::VenueBookAfter(CauseRef cause) const {
  const std::size_t session = cause.input - 1U;
  CRUCIBLE_ASSIGN_OR_RETURN(auto reader,
                            engine::ReadStream(*run_.setup.sessions()[session].journal, kMarketStream));
  engine::SessionSource source(std::move(reader), {cause.input, run_.setup.ids_of(session),
                                                   run_.setup.sessions()[session].max_feed_latency});
  book::Book book(run_.setup.BookFor(story_.intent->instrument));
  engine::QueuedGroup next;
  while (source.Next(&next) == engine::Source::Pull::kGroup) {
    const auto& group = next.group;
    if (group.instrument.value == story_.intent->instrument) book.Apply(group.records);
    const bool reached = group.records.front().seq <= cause.seq && cause.seq <= group.records.back().seq;
    source.Release(next);
    if (reached) return BookText(book);
  }
  CRUCIBLE_RETURN_IF_ERROR(source.status());
  return absl::DataLossError(
      absl::StrFormat("input %d never reaches record %d, the cause of a fill", cause.input, cause.seq));
}

absl::Status Explainer::SayFill(const Event& fill, const Event& detail) {
  const auto body = As<FillBody>(fill);
  const auto more = As<FillDetailBody>(detail);
  const bool maker = (fill.flags & flag::kMaker) != 0;
  Say("fill",
      absl::StrFormat("%s %s @ %s as %s, fee %s; rule: %s; %s ahead in the queue",
                      FormatTimestamp(fill.venue_time()), QuantityText(body.quantity), PriceText(body.price),
                      maker ? "maker" : "taker",
                      MoneyText(more.fee, instrument().currency_decimals, instrument().settle_currency),
                      Name(static_cast<FillRule>(more.rule)),
                      more.queue_ahead < 0 ? "unknown quantity" : QuantityText({more.queue_ahead})));
  Say("", absl::StrFormat("heard %s later (run record %d)", FormatDuration(fill.at() - fill.venue_time()),
                          fill.seq));
  const CauseRef cause = CauseRef::FromBits(detail.origin);
  if (cause.seq == 0) return absl::OkStatus();
  CRUCIBLE_RETURN_IF_ERROR(SayCause(cause, 0));
  CRUCIBLE_ASSIGN_OR_RETURN(const std::string book, VenueBookAfter(cause));
  Say("venue book", book + " (after that record)");
  return absl::OkStatus();
}

void Explainer::SayReply(const Event& reply) {
  const auto body = As<ReplyBody>(reply);
  std::string text = FormatTimestamp(reply.venue_time());
  if (reply.kind == Kind::kAccepted || reply.kind == Kind::kAmended) {
    if (body.queue_ahead_or_reason >= 0) {
      text += absl::StrFormat(", %s ahead in the queue", QuantityText({body.queue_ahead_or_reason}));
    }
  } else if (reply.kind != Kind::kTriggered) {
    text += absl::StrFormat(": %s", Name(static_cast<Reason>(body.queue_ahead_or_reason)));
  }
  text += absl::StrFormat("; heard %s later (run record %d)", FormatDuration(reply.at() - reply.venue_time()),
                          reply.seq);
  Say(std::string(Name(reply.kind)), text);
  if (reply.kind == Kind::kAccepted || reply.kind == Kind::kRejected) {
    Say("", absl::StrFormat("the order was %s on its way",
                            FormatDuration(reply.venue_time() - story_.intent->at())));
  }
}

absl::Status Explainer::SayLater() {
  for (std::size_t i = 0; i < story_.later.size(); ++i) {
    const Event& event = story_.later[i];
    if (event.kind == Kind::kFill && i + 1 < story_.later.size()) {
      CRUCIBLE_RETURN_IF_ERROR(SayFill(event, story_.later[++i]));
    } else if (IsVenueReply(event.kind)) {
      SayReply(event);
    } else {
      Say("asked", FormatTimestamp(event.at()) + " " + Fields(event, instrument()));
    }
  }
  return absl::OkStatus();
}

absl::Status Explainer::Explain() {
  CRUCIBLE_RETURN_IF_ERROR(ReadFeatureNames());
  CRUCIBLE_RETURN_IF_ERROR(SayCause(CauseRef::FromBits(story_.intent->origin), 0));
  CRUCIBLE_RETURN_IF_ERROR(SayBookAtDecision());
  SayDecision();
  return SayLater();
}

void Explainer::Print(const Terminal& terminal) const {
  if (terminal.json) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const Line& line : lines_) json.push_back({{"what", line.what}, {"text", line.text}});
    std::printf("%s\n", json.dump(2).c_str());
    return;
  }
  std::printf("order %llu\n", static_cast<unsigned long long>(intent_.order_id.value));
  for (const Line& line : lines_) std::printf("  %-15s %s\n", line.what.c_str(), line.text.c_str());
}

absl::Status DoWhy(const Terminal& terminal, const WhyArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(StoredRun run, OpenRun(arguments.run, arguments.inputs));
  CRUCIBLE_ASSIGN_OR_RETURN(auto reader, engine::ReadStream(*run.journal, kRunStream));
  CRUCIBLE_ASSIGN_OR_RETURN(engine::OrderStory story, engine::CollectOrder(*reader, {arguments.order}));
  Explainer explainer(run, std::move(story), arguments.levels);
  CRUCIBLE_RETURN_IF_ERROR(explainer.Explain());
  explainer.Print(terminal);
  return absl::OkStatus();
}

}  // namespace

absl::Status ExplainOrder(const Terminal& terminal, const std::string& run, std::uint64_t order) {
  return DoWhy(terminal, {run, order, {}, 3});
}

void AddWhy(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand("why", "Explain an order: from the market event to the last fill");
  const auto arguments = std::make_shared<WhyArguments>();
  command->add_option("run", arguments->run, "run file")->required();
  command->add_option("order", arguments->order, "order id: 1, 2, ...")->required();
  command->add_option("--inputs", arguments->inputs, "directories to look for the run's sessions in");
  command->add_option("--levels", arguments->levels, "levels of the book to show")->check(CLI::Range(1, 50));
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoWhy(terminal, *arguments); !status.ok()) PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
