#include "framework/report/why_sources.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_format.h"
#include "framework/engine/journal_reader.h"
#include "framework/engine/session_source.h"
#include "framework/report/text.h"

namespace crucible::report {
namespace {

constexpr engine::WhyBook::State kNotAtHand = engine::WhyBook::State::kNotAtHand;

// The records of `session` that filled orders, ascending, each once.
std::vector<engine::BookMoment> MomentsOf(const RunView& view, std::uint16_t input, std::size_t orders) {
  std::vector<engine::BookMoment> moments;
  for (const FillFact& fill : view.run.fills) {
    const CauseRef cause = CauseRef::FromBits(fill.detail.origin);
    if (fill.order >= orders || cause.input != input || cause.seq == 0) continue;
    if (input == 0 && (cause.seq > view.run.kinds.size() || !IsMarketData(view.run.kinds[cause.seq - 1]))) continue;
    moments.push_back({cause.seq, {fill.fill.instrument}});
  }
  std::ranges::sort(moments);
  const auto rest = std::ranges::unique(moments);
  moments.erase(rest.begin(), rest.end());
  return moments;
}

absl::StatusOr<std::unique_ptr<engine::RecordReader>> OpenMarket(const SessionInput& session) {
  if (session.ordinal == 0) return engine::ReadMarket(*session.journal, session.stream);
  return engine::ReadStream(*session.journal, session.stream);
}

}  // namespace

ReportSources::ReportSources(const RunView& view) : view_(&view) {
  std::vector<Instrument> instruments;
  const auto ids = MapInstruments(view.input, &instruments);
  records_.try_emplace(0, *view.input.journal, view.input.stream);
  if (!view.market.complete) return;  // the ids of a run are those of all its sessions
  for (std::size_t s = 0; s < view.input.sessions.size(); ++s) {
    const SessionInput& session = view.input.sessions[s];
    records_.try_emplace(session.ordinal, *session.journal, session.stream);
    run_ids_[session.ordinal] = ids[s];
  }
  for (const SessionInput& flow : view.input.flow) {
    std::vector<std::uint32_t>& own = run_ids_[flow.ordinal];
    for (const Instrument& instrument : flow.instruments) {
      const auto found = std::ranges::find(instruments, FullName(instrument),
                                           [](const Instrument& each) { return FullName(each); });
      own.push_back(static_cast<std::uint32_t>(found - instruments.begin()));
    }
    records_.try_emplace(flow.ordinal, *flow.journal, flow.stream);
  }
}

absl::StatusOr<ReportSources> ReportSources::Create(const RunView& view, std::size_t orders) {
  ReportSources sources(view);
  if (!view.market.complete) return sources;
  for (const SessionInput& session : view.input.sessions) {
    CRUCIBLE_RETURN_IF_ERROR(sources.ReadVenueBooks(session, sources.run_ids_[session.ordinal], orders));
  }
  return sources;
}

absl::Status ReportSources::ReadVenueBooks(const SessionInput& session, const std::vector<std::uint32_t>& ids,
                                           std::size_t orders) {
  const std::vector<engine::BookMoment> moments = MomentsOf(*view_, session.ordinal, orders);
  if (moments.empty() || session.completeness == Completeness::kBars) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(auto reader, OpenMarket(session));
  engine::SessionOptions options{session.ordinal, {}, session.max_feed_latency};
  for (const std::uint32_t id : ids) options.instruments.push_back({id});
  engine::SessionSource source(std::move(reader), std::move(options));
  const auto book_of = [&](InstrumentId instrument) {
    const auto local = std::ranges::find(ids, instrument.value) - ids.begin();
    return session.books.at(static_cast<std::size_t>(local));
  };
  CRUCIBLE_ASSIGN_OR_RETURN(std::vector<engine::WhyBook> books,
                            engine::VenueBooks(source, moments, book_of, kWhyLevels));
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const CauseRef cause{session.ordinal, moments[i].seq};
    venue_books_[{cause.bits(), moments[i].instrument.value}] = std::move(books[i]);
  }
  return absl::OkStatus();
}

absl::StatusOr<Event> ReportSources::Record(CauseRef where) {
  const auto found = records_.find(where.input);
  if (found != records_.end()) return found->second.At(where.seq);
  return absl::NotFoundError(absl::StrFormat("input %d is not at hand", where.input));
}

InstrumentId ReportSources::RunId(std::uint16_t input, std::uint32_t instrument) const {
  return {run_ids_.at(input).at(instrument)};
}

absl::StatusOr<engine::WhyBook> ReportSources::BookAtDecision(const Event& intent) {
  if (!view_->market.complete) return engine::WhyBook{kNotAtHand, {}, {}};
  const bool bars = view_->market.instruments[intent.instrument].bars;
  if (!bars && view_->hears_late()) return engine::WhyBook{kNotAtHand, {}, {}};
  return view_->market.orders[order_].book;
}

absl::StatusOr<std::optional<engine::WhyBook>> ReportSources::VenueBookAfter(CauseRef record,
                                                                             InstrumentId instrument) {
  if (record.input != 0 && view_->input.has_own_market()) return std::nullopt;
  const auto found = venue_books_.find({record.bits(), instrument.value});
  if (found != venue_books_.end()) return found->second;
  const bool bars = view_->market.complete && view_->market.instruments[instrument.value].bars;
  return engine::WhyBook{bars ? engine::WhyBook::State::kBarsOnly : kNotAtHand, {}, {}};
}

std::optional<engine::WhyGrid> ReportSources::GridAt(InstrumentId instrument, Nanos time) const {
  if (!view_->market.complete) return std::nullopt;
  const Instrument& first = view_->instrument(instrument.value);
  engine::WhyGrid grid{first.tick_size, first.lot_size, {}, {}};
  for (const GridChange& change : view_->input.grid_changes) {
    if (change.instrument == instrument.value && change.at_venue <= time)
      grid = {change.tick_size, change.lot_size, {change.input, change.seq}, change.known};
  }
  return grid;
}

engine::WhyNames NamesOf(const RunView& view) {
  engine::WhyNames names;
  names.run = view.input.name;
  if (view.input.regimes) names.routes = view.input.regimes->routes;
  names.variables = view.input.causal_variables;
  for (std::size_t i = 1;; ++i) {
    std::string strategy = Parameter(view.parameters, "strategy." + std::to_string(i) + ".strategy");
    if (strategy.empty()) break;
    names.strategies.push_back(std::move(strategy));
  }
  for (const InstrumentFacts& facts : view.market.instruments) names.instruments.push_back(facts.instrument);
  std::uint32_t told = view.run.instruments;  // one more than the highest id that records name
  for (const Event& swap : view.run.swaps) told = std::max(told, swap.instrument + 1);
  for (const LinkFact& link : view.run.causal.changes) told = std::max(told, link.change.instrument + 1);
  while (names.instruments.size() < told) {
    Instrument& unknown = names.instruments.emplace_back();
    unknown.venue = "unknown";
    unknown.symbol = std::to_string(names.instruments.size() - 1);
  }
  return names;
}

Json LinesJson(const std::vector<engine::WhyLine>& lines) {
  Json json = Json::array();
  for (const engine::WhyLine& line : lines) json.push_back({line.what, line.text});
  return json;
}

}  // namespace crucible::report
