#include "framework/decode/bars.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/base/time_text.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/csv.h"
#include "framework/decode/number_reader.h"

namespace crucible::decode {
namespace {

constexpr Duration kMinute{60 * kNanosPerSecond};
constexpr Duration kHour{3'600 * kNanosPerSecond};
constexpr Duration kDay{kNanosPerDay};
constexpr Duration kLongestBar{366 * kNanosPerDay};
constexpr std::size_t kColumnKinds = 8;
constexpr std::size_t kMaxColumns = 64;
constexpr std::string_view kBitfinexColumns = "time,open,close,high,low,volume";

struct Bar {
  Nanos start;
  BarBody prices;
  BarVolumeBody volume;
};

// What a flavour of bar file says about itself.
struct BarSource {
  std::string columns;  // empty: the header line names them
  InstrumentDefaults (*defaults)(std::string_view base_name);
};

class BarImporter final : public Importer {
 public:
  explicit BarImporter(BarSource source) : source_(std::move(source)) {}
  absl::Status Prepare(ImportContext& context) override;
  absl::Status Run(ImportContext& context) override;

 private:
  absl::Status RunFile(ImportContext& context, const std::string& path);
  absl::StatusOr<bool> IsHeader(const LineReader& reader, std::string_view line);
  absl::Status RunLine(ImportContext& context, const LineReader& reader, std::string_view line);
  absl::Status Split(const LineReader& reader, std::string_view line);
  absl::Status ReadBar(ImportContext& context, const LineReader& reader, Bar* bar) const;
  absl::Status ReadCounts(const LineReader& reader, Bar* bar) const;
  absl::Status Define(ImportContext& context, const LineReader& reader, Nanos time);
  absl::Status Write(ImportContext& context, const Bar& bar);
  void Examine(ImportContext& context, const LineReader& reader, const Bar& bar);
  void ExamineTime(ImportContext& context, const LineReader& reader, Nanos start);
  void ExamineGap(ImportContext& context, const LineReader& reader, Duration step);
  std::string_view field(BarColumn column) const { return fields_[static_cast<std::size_t>(column)]; }

  BarSource source_;
  std::vector<BarColumn> columns_;
  Duration length_ = kMinute;
  Duration local_offset_;
  std::array<std::string_view, kColumnKinds> fields_{};
  std::optional<InstrumentId> id_;
  Instrument instrument_;
  std::optional<NumberReader> numbers_;
  bool first_bar_ = true;
  Nanos previous_start_;
  Duration longest_step_;
};

absl::Status BarImporter::Prepare(ImportContext& context) {
  const std::string& columns = context.options.columns.empty() ? source_.columns : context.options.columns;
  if (!columns.empty()) {
    CRUCIBLE_ASSIGN_OR_RETURN(columns_, ParseBarColumns(columns));
  }
  length_ = context.options.bar_length.value_or(kMinute);
  local_offset_ = context.options.utc_offset.value_or(Duration{});
  if (length_ <= Duration{} || length_ > kLongestBar) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--bar-length is %s, expected above 0 and at most a year", FormatDuration(length_)));
  }
  if (local_offset_ < Duration{-kDay.nanos} || local_offset_ > kDay) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--utc-offset is %s, expected within a day", FormatDuration(local_offset_)));
  }
  context.report.completeness = Completeness::kBars;
  context.report.utc_offset = local_offset_;
  return absl::OkStatus();
}

absl::Status BarImporter::Run(ImportContext& context) {
  first_bar_ = true;
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(RunFile(context, path));
  context.doctor.SetMeasure("longest_step_seconds", longest_step_.nanos / kNanosPerSecond);
  return absl::OkStatus();
}

absl::Status BarImporter::RunFile(ImportContext& context, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
  std::string_view line;
  while (reader.Next(&line)) {
    if (reader.line() == 1) {
      CRUCIBLE_ASSIGN_OR_RETURN(const bool header, IsHeader(reader, line));
      if (header) continue;
    }
    if (!line.empty()) CRUCIBLE_RETURN_IF_ERROR(RunLine(context, reader, line));
  }
  return reader.status();
}

absl::StatusOr<bool> BarImporter::IsHeader(const LineReader& reader, std::string_view line) {
  const bool letters = !line.empty() && absl::ascii_isalpha(static_cast<unsigned char>(line.front()));
  if (!columns_.empty()) return letters;
  const absl::StatusOr<std::vector<BarColumn>> named = ParseBarColumns(line.substr(0, 1024));
  if (!named.ok()) {
    return ErrorAt(reader,
                   absl::StrFormat("no header that names the columns (%s); give --columns, for example "
                                   "time,open,high,low,close,volume",
                                   std::string(named.status().message())));
  }
  columns_ = *named;
  return true;
}

absl::Status BarImporter::Split(const LineReader& reader, std::string_view line) {
  std::size_t column = 0;
  for (std::size_t begin = 0; begin <= line.size(); ++column) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    if (column < columns_.size())
      fields_[static_cast<std::size_t>(columns_[column])] = line.substr(begin, end - begin);
    begin = end + 1;
  }
  if (column == columns_.size()) return absl::OkStatus();
  return ErrorAt(reader, absl::StrFormat("the line has %d columns, expected %d", column, columns_.size()));
}

