#include "framework/engine/desk.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

using trading::Command;
using trading::CommandType;
using trading::OrderTerms;

bool NeedsPrice(OrderType type) { return type == OrderType::kLimit || type == OrderType::kStopLimit; }
bool NeedsStop(OrderType type) { return type == OrderType::kStop || type == OrderType::kStopLimit; }
bool IsKnown(OrderType type) { return type >= OrderType::kMarket && type <= OrderType::kTrailingStop; }
bool IsKnown(TimeInForce tif) { return tif >= TimeInForce::kGoodTillCancel && tif <= TimeInForce::kGoodTillDate; }

// The limit, or how far a trailing stop keeps from the market.
bool HasValidPrice(const OrderTerms& terms) {
  if (terms.type == OrderType::kTrailingStop) return terms.price.units > 0;
  return NeedsPrice(terms.type) == (terms.price.units != 0);
}

// Beyond any real market; products and sums of what is within stay far from the ends of 64 and 128 bits.
constexpr std::int64_t kMaxUnits = 100'000'000'000'000'000;
bool InRange(std::int64_t units) { return units >= -kMaxUnits && units <= kMaxUnits; }

std::int64_t TypeAndTif(const OrderTerms& terms) {
  return static_cast<std::int64_t>(terms.type) | static_cast<std::int64_t>(terms.tif) << 8 |
         static_cast<std::int64_t>(terms.options) << 16;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Desk>> Desk::Create(DeskConfig config, Recorder& recorder) {
  CRUCIBLE_RETURN_IF_ERROR(config.account.Validate());
  CRUCIBLE_RETURN_IF_ERROR(config.risk.Validate());
  if (config.instruments.empty()) return absl::InvalidArgumentError("a run needs at least one instrument");
  CRUCIBLE_RETURN_IF_ERROR(config.performance.Validate());
  trading::RiskGate risk(config.risk);
  auto desk = std::unique_ptr<Desk>(new Desk(std::move(config), recorder, std::move(risk)));
  for (std::uint32_t i = 0; i < desk->config_.instruments.size(); ++i) {
    const InstrumentSetup& setup = desk->config_.instruments[i];
    CRUCIBLE_RETURN_IF_ERROR(desk->account_.AddInstrument({i}, setup.instrument, setup.fees));
    const trading::InstrumentLimits limits = setup.limits.value_or(desk->config_.risk.defaults);
    CRUCIBLE_RETURN_IF_ERROR(limits.Validate(FullName(setup.instrument)));
    desk->risk_.SetLimits({i}, limits);
  }
  return desk;
}

void Desk::ChangeRisk(const trading::RiskConfig& risk,
                      const std::vector<std::optional<trading::InstrumentLimits>>& limits) {
  risk_.Change(risk);
  for (std::uint32_t i = 0; i < limits.size(); ++i) risk_.SetLimits({i}, limits[i].value_or(risk.defaults));
}

Desk::Desk(DeskConfig config, Recorder& recorder, trading::RiskGate risk)
    : config_(std::move(config)),
      recorder_(recorder),
      mids_(config_.instruments.size()),
      mid_times_(config_.instruments.size()),
      account_(config_.account),
      risk_(std::move(risk)),
      performance_(config_.performance, &account_) {
  books_.reserve(config_.instruments.size());
  for (const InstrumentSetup& setup : config_.instruments) books_.emplace_back(setup.book);
}

Event& Desk::Record(Kind kind, std::uint16_t flags, InstrumentId instrument, Side side) {
  Event& event = recorder_.Add();
  event.time = now_.since_epoch;
  event.origin = cause_bits_;
  event.instrument = instrument.value;
  event.kind = kind;
  event.side = side;
  event.flags = flags;
  return event;
}

// ---- market and replies ----

bool Desk::TakeDefinition(const MarketGroup& group) {
  const auto definition = As<DefinitionBody>(group.records.front());
  Instrument& instrument = config_.instruments[group.instrument.value].instrument;
  if (definition.tick_size == instrument.tick_size && definition.lot_size == instrument.lot_size)
    return false;
  if (definition.tick_size != instrument.tick_size)
    books_[group.instrument.value].ChangeTick(definition.tick_size);
  instrument.tick_size = definition.tick_size;
  instrument.lot_size = definition.lot_size;
  return true;
}

void Desk::ApplyFill(const Event& event, const Event& detail, DeskReply& reply) {
  reply.fee = performance_.OnFill(trading::FillFrom(event, detail)).fee;
}

crucible_roll_event_v1 Desk::RecordRoll(InstrumentId from, InstrumentId to) {
  const trading::Mid before = mids_[from.value], after = mids_[to.value];
  const bool known = before.known() && after.known();
  const std::int64_t gap = known ? (after.doubled - before.doubled) / 2 : 0;
  const Position position = account_.holding(from).position;
  SetBody(Record(Kind::kRoll, flag::kGroupEnd, to, Side::kNone), RollBody{from.value, to.value, {gap}, position});
  return {sizeof(crucible_roll_event_v1), from.value, to.value, known ? 1U : 0U, now_.since_epoch, gap,
          position.units};
}

void Desk::Rename(Event& reply, std::int64_t& order_id) {
  if (reply.kind > Kind::kTriggered && reply.kind != Kind::kLiquidation) return;
  const auto [known, is_new] = venue_orders_.try_emplace(static_cast<std::uint64_t>(order_id), last_order_id_ + 1);
  last_order_id_ += is_new ? 1 : 0;
  order_id = static_cast<std::int64_t>(known->second);
}

// As an order of strategy 0, so that it is found, explained and counted as ours are.
void Desk::AdoptLiquidation(const Event& event) {
  const auto liquidation = As<LiquidationBody>(event);
  Command command{CommandType::kSubmit, {event.instrument}, liquidation.order_id, {}};
  command.terms.side = event.side;
  command.terms.type = liquidation.price == Price{} ? OrderType::kMarket : OrderType::kLimit;
  command.terms.tif = TimeInForce::kImmediateOrCancel;
  command.terms.price = liquidation.price;
  command.terms.quantity = liquidation.quantity;
  RecordIntent(0, command, {});
  orders_.Submit(command, now_, 0);
}

DeskReply Desk::ApplyReply(const Event& reply, const Event* detail) {
  if (reply.kind == Kind::kFunding) performance_.OnFunding(As<FundingBody>(reply).paid, now_);
  if (reply.kind == Kind::kLiquidation) AdoptLiquidation(reply);
  DeskReply outcome{orders_.OnReply(reply), 0, {}};
  if (outcome.change.order != nullptr) outcome.strategy = outcome.change.order->strategy;
  if (outcome.change.effect == trading::ReplyEffect::kApplied && outcome.change.filled.units > 0 && detail != nullptr) {
    ApplyFill(reply, *detail, outcome);
  }
  return outcome;
}

// ---- samples ----

void Desk::RecordEquity(Nanos at) {
  Event event;
  event.time = at.since_epoch;
  event.kind = Kind::kEquity;
  event.flags = flag::kGroupEnd;
  SetBody(event, EquityBody{account_.cash(), account_.position_value(), account_.fees().total(), account_.realised()});
  recorder_.Append(event);
}

void Desk::Start(Nanos now) {
  performance_.Start(now);
  RecordEquity(now);
}

trading::Metrics Desk::Finish(Nanos now) {
  RecordEquity(now);
  return performance_.Finish(now, orders_.counts());
}

// ---- decisions ----

bool Desk::Valid(InstrumentId instrument, const OrderTerms& terms) const {
  return instrument.value < config_.instruments.size() && (terms.side == kBuy || terms.side == kSell) &&
         IsKnown(terms.type) && IsKnown(terms.tif) && terms.quantity.units > 0 && terms.display.units >= 0 &&
         InRange(terms.quantity.units) && InRange(terms.price.units) && InRange(terms.stop_price.units) &&
         terms.options < 4 && HasValidPrice(terms) &&
         NeedsStop(terms.type) == (terms.stop_price.units != 0);
}

[[gnu::always_inline]] inline std::uint64_t Desk::RecordIntent(
    std::uint32_t strategy, const Command& command, const std::vector<Observation>& observed) {
  const OrderTerms& terms = command.terms;
  Event& intent = Record(Kind::kIntent, 0, command.instrument, terms.side);
  SetBody(intent, IntentBody{terms.price, terms.quantity, command.order_id, terms.stop_price});
  const std::uint64_t seq = intent.seq;
  const std::uint16_t end = observed.empty() ? flag::kGroupEnd : std::uint16_t{0};
  Event& conditions = Record(Kind::kIntentTerms, end, command.instrument, terms.side);
  const Nanos expiry = terms.tif == TimeInForce::kGoodTillDate ? terms.expiry : Nanos{};
  SetBody(conditions, IntentTermsBody{terms.display, expiry, TypeAndTif(terms), strategy});
  for (const Observation& observation : observed) {
    const std::uint16_t flags = &observation == &observed.back() ? flag::kGroupEnd : std::uint16_t{0};
    SetBody(Record(Kind::kFeatureRead, flags, command.instrument, terms.side),
            FeatureReadBody{observation.feature, std::bit_cast<std::int64_t>(observation.value), cause_bits_,
                            command.order_id});
  }
  return seq;
}

std::uint64_t Desk::RecordChange(Kind kind, std::uint32_t strategy, const Command& command) {
  Event& change = Record(kind, flag::kGroupEnd, command.instrument, command.terms.side);
  SetBody(change, ChangeIntentBody{command.terms.price, command.terms.quantity, command.order_id, strategy});
  return change.seq;
}

bool Desk::CheckRisk(const Command& command, std::uint64_t intent_seq) {
  const std::uint32_t instrument = command.instrument.value;
  const auto denial =
      risk_.Check(command, {now_, &account_, &orders_, mids_[instrument], mid_times_[instrument]});
  if (!denial) return false;
  Event& event = Record(Kind::kRiskDenial, flag::kGroupEnd, command.instrument, command.terms.side);
  event.origin = CauseRef{0, intent_seq}.bits();
  SetBody(event, RiskDenialBody{static_cast<std::int64_t>(denial->rule), denial->value, denial->limit, command.order_id});
  ++denials_[denial->rule];
  return true;
}

Desk::Answer Desk::Submit(std::uint32_t strategy, const std::vector<Observation>& observed, Command& command) {
  if (!Valid(command.instrument, command.terms)) return Answer::kInvalid;
  command.type = CommandType::kSubmit;
  command.order_id = {++last_order_id_};
  if (Denied(command, RecordIntent(strategy, command, observed))) return Answer::kDenied;
  orders_.Submit(command, now_, strategy);
  return Answer::kOk;
}

const trading::Order* Desk::OwnOrder(std::uint32_t strategy, OrderId id) const {
  const trading::Order* order = orders_.Find(id);
  return order != nullptr && order->strategy == strategy && !order->closed() ? order : nullptr;
}

Desk::Answer Desk::Cancel(std::uint32_t strategy, OrderId id, Command& command) {
  const trading::Order* order = OwnOrder(strategy, id);
  if (order == nullptr) return Answer::kNotFound;
  command = {CommandType::kCancel, order->instrument, id, {}};
  command.terms.side = order->terms.side;
  if (Denied(command, RecordChange(Kind::kCancelIntent, strategy, command))) return Answer::kDenied;
  return orders_.Cancel(id) == trading::RequestError::kNone ? Answer::kOk : Answer::kNotFound;
}

Desk::Answer Desk::Amend(std::uint32_t strategy, OrderId id, Price price, Quantity quantity, Command& command) {
  const trading::Order* order = OwnOrder(strategy, id);
  if (order == nullptr) return Answer::kNotFound;
  if (quantity.units <= 0 || !InRange(quantity.units) || !InRange(price.units) || order->amend_pending ||
      NeedsPrice(order->terms.type) != (price.units != 0)) {
    return Answer::kInvalid;
  }
  command = {CommandType::kAmend, order->instrument, id, order->terms};
  command.terms.price = price;
  command.terms.quantity = quantity;
  if (Denied(command, RecordChange(Kind::kAmendIntent, strategy, command))) return Answer::kDenied;
  return orders_.Amend(id, price, quantity) == trading::RequestError::kNone ? Answer::kOk : Answer::kNotFound;
}

void Desk::HashBooks(StateHasher& hasher) const {
  for (const book::Book& book : books_) book.Hash(hasher);
}

}  // namespace crucible::engine
