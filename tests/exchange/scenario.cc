#include "tests/exchange/scenario.h"

#include <functional>
#include <map>
#include <memory>

#include "absl/strings/str_join.h"
#include "simulators/exchange/auction.h"
#include "simulators/exchange/exchange.h"
#include "tests/exchange/naive_exchange.h"
#include "tests/exchange/scenario_words.h"

namespace crucible::exchange {
namespace {

// What a player needs from either exchange.
struct Model {
  virtual ~Model() = default;
  virtual void SetSelfTrade(Owner owner, SelfTrade mode) = 0;
  virtual OrderId Submit(Owner owner, std::uint64_t tag, const trading::OrderTerms& terms, Nanos now) = 0;
  virtual void Cancel(Owner owner, OrderId id, std::uint64_t tag, Nanos now) = 0;
  virtual void Amend(Owner owner, OrderId id, std::uint64_t tag, Price price, std::int64_t total,
                     Nanos now) = 0;
  virtual void StartAuction(Nanos until, Nanos now) = 0;
  virtual void Halt(Nanos until, Nanos now) = 0;
  virtual void Reopen(Nanos now) = 0;
  virtual void Advance(Nanos to) = 0;
  virtual Nanos NextDue() const = 0;
  virtual std::vector<AuctionLevel> Levels(Side side) const = 0;
  virtual AccountState Account(Owner owner) const = 0;
  virtual bool InvariantsHold() const = 0;
};

template <class Venue>
class ModelOf final : public Model {
 public:
  explicit ModelOf(std::unique_ptr<Venue> venue) : venue_(std::move(venue)) {}
  void SetSelfTrade(Owner owner, SelfTrade mode) override { venue_->SetSelfTrade(owner, mode); }
  OrderId Submit(Owner owner, std::uint64_t tag, const trading::OrderTerms& terms, Nanos now) override {
    return venue_->Submit(owner, tag, terms, now);
  }
  void Cancel(Owner owner, OrderId id, std::uint64_t tag, Nanos now) override {
    venue_->Cancel(owner, id, tag, now);
  }
  void Amend(Owner owner, OrderId id, std::uint64_t tag, Price price, std::int64_t total,
             Nanos now) override {
    venue_->Amend(owner, id, tag, price, total, now);
  }
  void StartAuction(Nanos until, Nanos now) override { venue_->StartAuction(until, now); }
  void Halt(Nanos until, Nanos now) override { venue_->Halt(until, now); }
  void Reopen(Nanos now) override { venue_->Reopen(now); }
  void Advance(Nanos to) override { venue_->Advance(to); }
  Nanos NextDue() const override { return venue_->NextDue(); }
  std::vector<AuctionLevel> Levels(Side side) const override {
    std::vector<AuctionLevel> levels;
    const auto keep = [&](Price price, std::int64_t quantity) {
      levels.push_back({price, quantity});
      return true;
    };
    if constexpr (requires { venue_->book(); }) {
      venue_->book().ForEachLevel(side, keep);
    } else {
      venue_->ForEachLevel(side, keep);
    }
    return levels;
  }
  AccountState Account(Owner owner) const override { return venue_->ledger().account(owner); }
  bool InvariantsHold() const override { return venue_->InvariantsHold(); }

 private:
  std::unique_ptr<Venue> venue_;
};

class Player final : public ExchangeListener {
 public:
  Player(const Scenario& scenario, bool naive) : scenario_(scenario), naive_(naive) {
    rules_.instrument = {
        .venue = "test", .symbol = "X", .currency = "USD", .settle_currency = "USD", .price_decimals = 2};
  }

  absl::StatusOr<std::vector<std::string>> Play() {
    for (const std::string& line : scenario_.lines) {
      if (line.starts_with("  ")) continue;
      transcript_.push_back(line);
      if (const absl::Status status = Do(absl::StrSplit(line, ' ', absl::SkipEmpty())); !status.ok()) {
        return absl::InvalidArgumentError(absl::StrFormat("%s, \"%s\", line \"%s\": %s", scenario_.file,
                                                          scenario_.title, line,
                                                          std::string(status.message())));
      }
      if (model_ != nullptr && !model_->InvariantsHold()) Note("the exchange contradicts itself");
    }
    return transcript_;
  }