absl::Status BarImporter::RunLine(ImportContext& context, const LineReader& reader, std::string_view line) {
  CRUCIBLE_RETURN_IF_ERROR(Split(reader, line));
  const std::optional<Nanos> start = ParseMoment(field(BarColumn::kTime), local_offset_);
  if (!start) {
    return ErrorAt(reader,
                   absl::StrFormat("time is '%s', expected 10, 13, 16 or 19 digits (s, ms, us, ns) or ISO "
                                   "2012-02-01 00:00:00",
                                   field(BarColumn::kTime).substr(0, 40)));
  }
  CRUCIBLE_RETURN_IF_ERROR(Define(context, reader, *start + length_));
  Bar bar{*start, {}, {{}, 0, length_, 0}};
  CRUCIBLE_RETURN_IF_ERROR(ReadBar(context, reader, &bar));
  Examine(context, reader, bar);
  return Write(context, bar);
}

absl::Status BarImporter::Define(ImportContext& context, const LineReader& reader, Nanos time) {
  if (id_) return absl::OkStatus();
  const InstrumentDefaults defaults = source_.defaults(BaseName(reader.name()));
  absl::StatusOr<Instrument> instrument = MakeInstrument(defaults, context.options);
  if (!instrument.ok()) return ErrorAt(reader, std::string(instrument.status().message()));
  instrument_ = *std::move(instrument);
  CRUCIBLE_ASSIGN_OR_RETURN(id_, context.writer.Define(instrument_, time));
  numbers_.emplace(instrument_, context.doctor);
  return absl::OkStatus();
}

absl::Status BarImporter::ReadBar(ImportContext&, const LineReader& reader, Bar* bar) const {
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(field(BarColumn::kOpen), reader, &bar->prices.open));
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(field(BarColumn::kHigh), reader, &bar->prices.high));
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(field(BarColumn::kLow), reader, &bar->prices.low));
  CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadPrice(field(BarColumn::kClose), reader, &bar->prices.close));
  return ReadCounts(reader, bar);
}

absl::Status BarImporter::ReadCounts(const LineReader& reader, Bar* bar) const {
  const std::string_view volume = field(BarColumn::kVolume);
  const std::string_view trades = field(BarColumn::kTrades);
  if (!volume.empty()) CRUCIBLE_RETURN_IF_ERROR(numbers_->ReadQuantity(volume, reader, &bar->volume.volume));
  if (trades.empty() || (ParseInteger(trades, &bar->volume.trades) && bar->volume.trades >= 0)) {
    return absl::OkStatus();
  }
  return ErrorAt(reader, absl::StrFormat("trades is '%s', expected an integer", trades.substr(0, 40)));
}

absl::Status BarImporter::Write(ImportContext& context, const Bar& bar) {
  const Nanos end = bar.start + length_;
  context.writer.BeginGroup(end, end, *id_);
  context.writer.Add(Kind::kBar, Side::kNone, 0, bar.prices);
  context.writer.Add(Kind::kBarVolume, Side::kNone, 0, bar.volume);
  return context.writer.EndGroup();
}

