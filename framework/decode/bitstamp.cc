#include "framework/decode/bitstamp.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/csv.h"
#include "framework/decode/json_tree.h"
#include "framework/decode/number_reader.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
// How many deleted ids are remembered: late events follow within seconds.
constexpr std::size_t kRemembered = std::size_t{1} << 16;

// The latest ids that were deleted.
class Departed {
 public:
  void Add(std::uint64_t id) {
    if (!ids_.insert(id).second) return;
    order_.push_back(id);
    if (order_.size() <= kRemembered) return;
    ids_.erase(order_.front());
    order_.pop_front();
  }
  bool Holds(std::uint64_t id) const { return ids_.contains(id); }
  void Clear() {
    ids_.clear();
    order_.clear();
  }

 private:
  absl::flat_hash_set<std::uint64_t> ids_;  // lookup only
  std::deque<std::uint64_t> order_;
};

struct OrderEvent {
  std::uint64_t id = 0;
  Price price;
  Quantity amount;  // what remains
  Side side = Side::kNone;
};

struct OpenOrder {
  Quantity open;
  Price price;
  Side side = Side::kNone;
};

class BitstampImporter final : public Importer {
 public:
  absl::Status Prepare(ImportContext&) override { return absl::OkStatus(); }
  absl::Status Run(ImportContext& context) override;

 private:
  absl::Status RunFile(ImportContext& context, const std::string& path);
  absl::Status RunLine(ImportContext& context, const LineReader& reader, std::string_view line);
  absl::Status Define(ImportContext& context, const LineReader& reader, Nanos time);
  absl::Status ReadOrder(const LineReader& reader, OrderEvent& order) const;
  absl::Status OnOrder(ImportContext& context, const LineReader& reader, std::string_view event);
  void OnCreated(ImportContext& context, const OrderEvent& order);
  void OnChanged(ImportContext& context, const OrderEvent& order, OpenOrder& known);
  void Fill(ImportContext& context, std::uint64_t id, const OpenOrder& known, Quantity filled);
  bool TakesLiquidity(const ImportContext& context, std::uint64_t id, const OpenOrder& known) const;
  absl::Status CompareBook(ImportContext& context, const LineReader& reader);
  void StoreMeasures(ImportContext& context) const;

  JsonTree json_;
  std::optional<InstrumentId> id_;
  Instrument instrument_;
  std::optional<NumberReader> numbers_;
  absl::flat_hash_map<std::uint64_t, OpenOrder> orders_;  // lookup only
  Departed departed_;
  Nanos last_time_;
  std::int64_t ghosts_ = 0;
  std::int64_t trades_ = 0;
  std::int64_t books_ = 0;
  std::int64_t touches_equal_ = 0;
};

absl::Status BitstampImporter::Run(ImportContext& context) {
  orders_.clear();
  departed_.Clear();
  last_time_ = {};
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(RunFile(context, path));
  context.report.completeness = Completeness::kFullL3;
  StoreMeasures(context);
  return absl::OkStatus();
}

absl::Status BitstampImporter::RunFile(ImportContext& context, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
  std::string_view line;
  while (reader.Next(&line)) {
    const absl::Status status = line.empty() ? absl::OkStatus() : RunLine(context, reader, line);
    if (status.ok()) continue;
    if (!reader.ended_without_line_feed() || !absl::IsInvalidArgument(status)) return status;
    context.doctor.Report(FindingCode::kSessionWithoutEnd, reader,
                          [&] { return std::string(status.message()); });
  }
  return reader.status();
}

// "1430438404518 order_created {...}"
struct LogLine {
  Nanos time;
  std::string_view event;
  std::string_view json;
};
std::optional<LogLine> SplitLine(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  std::int64_t millis = 0;
  if (second == std::string_view::npos || !ParseInteger(line.substr(0, first), &millis)) return std::nullopt;
  if (millis <= 0 || millis > kLatestTime.since_epoch / kMillisecond) return std::nullopt;
  return LogLine{
      {millis * kMillisecond}, line.substr(first + 1, second - first - 1), line.substr(second + 1)};
}