  void OnReply(const Reply& reply) override {
    const std::string order = NameOf(reply.tag);
    const std::string reason(Name(static_cast<Reason>(reply.detail)));
    switch (reply.kind) {
      case Kind::kAccepted:
        return Note(reply.detail < 0 ? order + " accepted"
                                     : absl::StrCat(order, " accepted, ", reply.detail, " ahead"));
      case Kind::kRejected:
        return Note(absl::StrCat(order, " rejected: ", reason));
      case Kind::kCanceled:
        return Note(absl::StrCat(order, " canceled, ", reply.quantity, " left: ", reason));
      case Kind::kCancelRejected:
        return Note(absl::StrCat(order, " cancel rejected: ", reason));
      case Kind::kAmended:
        return Note(absl::StrCat(order, " amended: ", reply.quantity, " open",
                                 reply.price.units == 0 ? "" : " @ " + PriceText(reply.price),
                                 reply.detail < 0 ? "" : absl::StrCat(", ", reply.detail, " ahead")));
      case Kind::kAmendRejected:
        return Note(absl::StrCat(order, " amend rejected: ", reason));
      default:
        return Note(absl::StrCat(order, " triggered"));
    }
  }
  void OnTrade(const Trade& trade) override {
    Note(absl::StrCat(trade.aggressor == Side::kNone ? "auction trade " : "trade ", trade.quantity, " @ ",
                      PriceText(trade.price), ": ", NameOf(trade.buyer.tag), " buys from ",
                      NameOf(trade.seller.tag)));
  }
  void OnBook(const BookChange&) override {}
  void OnStatus(TradingStatus status, Reason reason) override {
    const std::string_view text = status == TradingStatus::kTrading  ? "market trading"
                                  : status == TradingStatus::kHalted ? "market halted"
                                                                     : "market in auction";
    Note(absl::StrCat(std::string(text), reason == Reason::kOutsideBand ? ": outside band" : ""));
  }

 private:
  struct OrderName {
    Owner owner = 0;
    std::uint64_t tag = 0;
    OrderId id{9'999'999};  // of an order that nobody has sent
  };

  void Note(const std::string& event) { transcript_.push_back("  " + event); }
  std::string NameOf(std::uint64_t tag) const {
    for (const auto& [name, order] : orders_)
      if (order.tag == tag) return name;
    return "?";
  }
  Owner OwnerOf(const std::string& name) {
    return owners_.try_emplace(name, static_cast<Owner>(owners_.size() + 1)).first->second;
  }

  absl::Status Do(const Words& words) {
    static const std::vector<std::string> kRules = {"tick",      "lot",         "band",
                                                    "reference", "halt-length", "auction-length",
                                                    "messages",  "fees",        "self-trade"};
    if (std::ranges::find(kRules, words[0]) != kRules.end()) return ReadRule(words);
    CRUCIBLE_RETURN_IF_ERROR(Open());
    if (words[0] == "book" && words.size() == 1) return ShowBook();
    if (words[0] == "at" && words.size() == 2) return SetClock(words[1]);
    if (words[0] == "auction" || words[0] == "halt" || words[0] == "reopen") return Operate(words);
    return words.size() < 2 ? Unreadable(words[0]) : Message(words);
  }

  absl::Status ReadRule(const Words& words) {
    if (model_ != nullptr || words.size() < 2)
      return Unreadable(words[0] + " (rules stand before everything else)");
    if (words[0] == "self-trade") {
      CRUCIBLE_ASSIGN_OR_RETURN(rules_.self_trade, ReadSelfTrade(words[1]));
    } else if (words[0] == "halt-length") {
      CRUCIBLE_ASSIGN_OR_RETURN(rules_.halt_length, ReadSeconds(words[1]));
    } else if (words[0] == "auction-length") {
      CRUCIBLE_ASSIGN_OR_RETURN(rules_.auction_length, ReadSeconds(words[1]));
    } else if (words[0] == "fees" && words.size() == 5) {  // fees maker -1bps taker 2bps
      CRUCIBLE_ASSIGN_OR_RETURN(const double maker, ReadBps(words[2]));
      CRUCIBLE_ASSIGN_OR_RETURN(const double taker, ReadBps(words[4]));
      rules_.fees = trading::FeeConfig::MakerTaker(maker, taker);
    } else if (words[0] == "messages" && words.size() == 4) {  // messages 3 per 1s
      CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t most, ReadNumber(words[1]));
      CRUCIBLE_ASSIGN_OR_RETURN(rules_.message_interval, ReadSeconds(words[3]));
      rules_.max_messages = static_cast<std::uint32_t>(most);
    } else if (words[0] == "lot") {
      CRUCIBLE_ASSIGN_OR_RETURN(rules_.instrument.lot_size.units, ReadNumber(words[1]));
    } else {
      CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t value, ReadPrice(words[1]));
      if (words[0] == "tick") rules_.instrument.tick_size = {value};
      if (words[0] == "band") rules_.band = {value};
      if (words[0] == "reference") rules_.reference = {value};
    }
    return absl::OkStatus();
  }

