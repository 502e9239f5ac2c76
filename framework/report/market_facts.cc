#include "framework/report/market_facts.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"
#include "framework/report/group_reader.h"
#include "framework/report/text.h"

namespace crucible::report {
namespace {

double AsDouble(Money amount) { return static_cast<double>(amount.units); }

// What a fill pays whatever its price, as the run's configuration says: an account cannot tell it from a
// rate.
absl::StatusOr<trading::FeeConfig> FixedFees(const RunInput& run, int currency_decimals) {
  const auto parameters = Parameters(run.journal->manifest().configuration);
  trading::FeeConfig fees;
  for (const auto& [key, amount] :
       {std::pair{"fees.per_trade", &fees.per_trade}, std::pair{"fees.per_unit", &fees.per_unit}}) {
    const std::string text = Parameter(parameters, key);
    if (text.empty()) continue;
    DecimalResult result;
    if (ParseDecimal(text, currency_decimals, &result) != DecimalError::kNone) {
      return absl::DataLossError(
          absl::StrFormat("%s: %s is \"%s\", expected a decimal number", run.name, key, text));
    }
    *amount = {result.units};
  }
  return fees;
}

// One input's next group, with instruments already the run's.
struct Feed {
  GroupReader reader;
  const std::vector<std::uint32_t>* ids = nullptr;
  std::uint16_t ordinal = 0;
  std::vector<Event> group;           // empty at the end
  std::vector<std::uint64_t> wanted;  // ascending sequences whose records are to be kept
  std::size_t next_wanted = 0;
};

class Pass {
 public:
  Pass(const RunInput& input, const RunFacts& run, MarketFacts& facts)
      : input_(input), run_(run), facts_(facts) {}
  absl::Status Run(const Progress& progress);

 private:
  struct Waiting {  // fills whose markouts are not known yet, per instrument
    std::vector<std::uint32_t> fills;
    std::vector<std::size_t> done;  // by horizon
  };

  absl::Status Prepare();
  void PrepareAttacks();
  absl::Status OpenFeeds();
  absl::Status Advance(Feed& feed);
  Feed* Earliest();
  void Handle(const Feed& feed);
  // Samples, decisions and fills that come before the market group of `feed`; all that are left for none.
  void CatchUp(const Feed* feed);
  bool DecidedBefore(const OrderFact& order, const Feed& feed) const;
  bool FilledBefore(const FillFact& fill, const Feed& feed) const;
  void TakeSamples(Nanos until);
  void PayFunding(Nanos until);
  void LookAtAttacks(Nanos until);
  void LookAtSwaps(Nanos until);
  void JoinAttacks(const FillFact& fill);
  void Decide(std::size_t order);
  void Settle(std::size_t fill);
  void OnMid(std::uint32_t instrument, Nanos at, trading::Mid mid);
  void Resolve(std::uint32_t instrument, Nanos before);
  void SampleAccount(Nanos at);

