#include "framework/decode/itch.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/decode/fixed_width.h"
#include "framework/decode/itch_message.h"
#include "framework/event/order_codes.h"

namespace crucible::decode {
namespace {

using Bytes = std::span<const char>;

struct OpenOrder {
  std::uint32_t open = 0;
  std::uint32_t price = 0;
  std::uint16_t locate = 0;
  Side side = Side::kNone;
};

class ItchImporter final : public Importer {
 public:
  absl::Status Prepare(ImportContext& context) override;
  absl::Status Run(ImportContext& context) override;

 private:
  absl::Status OpenDay(ImportContext& context, const std::string& path);
  absl::Status RunFile(ImportContext& context, const std::string& path);
  absl::Status OnMessage(ImportContext& context, const Position& at);
  absl::Status OnDirectory(ImportContext& context, const Position& at);
  absl::StatusOr<InstrumentId> Define(ImportContext& context, const Position& at);
  absl::Status OnStatus(ImportContext& context, const Position& at);
  absl::Status OnAdd(ImportContext& context, const Position& at);
  absl::Status OnChange(ImportContext& context, const Position& at);
  absl::Status OnTrade(ImportContext& context, const Position& at);
  bool AddOrder(ImportContext& context, const Position& at, std::uint64_t id, Side side);
  void AddChange(ImportContext& context, const Position& at, OpenOrder& order);
  bool Wanted(std::uint16_t locate) const { return locate < stocks_.size() && stocks_[locate].has_value(); }
  void BeginGroup(ImportContext& context) const;
  void StoreMeasures(ImportContext& context) const;