absl::Status BitstampImporter::RunLine(ImportContext& context, const LineReader& reader,
                                       std::string_view line) {
  const std::optional<LogLine> log = SplitLine(line);
  if (!log) {
    return ErrorAt(reader, absl::StrFormat("the line starts '%s', expected a time in ms, an event and JSON",
                                           line.substr(0, 40)));
  }
  const std::string wrong = json_.Parse(log->json);
  if (!wrong.empty()) return ErrorAt(reader, wrong);
  if (log->time < last_time_) {
    context.doctor.Report(FindingCode::kReversedTime, reader, [&] {
      return absl::StrFormat("%d ns earlier than the line before", (last_time_ - log->time).nanos);
    });
  }
  last_time_ = std::max(last_time_, log->time);
  CRUCIBLE_RETURN_IF_ERROR(Define(context, reader, log->time));
  if (log->event == "order_book") return CompareBook(context, reader);
  if (log->event.starts_with("order_")) return OnOrder(context, reader, log->event);
  if (log->event == "trade") {
    ++trades_;
  } else {
    context.doctor.Report(FindingCode::kUnknownMessage, reader,
                          [&] { return std::string(log->event.substr(0, 40)); });
  }
  return absl::OkStatus();
}

// "bitstamp_btcusd_20150501_events.log"
std::string SymbolFromName(std::string_view name) {
  if (!name.starts_with("bitstamp_")) return "";
  name.remove_prefix(9);
  std::string symbol(name.substr(0, name.find_first_of("_.")));
  for (char& c : symbol) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return symbol;
}

absl::Status BitstampImporter::Define(ImportContext& context, const LineReader& reader, Nanos time) {
  if (id_) return absl::OkStatus();
  InstrumentDefaults defaults;
  defaults.venue = "bitstamp";
  defaults.symbol = SymbolFromName(BaseName(reader.name()));
  if (defaults.symbol.size() > 3) defaults.currency = defaults.symbol.substr(defaults.symbol.size() - 3);
  defaults.price_decimals = 2;
  defaults.quantity_decimals = 8;
  defaults.tick_size = "0.01";
  defaults.lot_size = "0.00000001";
  absl::StatusOr<Instrument> instrument = MakeInstrument(defaults, context.options);
  if (!instrument.ok()) return ErrorAt(reader, std::string(instrument.status().message()));
  instrument_ = *std::move(instrument);
  CRUCIBLE_ASSIGN_OR_RETURN(id_, context.writer.Define(instrument_, time));
  context.books.Watch(*id_, instrument_, book::BookType::kL3, 0);
  numbers_.emplace(instrument_, context.doctor);
  return absl::OkStatus();
}

absl::Status BitstampImporter::ReadOrder(const LineReader& reader, OrderEvent& order) const {
  const JsonNode root = json_.root();
  const std::string_view type = root["order_type"].text();
  if (type != "0" && type != "1") {
    return ErrorAt(reader, absl::StrFormat("order_type is '%s', expected 0 or 1", type.substr(0, 40)));
  }
  order.side = type == "0" ? Side::kBid : Side::kAsk;
  if (!ParseInteger(root["id"].text(), &order.id)) {
    return ErrorAt(reader, absl::StrFormat("id is '%s', expected digits", root["id"].text().substr(0, 40)));
  }
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(root["price"].text(), reader, &order.price));
  return numbers_->ReadQuantity(root["amount"].text(), reader, &order.amount);
}

absl::Status BitstampImporter::OnOrder(ImportContext& context, const LineReader& reader,
                                       std::string_view event) {
  OrderEvent order;
  CRUCIBLE_RETURN_IF_ERROR(ReadOrder(reader, order));
  const bool deleted = event == "order_deleted";
  const auto found = orders_.find(order.id);
  const bool known = found != orders_.end();
  if (!known && !deleted && departed_.Holds(order.id)) {
    ++ghosts_;
    return absl::OkStatus();
  }
  context.writer.BeginGroup(last_time_, last_time_, *id_);
  if (event == "order_created") {
    if (known) {
      context.doctor.Report(FindingCode::kDuplicateOrder, reader,
                            [&] { return absl::StrCat("order ", order.id); });
      return absl::OkStatus();
    }
    OnCreated(context, order);
  } else if (!known) {
    context.doctor.Report(FindingCode::kUnknownOrder, reader,
                          [&] { return absl::StrCat("order ", order.id); });
    if (!deleted) OnCreated(context, order);  // it rested before the log began
  } else if (!deleted) {
    OnChanged(context, order, found->second);
    if (order.amount.units == 0) orders_.erase(found);
  } else {
    const OpenOrder left = found->second;
    orders_.erase(found);
    if (order.amount.units == 0) {
      Fill(context, order.id, left, left.open);
    } else {
      context.writer.Add(Kind::kOrderDelete, left.side, 0, L3Body{left.price, left.open, {order.id}, 0});
    }
  }
  if (deleted) departed_.Add(order.id);
  return context.writer.group().empty() ? absl::OkStatus() : context.output().EndGroup(reader);
}