  const RunInput& input_;
  const RunFacts& run_;
  MarketFacts& facts_;
  std::vector<std::vector<std::uint32_t>> ids_;
  std::vector<book::Book> books_;
  std::vector<trading::Mid> mids_;
  std::vector<Waiting> waiting_;
  std::vector<Feed> feeds_;
  trading::RoundTrips trips_;
  std::size_t next_order_ = 0, next_fill_ = 0, next_sample_ = 0, next_funding_ = 0;
  struct Moment {  // an edge of an attack
    Nanos at;
    std::size_t attack = 0;
    bool end = false;
  };
  std::vector<Moment> moments_;  // ascending
  std::size_t next_moment_ = 0;
  absl::flat_hash_set<std::uint64_t> predator_trades_;  // public ids; lookup only
  double peak_ = -std::numeric_limits<double>::infinity();
};

absl::Status Pass::Prepare() {
  std::vector<Instrument> instruments;
  ids_ = MapInstruments(input_, &instruments);
  std::vector<const SessionInput*> session_of(instruments.size());
  std::vector<std::size_t> local(instruments.size());
  for (std::size_t s = input_.sessions.size(); s-- > 0;) {
    for (std::size_t i = 0; i < ids_[s].size(); ++i) {
      session_of[ids_[s][i]] = &input_.sessions[s];
      local[ids_[s][i]] = i;
    }
  }
  if (instruments.empty()) {
    return absl::FailedPreconditionError(
        absl::StrFormat("neither %s nor its sessions define an instrument", input_.name));
  }
  facts_.currency = instruments.front().settle_currency;
  facts_.currency_decimals = instruments.front().currency_decimals;
  const Money cash = run_.samples.empty() ? Money{} : As<EquityBody>(run_.samples.front()).cash;
  facts_.end.emplace(trading::AccountConfig{cash, facts_.currency, facts_.currency_decimals});
  for (std::uint32_t i = 0; i < instruments.size(); ++i) {
    CRUCIBLE_ASSIGN_OR_RETURN(const trading::FeeConfig fees,
                              FixedFees(input_, instruments[i].currency_decimals));
    CRUCIBLE_RETURN_IF_ERROR(facts_.end->AddInstrument({i}, instruments[i], fees));
    books_.emplace_back(session_of[i]->books[local[i]]);
    facts_.instruments.push_back({instruments[i], session_of[i]->completeness == Completeness::kBars,
                                  Series(2, run_.start, run_.end), Series(1, run_.start, run_.end),
                                  Depth(run_.start, run_.end), Activity(run_.start, run_.end)});
  }
  mids_.resize(instruments.size());
  waiting_.assign(instruments.size(), {{}, std::vector<std::size_t>(input_.horizons.size())});
  facts_.account = Series(8, run_.start, run_.end);
  facts_.orders.resize(run_.orders.size());
  facts_.fills.resize(run_.fills.size());
  for (FillContext& fill : facts_.fills) fill.markout_bps.resize(input_.horizons.size());
  PrepareAttacks();
  return OpenFeeds();
}

void Pass::PrepareAttacks() {
  facts_.attacks.resize(run_.attacks.size());
  for (std::size_t i = 0; i < run_.attacks.size(); ++i) {
    moments_.push_back({run_.attacks[i].begin, i, false});
    moments_.push_back({run_.attacks[i].end, i, true});
    for (const engine::AttackTrade& trade : run_.attacks[i].trades) predator_trades_.insert(trade.trade_id);
  }
  std::ranges::stable_sort(moments_, {}, &Moment::at);
}

// The market record that started the chain of causes behind `cause`; sequence 0 when a reply or the run's start did.
CauseRef MarketBehind(const RunFacts& run, CauseRef cause) {
  while (cause.input == 0 && cause.seq != 0 && cause.seq <= run.kinds.size()) {
    const Kind kind = run.kinds[cause.seq - 1];
    if (IsMarketData(kind)) return cause;
    if (IsVenueReply(kind)) return {};
    const CauseRef next = CauseRef::FromBits(run.origins[cause.seq - 1]);
    if (next.input == 0 && next.seq >= cause.seq) return {};  // a cause comes before its effect
    cause = next;
  }
  return cause.input != 0 ? cause : CauseRef{};
}

absl::Status Pass::OpenFeeds() {
  std::vector<CauseRef> wanted;
  for (const OrderFact& order : run_.orders) {
    if (!order.fills.empty())
      wanted.push_back(MarketBehind(run_, CauseRef::FromBits(order.intent.origin)));
  }
  for (const FillFact& fill : run_.fills) wanted.push_back(CauseRef::FromBits(fill.detail.origin));
  for (std::size_t s = 0; s < input_.sessions.size(); ++s) {
    const SessionInput& session = input_.sessions[s];
    CRUCIBLE_ASSIGN_OR_RETURN(GroupReader reader, GroupReader::Open(*session.journal, session.stream));
    Feed& feed = feeds_.emplace_back(Feed{std::move(reader), &ids_[s], session.ordinal, {}, {}, 0});
    for (const CauseRef cause : wanted) {
      if (cause.input == session.ordinal && cause.seq != 0) feed.wanted.push_back(cause.seq);
    }
    std::sort(feed.wanted.begin(), feed.wanted.end());
    CRUCIBLE_RETURN_IF_ERROR(Advance(feed));
  }
  return absl::OkStatus();
}

absl::Status Pass::Advance(Feed& feed) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> group, feed.reader.Next());
  feed.group.assign(group.begin(), group.end());
  for (Event& event : feed.group) {
    if (event.instrument >= feed.ids->size()) {
      return absl::DataLossError(absl::StrFormat("record %d of input %d names instrument %d of %d", event.seq,
                                                 feed.ordinal, event.instrument, feed.ids->size()));
    }
    event.instrument = (*feed.ids)[event.instrument];
    while (feed.next_wanted < feed.wanted.size() && feed.wanted[feed.next_wanted] <= event.seq) {
      facts_.causes[CauseRef{feed.ordinal, event.seq}.bits()] = event;
      ++feed.next_wanted;
    }
  }
  facts_.records += feed.group.size();
  return absl::OkStatus();
}