  ItchMessage message_;
  Nanos midnight_;  // UTC
  Duration last_time_;
  std::vector<std::optional<InstrumentId>> stocks_;           // of the day, by locate; empty: not wanted
  absl::flat_hash_map<std::string, InstrumentId> by_symbol_;  // lookup only
  absl::flat_hash_map<std::uint64_t, OpenOrder> orders_;      // of the day; lookup only
  std::array<std::int64_t, 256> counts_{};                    // messages by type
};

absl::Status ItchImporter::Prepare(ImportContext& context) {
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(OpenDay(context, path));
  context.report.completeness = Completeness::kFullL3;
  return absl::OkStatus();
}

absl::Status ItchImporter::OpenDay(ImportContext& context, const std::string& path) {
  const ImportOptions& options = context.options;
  const auto date = options.date.empty() ? ItchDate(BaseName(path)) : ParseDate(options.date);
  if (!date) {
    return absl::InvalidArgumentError(
        options.date.empty()
            ? absl::StrFormat("%s: neither the name nor the messages tell the date; give --date", path)
            : absl::StrFormat("date is '%s', expected YYYY-MM-DD", options.date));
  }
  const Duration offset = options.utc_offset.value_or(NewYorkUtcOffset(*date));
  midnight_ = Midnight(*date) - offset;
  context.report.utc_offset = offset;
  return absl::OkStatus();
}

absl::Status ItchImporter::Run(ImportContext& context) {
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(RunFile(context, path));
  StoreMeasures(context);
  return absl::OkStatus();
}

absl::Status ItchImporter::RunFile(ImportContext& context, const std::string& path) {
  CRUCIBLE_RETURN_IF_ERROR(OpenDay(context, path));
  CRUCIBLE_ASSIGN_OR_RETURN(ByteReader reader, context.OpenBytes(path));
  stocks_.clear();
  orders_.clear();
  last_time_ = {};
  Bytes bytes;
  while (reader.Peek(3, &bytes)) {
    const std::size_t length = BigEndian(bytes, 0, 2);
    const char type = bytes[2];
    if (!reader.Take(2, &bytes)) break;
    if (length == 0 || length != ItchBytes(type)) {
      return ErrorAt(reader,
                     absl::StrFormat("a message of type %d ('%c') and %d bytes, expected %d", type,
                                     type >= ' ' && type <= '~' ? type : '?', length, ItchBytes(type)));
    }
    if (!reader.Take(length, &bytes)) break;
    message_ = ReadItch(bytes);
    CRUCIBLE_RETURN_IF_ERROR(OnMessage(context, reader));
  }
  context.doctor.AddToMeasure("orders_left", static_cast<std::int64_t>(orders_.size()));
  return reader.status();
}

absl::Status ItchImporter::OnMessage(ImportContext& context, const Position& at) {
  ++counts_[static_cast<unsigned char>(message_.type)];
  if (message_.time >= Duration{2 * kNanosPerDay}) {
    return ErrorAt(at, absl::StrFormat("time is %d ns after midnight, expected less than two days",
                                       message_.time.nanos));
  }
  if (message_.time < last_time_) {
    context.doctor.Report(FindingCode::kReversedTime, at, [&] {
      return absl::StrFormat("%d ns earlier than the message before", (last_time_ - message_.time).nanos);
    });
  }
  last_time_ = std::max(last_time_, message_.time);
  switch (message_.type) {
    case 'R':
      return OnDirectory(context, at);
    case 'H':
      return OnStatus(context, at);
    case 'A':
    case 'F':
      return OnAdd(context, at);
    case 'E':
    case 'C':
    case 'X':
    case 'D':
    case 'U':
      return OnChange(context, at);
    case 'P':
    case 'Q':
      return OnTrade(context, at);
    default:
      return absl::OkStatus();
  }
}

void ItchImporter::BeginGroup(ImportContext& context) const {
  const Nanos time = midnight_ + message_.time;
  context.writer.BeginGroup(time, time, *stocks_[message_.locate]);
}

absl::Status ItchImporter::OnDirectory(ImportContext& context, const Position& at) {
  if (!context.options.symbol.empty() && context.options.symbol != message_.stock) {
    context.doctor.PassOver(message_.stock);
    return absl::OkStatus();
  }
  if (stocks_.size() <= message_.locate) stocks_.resize(message_.locate + std::size_t{1});
  const auto known = by_symbol_.find(std::string(message_.stock));
  if (known == by_symbol_.end()) {
    CRUCIBLE_ASSIGN_OR_RETURN(stocks_[message_.locate], Define(context, at));
    return absl::OkStatus();
  }
  if (stocks_[message_.locate] == known->second) return absl::OkStatus();  // updated within the day
  // Another day: orders do not live over night.
  stocks_[message_.locate] = known->second;
  BeginGroup(context);
  context.writer.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
  return context.output().EndGroup(at);
}

absl::StatusOr<InstrumentId> ItchImporter::Define(ImportContext& context, const Position& at) {
  InstrumentDefaults defaults;
  defaults.venue = "nasdaq";
  defaults.symbol = std::string(message_.stock);
  defaults.price_decimals = kItchPriceDecimals;
  defaults.tick_size = "0.01";
  absl::StatusOr<Instrument> instrument = MakeInstrument(defaults, context.options);
  if (!instrument.ok()) return ErrorAt(at, std::string(instrument.status().message()));
  if (instrument->price_decimals != kItchPriceDecimals || instrument->quantity_decimals != 0) {
    return absl::InvalidArgumentError("an ITCH file has 4 price decimals and 0 quantity decimals");
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId id,
                            context.writer.Define(*instrument, midnight_ + message_.time));
  context.books.Watch(id, *instrument, book::BookType::kL3, 0);
  by_symbol_.emplace(std::string(message_.stock), id);
  return id;
}

absl::Status ItchImporter::OnStatus(ImportContext& context, const Position& at) {
  if (!Wanted(message_.locate)) return absl::OkStatus();
  TradingStatus status{};
  switch (message_.state) {
    case 'T':
      status = TradingStatus::kTrading;
      break;
    case 'Q':
      status = TradingStatus::kQuoting;
      break;
    case 'H':
    case 'P':
      status = TradingStatus::kHalted;
      break;
    default:
      return ErrorAt(at, absl::StrFormat("trading state is %d, expected H, P, Q or T", message_.state));
  }
  BeginGroup(context);
  context.writer.Add(Kind::kTradingStatus, Side::kNone, 0,
                     StatusBody{static_cast<std::int64_t>(status), 0, {}});
  return context.output().EndGroup(at);
}

// False when the order cannot rest.
bool ItchImporter::AddOrder(ImportContext& context, const Position& at, std::uint64_t id, Side side) {
  const auto open = static_cast<std::uint32_t>(message_.shares.units);
  const auto price = static_cast<std::uint32_t>(message_.price.units);
  if (side == Side::kNone || open == 0) {
    context.doctor.Report(FindingCode::kOrderMismatch, at,
                          [&] { return absl::StrFormat("order %d is added without side or shares", id); });
    return false;
  }
  if (!orders_.try_emplace(id, OpenOrder{open, price, message_.locate, side}).second) {
    context.doctor.Report(FindingCode::kDuplicateOrder, at, [&] { return absl::StrFormat("order %d", id); });
    return false;
  }
  if (message_.price.units % context.writer.instruments()[stocks_[message_.locate]->value].tick_size.units !=
      0) {
    context.doctor.Report(FindingCode::kOffGridPrice, at,
                          [&] { return absl::StrFormat("price %d", message_.price.units); });
  }
  context.writer.Add(Kind::kOrderAdd, side, 0, L3Body{message_.price, message_.shares, {id}, 0});
  return true;
}

absl::Status ItchImporter::OnAdd(ImportContext& context, const Position& at) {
  if (!Wanted(message_.locate)) return absl::OkStatus();
  BeginGroup(context);
  return AddOrder(context, at, message_.order, message_.side) ? context.output().EndGroup(at)
                                                              : absl::OkStatus();
}

absl::Status ItchImporter::OnChange(ImportContext& context, const Position& at) {
  const auto found = orders_.find(message_.order);
  if (found == orders_.end()) {
    if (Wanted(message_.locate)) {
      context.doctor.Report(FindingCode::kUnknownOrder, at,
                            [&] { return absl::StrFormat("order %d", message_.order); });
    }
    return absl::OkStatus();
  }
  message_.locate = found->second.locate;
  BeginGroup(context);
  AddChange(context, at, found->second);
  const Side side = found->second.side;
  if (found->second.open == 0) orders_.erase(found);
  if (message_.type == 'U') AddOrder(context, at, message_.new_order, side);
  return context.writer.group().empty() ? absl::OkStatus() : context.output().EndGroup(at);
}

void ItchImporter::AddChange(ImportContext& context, const Position& at, OpenOrder& order) {
  const bool whole = message_.type == 'D' || message_.type == 'U';
  const Quantity left{order.open};
  const Quantity taken = whole ? left : std::min(message_.shares, left);
  if (!whole && message_.shares > left) {
    context.doctor.Report(FindingCode::kOrderMismatch, at, [&] {
      return absl::StrFormat("%d shares of %d open", message_.shares.units, left.units);
    });
  }
  order.open -= static_cast<std::uint32_t>(taken.units);
  if (taken.units == 0) return;
  const Price price{order.price};
  // A cross executes orders without printing them: its Q message is the print.
  const bool printed = message_.type == 'E' || (message_.type == 'C' && message_.printable);
  if (whole || (!printed && order.open == 0)) {
    context.writer.Add(Kind::kOrderDelete, order.side, 0, L3Body{price, taken, {message_.order}, 0});
  } else if (!printed) {
    context.writer.Add(Kind::kOrderReduce, order.side, 0, L3Body{price, taken, {message_.order}, 0});
  } else {
    const Price traded = message_.type == 'C' ? message_.price : price;
    context.writer.Add(Kind::kOrderExecute, order.side, 0,
                       ExecuteBody{traded, taken, {message_.order}, message_.match});
  }
}

absl::Status ItchImporter::OnTrade(ImportContext& context, const Position& at) {
  if (!Wanted(message_.locate) || message_.shares.units == 0) return absl::OkStatus();
  if (message_.shares.units < 0) return ErrorAt(at, "the cross has more than 2^63 shares");
  BeginGroup(context);
  context.writer.Add(Kind::kTrade, Side::kNone, 0,
                     TradeBody{message_.price, message_.shares, message_.match, {message_.order}});
  return context.output().EndGroup(at);
}

void ItchImporter::StoreMeasures(ImportContext& context) const {
  for (std::size_t type = 0; type < counts_.size(); ++type) {
    if (counts_[type] == 0) continue;
    const std::string name(1, static_cast<char>(type));
    context.doctor.SetMeasure(absl::StrCat("messages_type_", name), counts_[type]);
  }
}

}  // namespace

std::optional<CivilDate> ItchDate(std::string_view base_name) {
  // The first run of six digits (MMDDYY) or eight (YYYYMMDD or MMDDYYYY).
  const std::size_t begin = base_name.find_first_of("0123456789");
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = std::min(base_name.find_first_not_of("0123456789", begin), base_name.size());
  const std::string digits(base_name.substr(begin, end - begin));
  if (digits.size() == 6) return ParseDate("20" + digits.substr(4) + digits.substr(0, 4));
  if (digits.size() != 8) return std::nullopt;
  const bool year_first = digits.starts_with("19") || digits.starts_with("20");
  return ParseDate(year_first ? digits : digits.substr(4) + digits.substr(0, 4));
}

bool RecognisesItch(const FileHead& head) {
  Bytes bytes(head.bytes.data(), head.bytes.size());
  int messages = 0;
  for (; messages < 64 && bytes.size() >= 3; ++messages) {
    const std::size_t length = BigEndian(bytes, 0, 2);
    if (length == 0 || length != ItchBytes(bytes[2])) return false;
    if (bytes.size() < 2 + length) break;
    bytes = bytes.subspan(2 + length);
  }
  return messages > 0;
}

std::unique_ptr<Importer> MakeItchImporter() { return std::make_unique<ItchImporter>(); }

}  // namespace crucible::decode