  absl::Status Open() {
    if (model_ != nullptr) return absl::OkStatus();
    if (naive_) {
      model_ = std::make_unique<ModelOf<NaiveExchange>>(std::make_unique<NaiveExchange>(rules_, *this));
      return absl::OkStatus();
    }
    CRUCIBLE_ASSIGN_OR_RETURN(std::unique_ptr<Exchange> exchange, Exchange::Create(rules_, *this));
    model_ = std::make_unique<ModelOf<Exchange>>(std::move(exchange));
    return absl::OkStatus();
  }

  absl::Status SetClock(const std::string& text) {
    CRUCIBLE_ASSIGN_OR_RETURN(now_, ReadClock(text));
    model_->Advance(now_);
    return absl::OkStatus();
  }
  // auction until 10:00:05, halt [until 10:00:05], reopen
  absl::Status Operate(const Words& words) {
    Nanos until = kEndOfTime;
    if (words.size() == 3) {
      CRUCIBLE_ASSIGN_OR_RETURN(until, ReadClock(words[2]));
    }
    if (words[0] == "auction") {
      model_->StartAuction(until, now_);
    } else if (words[0] == "halt") {
      model_->Halt(until, now_);
    } else {
      model_->Reopen(now_);
    }
    return absl::OkStatus();
  }
  absl::Status ShowBook() {
    for (const Side side : {Side::kBid, Side::kAsk}) {
      const std::string text =
          absl::StrJoin(model_->Levels(side), ", ", [](std::string* out, const AuctionLevel& level) {
            absl::StrAppend(out, level.quantity, " @ ", PriceText(level.price));
          });
      Note(absl::StrCat(side == Side::kBid ? "bids: " : "asks: ", text.empty() ? "none" : text));
    }
    return absl::OkStatus();
  }

  absl::Status Message(const Words& words) {
    const Owner owner = OwnerOf(words[0]);
    if (words[1] == "buys" || words[1] == "sells") {
      CRUCIBLE_ASSIGN_OR_RETURN(const trading::OrderTerms terms, ReadOrder(words));
      OrderName& order = orders_[words[6]];
      order = {owner, orders_.size(), {}};
      order.id = model_->Submit(owner, order.tag, terms, now_);
      return absl::OkStatus();
    }
    if (words[1] == "account") {
      const AccountState account = model_->Account(owner);
      Note(absl::StrCat(account.position, " units, ", MoneyText(account.cash), " cash, ",
                        MoneyText(account.fees), " fees"));
      return absl::OkStatus();
    }
    if (words.size() < 3) return Unreadable(words[1]);
    if (words[1] == "self-trade") {
      CRUCIBLE_ASSIGN_OR_RETURN(const SelfTrade mode, ReadSelfTrade(words[2]));
      model_->SetSelfTrade(owner, mode);
      return absl::OkStatus();
    }
    const auto [at, made] = orders_.try_emplace(words[2]);
    if (made) at->second = {owner, orders_.size(), {9'999'999}};
    return ChangeOrder(owner, at->second, words);
  }

  // alice cancels a1; alice amends a1 to 50 [@ 10.00]
  absl::Status ChangeOrder(Owner owner, const OrderName& order, const Words& words) {
    if (words[1] == "cancels") {
      model_->Cancel(owner, order.id, order.tag, now_);
      return absl::OkStatus();
    }
    if (words[1] != "amends" || words.size() < 5 || words[3] != "to") return Unreadable(words[1]);
    CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t total, ReadNumber(words[4]));
    Price price;
    if (words.size() == 7) {
      CRUCIBLE_ASSIGN_OR_RETURN(price.units, ReadPrice(words[6]));
    }
    model_->Amend(owner, order.id, order.tag, price, total, now_);
    return absl::OkStatus();
  }

  const Scenario& scenario_;
  bool naive_;
  MarketRules rules_;
  std::unique_ptr<Model> model_;
  Nanos now_{kScenarioDay + 36'000'000'000'000};  // 10:00:00
  std::map<std::string, Owner> owners_;
  std::map<std::string, OrderName> orders_;
  std::vector<std::string> transcript_;
};

}  // namespace

absl::StatusOr<std::vector<Scenario>> ReadScenarios(const std::string& file, std::string_view text) {
  std::vector<Scenario> scenarios;
  int number = 0;
  const std::vector<std::string> lines = absl::StrSplit(std::string(text), '\n');
  for (std::string line : lines) {
    ++number;
    while (!line.empty() && line.back() == ' ') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("scenario: ")) {
      scenarios.push_back({line.substr(10), file, number, {}});
    } else if (scenarios.empty()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s:%d: expected \"scenario: TITLE\", found \"%s\"", file, number, line));
    } else {
      scenarios.back().lines.push_back(line);
    }
  }
  return scenarios;
}

absl::StatusOr<std::vector<std::string>> Play(const Scenario& scenario, bool naive) {
  return Player(scenario, naive).Play();
}

}  // namespace crucible::exchange