Feed* Pass::Earliest() {
  Feed* best = nullptr;
  for (Feed& feed : feeds_) {
    if (feed.group.empty()) continue;
    if (best == nullptr || feed.group.front().time < best->group.front().time) best = &feed;
  }
  return best;
}

// One stream is its own order. Of several, at equal times the engine handles replies, then market data, then
// timers; a decision follows its cause.
bool Pass::DecidedBefore(const OrderFact& order, const Feed& feed) const {
  if (feed.ordinal == 0) return order.intent.seq < feed.group.front().seq;
  const std::int64_t time = feed.group.front().time;
  if (order.intent.time != time) return order.intent.time < time;
  const CauseRef cause = CauseRef::FromBits(order.intent.origin);
  if (cause.input == feed.ordinal) return cause.seq < feed.group.front().seq;
  return cause.input == 0 && cause.seq != 0 && cause.seq <= run_.kinds.size() &&
         IsVenueReply(run_.kinds[cause.seq - 1]);
}

bool Pass::FilledBefore(const FillFact& fill, const Feed& feed) const {
  if (feed.ordinal == 0) return fill.fill.seq < feed.group.front().seq;
  return fill.fill.time <= feed.group.front().time;
}

void Pass::CatchUp(const Feed* feed) {
  while (true) {
    const bool fill_due =
        next_fill_ < run_.fills.size() && (feed == nullptr || FilledBefore(run_.fills[next_fill_], *feed));
    const bool order_due = next_order_ < run_.orders.size() &&
                           (feed == nullptr || DecidedBefore(run_.orders[next_order_], *feed));
    if (!fill_due && !order_due) break;
    const bool order_first =
        order_due && (!fill_due || run_.orders[next_order_].intent.seq < run_.fills[next_fill_].fill.seq);
    TakeSamples(order_first ? run_.orders[next_order_].intent.at() : run_.fills[next_fill_].fill.at());
    if (order_first) {
      Decide(next_order_++);
    } else {
      Settle(next_fill_++);
    }
  }
  TakeSamples(feed == nullptr ? run_.end + Duration{1} : feed->group.front().at());
}

// A sample is the account before the first event at or after its moment; the last one is the run's end.
void Pass::TakeSamples(Nanos until) {
  LookAtAttacks(until);
  LookAtSwaps(until);
  while (next_sample_ + 1 < run_.samples.size() && run_.samples[next_sample_].at() <= until) {
    PayFunding(run_.samples[next_sample_].at());
    facts_.end->Sample(run_.samples[next_sample_++].at());
  }
  PayFunding(until);
  if (until > run_.end && next_sample_ < run_.samples.size())
    facts_.end->Sample(run_.samples[next_sample_++].at());
}

// That we heard of before `until`.
void Pass::PayFunding(Nanos until) {
  for (; next_funding_ < run_.funding.size() && run_.funding[next_funding_].at() < until; ++next_funding_) {
    const Event& funding = run_.funding[next_funding_];
    facts_.end->PayFunding(As<FundingBody>(funding).paid);
    SampleAccount(funding.at());
  }
}

