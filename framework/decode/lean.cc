#include "framework/decode/lean.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/csv.h"
#include "framework/decode/quote_writer.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

enum class LeanRows : std::uint8_t { kTickQuotes, kTradeBars, kQuoteBars };

struct LeanFile {
  CivilDate date;
  std::string symbol;
  LeanRows rows{};
  Duration length;  // of bars
};

std::optional<Duration> LengthFromName(std::string_view resolution) {
  if (resolution == "second") return Duration{kNanosPerSecond};
  if (resolution == "minute") return Duration{60 * kNanosPerSecond};
  if (resolution == "tick") return Duration{};
  return std::nullopt;
}

// "20140505_eurusd_tick_quote.csv.zst"
std::optional<LeanFile> ParseName(std::string_view name) {
  const std::vector<std::string> parts = absl::StrSplit(std::string(name.substr(0, name.find('.'))), '_');
  if (parts.size() != 4) return std::nullopt;
  const auto date = parts[0].size() == 8 ? ParseDate(parts[0]) : std::nullopt;
  const auto length = LengthFromName(parts[2]);
  if (!date || !length) return std::nullopt;
  LeanFile file{*date, absl::AsciiStrToUpper(parts[1]), {}, *length};
  if (parts[2] == "tick" && parts[3] == "quote") return file;
  if (parts[2] == "tick" || (parts[3] != "quote" && parts[3] != "trade")) return std::nullopt;
  file.rows = parts[3] == "quote" ? LeanRows::kQuoteBars : LeanRows::kTradeBars;
  return file;
}

class LeanImporter final : public Importer {
 public:
  absl::Status Prepare(ImportContext& context) override;
  absl::Status Run(ImportContext& context) override;

 private:
  absl::Status RunFile(ImportContext& context, const std::string& path, const LeanFile& file);
  absl::Status RunLine(ImportContext& context, const LineReader& reader, const LeanFile& file,
                       std::string_view line);
  absl::Status Define(ImportContext& context, const LineReader& reader, Nanos time);
  absl::Status OnTick(const LineReader& reader, std::string_view line);
  absl::Status OnTradeBar(ImportContext& context, const LineReader& reader, std::string_view line,
                          Duration length);
  absl::Status OnQuoteBar(ImportContext& context, const LineReader& reader, std::string_view line,
                          Duration length);
  absl::Status ReadPrices(const LineReader& reader, const std::string_view* texts, BarBody* prices) const;
  absl::Status WriteBar(ImportContext& context, const LineReader& reader, const BarBody& prices,
                        Quantity volume, Duration length);

  std::vector<LeanFile> files_;  // beside context.files
  Instrument instrument_;
  std::optional<InstrumentId> id_;
  std::optional<NumberReader> numbers_;
  std::optional<QuoteWriter> quotes_;
  Nanos time_;  // of the line under work; of a bar its end
};

absl::Status LeanImporter::Prepare(ImportContext& context) {
  bool bars = false;
  for (const std::string& path : context.files) {
    const auto file = ParseName(BaseName(path));
    if (!file) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "%s: the name is not YYYYMMDD_symbol_RESOLUTION_KIND.csv, and the lines do not tell the day",
          path));
    }
    if (!files_.empty() && (file->symbol != files_.front().symbol || file->rows != files_.front().rows)) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "%s: another symbol or kind than %s; import it by itself", path, context.files.front()));
    }
    bars |= file->rows != LeanRows::kTickQuotes;
    files_.push_back(*file);
  }
  context.report.completeness = bars ? Completeness::kBars : Completeness::kQuotes;
  return absl::OkStatus();
}

absl::Status LeanImporter::Run(ImportContext& context) {
  time_ = {};
  if (quotes_) quotes_->Restart();
  for (std::size_t i = 0; i < files_.size(); ++i) {
    CRUCIBLE_RETURN_IF_ERROR(RunFile(context, context.files[i], files_[i]));
  }
  return absl::OkStatus();
}

absl::Status LeanImporter::RunFile(ImportContext& context, const std::string& path, const LeanFile& file) {
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
  std::string_view line;
  while (reader.Next(&line)) {
    if (!line.empty()) CRUCIBLE_RETURN_IF_ERROR(RunLine(context, reader, file, line));
  }
  return reader.status();
}

absl::Status LeanImporter::RunLine(ImportContext& context, const LineReader& reader, const LeanFile& file,
                                   std::string_view line) {
  std::int64_t millis = 0;
  if (!ParseInteger(line.substr(0, line.find(',')), &millis) || millis < 0 ||
      millis >= kNanosPerDay / kMillisecond) {
    return ErrorAt(reader, absl::StrFormat("time is '%s', expected milliseconds since midnight",
                                           line.substr(0, std::min<std::size_t>(line.find(','), 40))));
  }
  const Nanos midnight = Midnight(file.date) - context.options.utc_offset.value_or(Duration{});
  const Nanos time = midnight + Duration{millis * kMillisecond} + file.length;
  if (time < time_ && file.rows != LeanRows::kTickQuotes) {
    context.doctor.Report(FindingCode::kReversedTime, reader, [&] {
      return absl::StrFormat("%d ms earlier than the row before", (time_ - time).nanos / kMillisecond);
    });
  }
  time_ = time;
  CRUCIBLE_RETURN_IF_ERROR(Define(context, reader, time));
  switch (file.rows) {
    case LeanRows::kTickQuotes:
      return OnTick(reader, line);
    case LeanRows::kTradeBars:
      return OnTradeBar(context, reader, line, file.length);
    case LeanRows::kQuoteBars:
      return OnQuoteBar(context, reader, line, file.length);
  }
  return absl::OkStatus();
}