// ---- the doctor's part ----

void BarImporter::Examine(ImportContext& context, const LineReader& reader, const Bar& bar) {
  const BarBody& p = bar.prices;
  if (p.high < std::max(p.open, p.close) || p.low > std::min(p.open, p.close)) {
    context.doctor.Report(FindingCode::kBarBounds, reader, [&] {
      return absl::StrFormat("open %s, high %s, low %s, close %s", field(BarColumn::kOpen),
                             field(BarColumn::kHigh), field(BarColumn::kLow), field(BarColumn::kClose));
    });
  }
  if (p.low.units <= 0) {
    context.doctor.Report(FindingCode::kNonPositivePrice, reader,
                          [&] { return absl::StrFormat("low %s", field(BarColumn::kLow)); });
  }
  if (!first_bar_) ExamineTime(context, reader, bar.start);
  first_bar_ = false;
  previous_start_ = bar.start;
}

void BarImporter::ExamineTime(ImportContext& context, const LineReader& reader, Nanos start) {
  const Duration step = start - previous_start_;
  if (step > length_) return ExamineGap(context, reader, step);
  if (step == length_) return;
  const auto code = step == Duration{}  ? FindingCode::kDuplicateTime
                    : step < Duration{} ? FindingCode::kReversedTime
                                        : FindingCode::kOverlappingBars;
  context.doctor.Report(code, reader, [&] {
    return absl::StrFormat("%d s after the bar before", step.nanos / kNanosPerSecond);
  });
}

void BarImporter::ExamineGap(ImportContext& context, const LineReader& reader, Duration step) {
  const auto missing = static_cast<std::uint64_t>((step.nanos - 1) / length_.nanos);
  context.doctor.ReportMany(FindingCode::kMissingBars, missing, reader.place(),
                            [&] { return absl::StrFormat("%d bars missing before this one", missing); });
  context.doctor.AddToMeasure("gaps", 1);
  context.doctor.AddToMeasure("gaps_over_an_hour", step > kHour ? 1 : 0);
  context.doctor.AddToMeasure("gaps_over_a_day", step > kDay ? 1 : 0);
  longest_step_ = std::max(longest_step_, step);
}

// ---- columns and flavours ----

std::optional<BarColumn> ColumnFromName(std::string_view name) {
  constexpr std::pair<std::string_view, BarColumn> kNames[] = {
      {"-", BarColumn::kSkip},         {"time", BarColumn::kTime},
      {"timestamp", BarColumn::kTime}, {"timestamp_utc", BarColumn::kTime},
      {"date", BarColumn::kTime},      {"datetime", BarColumn::kTime},
      {"open", BarColumn::kOpen},      {"high", BarColumn::kHigh},
      {"low", BarColumn::kLow},        {"close", BarColumn::kClose},
      {"volume", BarColumn::kVolume},  {"trades", BarColumn::kTrades}};
  for (const auto& [known, column] : kNames) {
    if (name == known) return column;
  }
  return std::nullopt;
}

InstrumentDefaults BarDefaults(std::string_view) {
  InstrumentDefaults defaults;
  defaults.venue = "file";
  defaults.price_decimals = 8;
  defaults.quantity_decimals = 8;
  defaults.tick_size = "0.00001";
  defaults.lot_size = "0.00000001";
  return defaults;
}

// "bitfinex_BTCUSD_1m_2013.csv.gz"
InstrumentDefaults BitfinexDefaults(std::string_view base_name) {
  InstrumentDefaults defaults = BarDefaults(base_name);
  defaults.venue = "bitfinex";
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(base_name.data(), base_name.size()), '_');
  if (parts.size() >= 2 && parts[0] == "bitfinex") defaults.symbol = parts[1];
  if (defaults.symbol.size() > 3) defaults.currency = defaults.symbol.substr(defaults.symbol.size() - 3);
  return defaults;
}