// The account and the mid at the edges of attacks that lie before `until`. One instrument: simulated markets
// have one.
void Pass::LookAtAttacks(Nanos until) {
  for (; next_moment_ < moments_.size() && moments_[next_moment_].at < until; ++next_moment_) {
    const Moment& moment = moments_[next_moment_];
    AttackContext& attack = facts_.attacks[moment.attack];
    (moment.end ? attack.equity_after : attack.equity_before) = facts_.end->equity();
    (moment.end ? attack.mid_after : attack.mid_before) = mids_.front();
  }
}

void Pass::LookAtSwaps(Nanos until) {
  while (facts_.equity_at_swaps.size() < run_.swaps.size() && run_.swaps[facts_.equity_at_swaps.size()].at() < until)
    facts_.equity_at_swaps.push_back(facts_.end->equity());
}

void Pass::JoinAttacks(const FillFact& fill) {
  for (std::size_t i = 0; i < run_.attacks.size(); ++i) {
    const engine::Attack& attack = run_.attacks[i];
    if (fill.fill.venue_time() < attack.begin || fill.fill.venue_time() > attack.end) continue;
    ++facts_.attacks[i].fills;
    facts_.attacks[i].against_us += std::ranges::count(attack.trades, fill.body.trade_id, &engine::AttackTrade::trade_id) > 0;
  }
}

void Pass::Decide(std::size_t index) {
  const std::uint32_t instrument = run_.orders[index].intent.instrument;
  facts_.orders[index].mid = mids_[instrument];
  if (run_.orders[index].fills.empty()) return;
  if (facts_.instruments[instrument].bars) {
    facts_.orders[index].book.state = engine::WhyBook::State::kBarsOnly;
  } else {
    facts_.orders[index].book = engine::BestLevels(books_[instrument], kWhyLevels);
  }
}

void Pass::Settle(std::size_t index) {
  const FillFact& fill = run_.fills[index];
  const std::uint32_t instrument = fill.fill.instrument;
  const trading::Fill applied = trading::FillFrom(fill.fill, fill.detail);
  const trading::FillResult result = facts_.end->ApplyFill(applied);
  if (result.ok) trips_.OnFill(applied, result);
  facts_.fills[index].mid = mids_[instrument];
  facts_.fills[index].position = facts_.end->holding({instrument}).position;
  waiting_[instrument].fills.push_back(static_cast<std::uint32_t>(index));
  const double position = static_cast<double>(facts_.fills[index].position.units);
  facts_.instruments[instrument].position.Add(fill.fill.at(), std::array{position});
  facts_.instruments[instrument].activity.OnFill(fill.fill.at(), fill.body.quantity);
  JoinAttacks(fill);
  SampleAccount(fill.fill.at());
}

void Pass::SampleAccount(Nanos at) {
  const double equity = AsDouble(facts_.end->equity());
  peak_ = std::max(peak_, equity);
  const trading::FeeTotals& fees = facts_.end->fees();
  facts_.account.Add(at, std::array{equity, peak_ - equity, AsDouble(fees.maker), AsDouble(fees.taker),
                                    AsDouble(fees.fixed), -AsDouble(fees.rebates),
                                    AsDouble(fees.funding), AsDouble(fees.liquidation)});
}

// Horizons that ended before `before` see the mid as it stood.
void Pass::Resolve(std::uint32_t instrument, Nanos before) {
  Waiting& waiting = waiting_[instrument];
  for (std::size_t h = 0; h < input_.horizons.size(); ++h) {
    for (; waiting.done[h] < waiting.fills.size(); ++waiting.done[h]) {
      const std::uint32_t index = waiting.fills[waiting.done[h]];
      const Event& fill = run_.fills[index].fill;
      if (fill.at() + input_.horizons[h] >= before) break;
      const trading::Mid then = facts_.fills[index].mid;
      if (!then.known()) continue;
      const double move = static_cast<double>(mids_[instrument].doubled - then.doubled);
      facts_.fills[index].markout_bps[h] =
          static_cast<double>(Sign(fill.side)) * move / static_cast<double>(then.doubled) * 1e4;
    }
  }
}