absl::Status LeanImporter::Define(ImportContext& context, const LineReader& reader, Nanos time) {
  if (id_) return absl::OkStatus();
  InstrumentDefaults defaults;
  defaults.venue = "lean";
  defaults.symbol = files_.front().symbol;
  if (defaults.symbol.size() >= 6) defaults.currency = defaults.symbol.substr(defaults.symbol.size() - 3);
  defaults.price_decimals = 8;
  defaults.quantity_decimals = 8;
  defaults.tick_size = "0.00001";
  defaults.lot_size = "0.00000001";
  absl::StatusOr<Instrument> instrument = MakeInstrument(defaults, context.options);
  if (!instrument.ok()) return ErrorAt(reader, std::string(instrument.status().message()));
  instrument_ = *std::move(instrument);
  CRUCIBLE_ASSIGN_OR_RETURN(id_, context.writer.Define(instrument_, time));
  context.books.Watch(*id_, instrument_, book::BookType::kQuotes, 0);
  numbers_.emplace(instrument_, context.doctor);
  quotes_.emplace(instrument_, *id_, context.output());
  return absl::OkStatus();
}

absl::Status WrongColumns(const LineReader& reader, int expected) {
  return ErrorAt(reader, absl::StrFormat("the line has not %d columns", expected));
}

absl::Status LeanImporter::OnTick(const LineReader& reader, std::string_view line) {
  std::array<std::string_view, 3> fields;
  std::array<std::string_view, 5> sized;  // crypto: time, bid, bid size, ask, ask size
  if (SplitExactly(line, fields)) return quotes_->Write({fields[1], fields[2], {}, {}}, time_, time_, reader);
  if (!SplitExactly(line, sized)) return WrongColumns(reader, 3);
  return quotes_->Write({sized[1], sized[3], sized[2], sized[4]}, time_, time_, reader);
}

absl::Status LeanImporter::ReadPrices(const LineReader& reader, const std::string_view* texts,
                                      BarBody* prices) const {
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(texts[0], reader, &prices->open));
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(texts[1], reader, &prices->high));
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(texts[2], reader, &prices->low));
  return numbers_->ReadPrice(texts[3], reader, &prices->close);
}

absl::Status LeanImporter::WriteBar(ImportContext& context, const LineReader& reader, const BarBody& prices,
                                    Quantity volume, Duration length) {
  if (prices.high < std::max(prices.open, prices.close) || prices.low > std::min(prices.open, prices.close)) {
    context.doctor.Report(FindingCode::kBarBounds, reader,
                          [] { return "high and low do not bound open and close"; });
  }
  context.writer.BeginGroup(time_, time_, *id_);
  context.writer.Add(Kind::kBar, Side::kNone, 0, prices);
  context.writer.Add(Kind::kBarVolume, Side::kNone, 0, BarVolumeBody{volume, 0, length, 0});
  return context.writer.EndGroup();
}

absl::Status LeanImporter::OnTradeBar(ImportContext& context, const LineReader& reader, std::string_view line,
                                      Duration length) {
  std::array<std::string_view, 6> fields;
  if (!SplitExactly(line, fields)) return WrongColumns(reader, 6);
  BarBody prices;
  Quantity volume;
  CRUCIBLE_RETURN_IF_ERROR(ReadPrices(reader, &fields[1], &prices));
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadQuantity(fields[5], reader, &volume));
  return WriteBar(context, reader, prices, volume, length);
}

// Half the sum, to even where it lies between two units.
Price Mid(Price bid, Price ask) {
  const Int128 sum = Int128{bid.units} + ask.units;
  const Int128 floor = (sum - (sum & 1)) / 2;
  const bool round_up = (sum & 1) != 0 && (floor & 1) != 0;
  return {static_cast<std::int64_t>(floor) + (round_up ? 1 : 0)};
}

absl::Status LeanImporter::OnQuoteBar(ImportContext& context, const LineReader& reader, std::string_view line,
                                      Duration length) {
  std::array<std::string_view, 11> fields;
  if (!SplitExactly(line, fields)) return WrongColumns(reader, 11);
  BarBody bid;
  BarBody ask;
  Quantity bid_size;
  Quantity ask_size;
  CRUCIBLE_RETURN_IF_ERROR(ReadPrices(reader, &fields[1], &bid));
  CRUCIBLE_RETURN_IF_ERROR(ReadPrices(reader, &fields[6], &ask));
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadQuantity(fields[5], reader, &bid_size));
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadQuantity(fields[10], reader, &ask_size));
  if (bid_size.units > 0 && ask_size.units > 0) {
    CRUCIBLE_RETURN_IF_ERROR(
        quotes_->Write({fields[4], fields[9], fields[5], fields[10]}, time_, time_, reader));
  } else {
    context.doctor.AddToMeasure("quotes_without_size", 1);
  }
  const BarBody mid{Mid(bid.open, ask.open), Mid(bid.high, ask.high), Mid(bid.low, ask.low),
                    Mid(bid.close, ask.close)};
  return WriteBar(context, reader, mid, {}, length);
}

}  // namespace

bool RecognisesLean(const FileHead& head) {
  const auto file = ParseName(head.name);
  std::int64_t millis = 0;
  return file && !head.lines.empty() &&
         ParseInteger(head.lines.front().substr(0, head.lines.front().find(',')), &millis);
}

std::unique_ptr<Importer> MakeLeanImporter() { return std::make_unique<LeanImporter>(); }

}  // namespace crucible::decode