// "fxcm_gbpusd_m1_bid_201202.csv": bid and ask are instruments of their own, "GBPUSD-BID".
InstrumentDefaults FxcmDefaults(std::string_view base_name) {
  InstrumentDefaults defaults = BarDefaults(base_name);
  defaults.venue = "fxcm";
  const std::vector<std::string> parts = absl::StrSplit(std::string(base_name), '_');
  if (parts.size() < 4 || parts[1].size() != 6) return defaults;
  defaults.symbol = absl::AsciiStrToUpper(parts[1] + "-" + parts[3]);
  defaults.currency = absl::AsciiStrToUpper(parts[1].substr(3));
  return defaults;
}

// "xcme_6EH4_1m_202401.csv"
InstrumentDefaults CmeDefaults(std::string_view base_name) {
  InstrumentDefaults defaults = BarDefaults(base_name);
  defaults.venue = "xcme";
  defaults.quantity_decimals = 0;
  defaults.lot_size = "1";
  const std::vector<std::string> parts = absl::StrSplit(std::string(base_name), '_');
  if (parts.size() >= 2) defaults.symbol = parts[1];
  return defaults;
}

// True when every line has six numbers and columns `high` and `low` bound open (1) and `close`.
bool HasShape(const FileHead& head, std::size_t close, std::size_t high, std::size_t low) {
  for (const std::string_view line : head.lines) {
    std::array<std::string_view, 6> fields;
    std::array<DecimalResult, 6> values;
    if (!SplitExactly(line, fields) || !ParseMoment(fields[0], {})) return false;
    for (std::size_t i = 1; i < fields.size(); ++i) {
      if (ParseDecimal(fields[i], 8, &values[i]) != DecimalError::kNone) return false;
    }
    const auto [worst, best] = std::minmax(values[1].units, values[close].units);
    if (values[high].units < best || values[low].units > worst) return false;
  }
  return !head.lines.empty();
}

}  // namespace

absl::StatusOr<std::vector<BarColumn>> ParseBarColumns(std::string_view text) {
  std::vector<BarColumn> columns;
  std::array<int, kColumnKinds> seen{};
  const std::string lower = absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
  const std::vector<std::string> names = absl::StrSplit(lower, ',');
  for (const std::string& name : names) {
    const std::optional<BarColumn> column = ColumnFromName(name);
    if (!column || columns.size() == kMaxColumns) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "column '%s' is not one of time, open, high, low, close, volume, trades, -", name.substr(0, 40)));
    }
    columns.push_back(*column);
    if (++seen[static_cast<std::size_t>(*column)] > 1 && *column != BarColumn::kSkip) {
      return absl::InvalidArgumentError(absl::StrFormat("column %s is named twice", name));
    }
  }
  for (const auto* const needed : {"time", "open", "high", "low", "close"}) {
    if (seen[static_cast<std::size_t>(*ColumnFromName(needed))] == 0) {
      return absl::InvalidArgumentError(absl::StrFormat("column %s is missing", needed));
    }
  }
  return columns;
}

bool RecognisesBitfinex(const FileHead& head) {
  std::array<std::string_view, 6> fields;
  const bool named = head.name.starts_with("bitfinex_") && !head.lines.empty();
  if (named && SplitExactly(head.lines.front(), fields) && ParseMoment(fields[0], {})) return true;
  return HasShape(head, 2, 3, 4) && !HasShape(head, 4, 2, 3);
}

std::unique_ptr<Importer> MakeBitfinexImporter() {
  return std::make_unique<BarImporter>(BarSource{std::string(kBitfinexColumns), BitfinexDefaults});
}

bool RecognisesBars(const FileHead& head) {
  return !head.lines.empty() && ParseBarColumns(head.lines.front().substr(0, 1024)).ok();
}

bool RecognisesFxcm(const FileHead& head) { return head.name.starts_with("fxcm_") && RecognisesBars(head); }
std::unique_ptr<Importer> MakeFxcmImporter() {
  return std::make_unique<BarImporter>(BarSource{"", FxcmDefaults});
}

bool RecognisesCme(const FileHead& head) { return head.name.starts_with("xcme_") && RecognisesBars(head); }
std::unique_ptr<Importer> MakeCmeImporter() {
  return std::make_unique<BarImporter>(BarSource{"", CmeDefaults});
}

std::unique_ptr<Importer> MakeBarsImporter() {
  return std::make_unique<BarImporter>(BarSource{"", BarDefaults});
}

}  // namespace crucible::decode