void Pass::OnMid(std::uint32_t instrument, Nanos at, trading::Mid mid) {
  Resolve(instrument, at);
  mids_[instrument] = mid;
  facts_.end->Mark({instrument}, mid);
  if (facts_.end->gross_exposure().units != 0) SampleAccount(at);
}

void Pass::Handle(const Feed& feed) {
  const Event& first = feed.group.front();
  InstrumentFacts& facts = facts_.instruments[first.instrument];
  book::Book& book = books_[first.instrument];
  facts.activity.OnMarket(feed.group, predator_trades_);
  if (first.kind == Kind::kBar) {
    const BarBody bar = As<BarBody>(first);
    facts.touch.Add(first.at(),
                    std::array{static_cast<double>(bar.low.units), static_cast<double>(bar.high.units)});
    OnMid(first.instrument, first.at(), trading::Mid::At(bar.close));
    return;
  }
  facts.depth.Before(first.at(), book);
  const book::Touch before = book.touch();
  if (!book.Apply(feed.group).touch_changed) return;
  const book::Touch& touch = book.touch();
  if (!touch.HasBoth()) return;
  if (touch.bid_price != before.bid_price || touch.ask_price != before.ask_price || !before.HasBoth()) {
    facts.touch.Add(first.at(), std::array{static_cast<double>(touch.bid_price.units),
                                           static_cast<double>(touch.ask_price.units)});
  }
  OnMid(first.instrument, first.at(), trading::Mid::Of(touch.bid_price, touch.ask_price));
}

absl::Status Pass::Run(const Progress& progress) {
  CRUCIBLE_RETURN_IF_ERROR(Prepare());
  std::uint64_t total = 0;
  for (const SessionInput& session : input_.sessions) {
    CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamHead head, session.journal->Head(session.stream));
    total += head.last_seq;
  }
  SampleAccount(run_.start);
  std::uint64_t groups = 0;
  while (Feed* feed = Earliest()) {
    CatchUp(feed);
    Handle(*feed);
    CRUCIBLE_RETURN_IF_ERROR(Advance(*feed));
    if (progress && ++groups % 4096 == 0) {
      progress(static_cast<double>(facts_.records) / static_cast<double>(std::max<std::uint64_t>(total, 1)),
               facts_.records);
    }
  }
  CatchUp(nullptr);
  for (std::uint32_t i = 0; i < mids_.size(); ++i) Resolve(i, run_.end + Duration{1});
  SampleAccount(run_.end);
  facts_.trips = trips_.statistics();
  facts_.complete = true;
  return absl::OkStatus();
}

}  // namespace

std::vector<std::vector<std::uint32_t>> MapInstruments(const RunInput& run,
                                                       std::vector<Instrument>* instruments) {
  std::map<std::pair<std::string, std::string>, std::uint32_t> ids;
  for (const SessionInput& session : run.sessions) {
    for (const Instrument& instrument : session.instruments) ids[{instrument.venue, instrument.symbol}] = 0;
  }
  std::uint32_t next = 0;
  for (auto& [name, id] : ids) id = next++;
  instruments->assign(ids.size(), {});
  std::vector<std::vector<std::uint32_t>> mapped;
  for (const SessionInput& session : run.sessions) {
    std::vector<std::uint32_t>& of_session = mapped.emplace_back();
    for (const Instrument& instrument : session.instruments) {
      of_session.push_back(ids[{instrument.venue, instrument.symbol}]);
      (*instruments)[of_session.back()] = instrument;
    }
  }
  return mapped;
}

absl::StatusOr<MarketFacts> ReadMarket(const RunInput& run, const RunFacts& facts, const Progress& progress) {
  MarketFacts market;
  if (!run.has_own_market() && run.sessions.size() != run.journal->inputs().size()) return market;
  if (run.sessions.empty()) return market;
  CRUCIBLE_RETURN_IF_ERROR(Pass(run, facts, market).Run(progress));
  return market;
}

}  // namespace crucible::report