void BitstampImporter::OnCreated(ImportContext& context, const OrderEvent& order) {
  if (order.amount.units == 0) return;
  orders_.insert_or_assign(order.id, OpenOrder{order.amount, order.price, order.side});
  context.writer.Add(Kind::kOrderAdd, order.side, 0, L3Body{order.price, order.amount, {order.id}, 0});
}

void BitstampImporter::OnChanged(ImportContext& context, const OrderEvent& order, OpenOrder& known) {
  const Quantity filled = known.open - order.amount;
  if (order.price == known.price && filled.units > 0) {
    Fill(context, order.id, known, filled);
  } else if (order.price != known.price || filled.units < 0) {
    context.writer.Add(Kind::kOrderModify, known.side, 0, L3Body{order.price, order.amount, {order.id}, 0});
  }
  known.open = order.amount;
  known.price = order.price;
}

// Both orders of a trade shrink, one after the other. The one that rested is executed; the one that took is
// reduced, or the trade would count twice.
void BitstampImporter::Fill(ImportContext& context, std::uint64_t id, const OpenOrder& known,
                            Quantity filled) {
  if (!TakesLiquidity(context, id, known)) {
    context.writer.Add(Kind::kOrderExecute, known.side, 0, ExecuteBody{known.price, filled, {id}, 0});
  } else if (filled == known.open) {
    context.writer.Add(Kind::kOrderDelete, known.side, 0, L3Body{known.price, filled, {id}, 0});
  } else {
    context.writer.Add(Kind::kOrderReduce, known.side, 0, L3Body{known.price, filled, {id}, 0});
  }
}

// The order crosses the book, and came after the one that it meets.
bool BitstampImporter::TakesLiquidity(const ImportContext& context, std::uint64_t id,
                                      const OpenOrder& known) const {
  const book::L3Book& book = *context.books.book(*id_)->l3();
  const auto front = book.Front(Opposite(known.side));
  if (!front || IsBetter(known.side, front->price, known.price)) return false;
  return front->id.value < id;
}

absl::Status BitstampImporter::CompareBook(ImportContext& context, const LineReader& reader) {
  const JsonNode bid = json_.root()["bids"][std::size_t{0}][std::size_t{0}];
  const JsonNode ask = json_.root()["asks"][std::size_t{0}][std::size_t{0}];
  const book::Touch& touch = context.books.book(*id_)->touch();
  if (!bid.exists() || !ask.exists() || !touch.HasBoth()) return absl::OkStatus();
  Price bid_price;
  Price ask_price;
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(bid.text(), reader, &bid_price));
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(ask.text(), reader, &ask_price));
  ++books_;
  const bool equal = touch.bid_price == bid_price && touch.ask_price == ask_price;
  touches_equal_ += equal ? 1 : 0;
  if (equal) return absl::OkStatus();
  context.doctor.Report(FindingCode::kTouchMismatch, reader, [&] {
    return absl::StrFormat("rebuilt %d/%d, published %d/%d price units", touch.bid_price.units,
                           touch.ask_price.units, bid_price.units, ask_price.units);
  });
  return absl::OkStatus();
}

void BitstampImporter::StoreMeasures(ImportContext& context) const {
  context.doctor.SetMeasure("touches_compared", books_);
  context.doctor.SetMeasure("touches_equal", touches_equal_);
  context.doctor.SetMeasure("late_events_ignored", ghosts_);
  context.doctor.SetMeasure("trade_messages", trades_);
  context.doctor.SetMeasure("orders_left", static_cast<std::int64_t>(orders_.size()));
}

}  // namespace

bool RecognisesBitstamp(const FileHead& head) {
  if (head.lines.empty()) return false;
  const std::optional<LogLine> log = SplitLine(head.lines.front());
  return log && log->json.starts_with('{') && (log->event.starts_with("order_") || log->event == "trade");
}

std::unique_ptr<Importer> MakeBitstampImporter() { return std::make_unique<BitstampImporter>(); }

}  // namespace crucible::decode
