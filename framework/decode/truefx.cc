#include "framework/decode/truefx.h"

#include <array>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/csv.h"
#include "framework/decode/quote_writer.h"

namespace crucible::decode {
namespace {

constexpr std::string_view kHeader = "timestamp,bid,ask";

struct Row {
  std::string_view pair;  // empty where the file has a header
  std::optional<Nanos> time;
  QuoteRow quote;
};

// "20130101 22:00:00.295"
std::optional<Nanos> ParseCompactTime(std::string_view text) {
  if (text.size() < 17 || text[8] != ' ') return std::nullopt;
  std::string dashed(text);
  dashed.insert(6, "-").insert(4, "-");
  return ParseMoment(dashed, {});
}

bool ReadRow(std::string_view line, bool header, Row* row) {
  std::array<std::string_view, 3> three;
  std::array<std::string_view, 4> four;
  if (header) {
    if (!SplitExactly(line, three)) return false;
    *row = {{}, ParseMoment(three[0], {}), {three[1], three[2], {}, {}}};
  } else {
    if (!SplitExactly(line, four)) return false;
    *row = {four[0], ParseCompactTime(four[1]), {four[2], four[3], {}, {}}};
  }
  return row->time.has_value();
}

// "truefx_usdjpy_ticks_20130101.csv": "USDJPY".
std::string SymbolFromName(std::string_view name) {
  if (!name.starts_with("truefx_")) return "";
  return absl::AsciiStrToUpper(std::string(name.substr(7, name.find('_', 7) - 7)));
}

class TruefxImporter final : public Importer {
 public:
  absl::Status Prepare(ImportContext&) override { return absl::OkStatus(); }
  absl::Status Run(ImportContext& context) override;

 private:
  absl::Status RunFile(ImportContext& context, const std::string& path);
  absl::Status RunLine(ImportContext& context, const LineReader& reader, std::string_view line, bool header);
  absl::Status Define(ImportContext& context, const LineReader& reader, const Row& row);

  std::string pair_;
  Instrument instrument_;
  std::optional<QuoteWriter> quotes_;
};

absl::Status TruefxImporter::Run(ImportContext& context) {
  context.report.completeness = Completeness::kQuotes;
  if (quotes_) quotes_->Restart();
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(RunFile(context, path));
  return absl::OkStatus();
}

absl::Status TruefxImporter::RunFile(ImportContext& context, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
  std::string_view line;
  bool header = false;
  while (reader.Next(&line)) {
    if (reader.line() == 1 && line == kHeader) {
      header = true;
    } else if (!line.empty()) {
      CRUCIBLE_RETURN_IF_ERROR(RunLine(context, reader, line, header));
    }
  }
  return reader.status();
}

absl::Status TruefxImporter::RunLine(ImportContext& context, const LineReader& reader, std::string_view line,
                                     bool header) {
  Row row;
  if (!ReadRow(line, header, &row)) {
    return ErrorAt(reader,
                   absl::StrFormat("'%s' is not %s", line.substr(0, 60),
                                   header ? "timestamp,bid,ask" : "PAIR,YYYYMMDD HH:MM:SS.mmm,bid,ask"));
  }
  CRUCIBLE_RETURN_IF_ERROR(Define(context, reader, row));
  if (row.pair != pair_) {
    return ErrorAt(reader, absl::StrFormat("pair %s in a file of %s: one pair per import",
                                           row.pair.substr(0, 40), pair_));
  }
  return quotes_->Write(row.quote, *row.time, *row.time, reader);
}

absl::Status TruefxImporter::Define(ImportContext& context, const LineReader& reader, const Row& row) {
  if (quotes_) return absl::OkStatus();
  pair_ = row.pair;
  InstrumentDefaults defaults;
  defaults.venue = "truefx";
  defaults.symbol = pair_.empty() ? SymbolFromName(BaseName(reader.name())) : pair_;
  if (defaults.symbol.size() >= 6) defaults.currency = defaults.symbol.substr(defaults.symbol.size() - 3);
  const bool yen = defaults.currency == "JPY";
  defaults.price_decimals = yen ? 3 : 5;
  defaults.tick_size = yen ? "0.001" : "0.00001";
  absl::StatusOr<Instrument> instrument = MakeInstrument(defaults, context.options);
  if (!instrument.ok()) return ErrorAt(reader, std::string(instrument.status().message()));
  instrument_ = *std::move(instrument);
  CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId id, context.writer.Define(instrument_, *row.time));
  context.books.Watch(id, instrument_, book::BookType::kQuotes, 0);
  quotes_.emplace(instrument_, id, context.output());
  return absl::OkStatus();
}

}  // namespace

bool RecognisesTruefx(const FileHead& head) {
  Row row;
  if (head.lines.empty()) return false;
  if (head.lines.front() == kHeader) return true;
  return ReadRow(head.lines.front(), false, &row) && row.pair.size() == 7 && row.pair[3] == '/';
}

std::unique_ptr<Importer> MakeTruefxImporter() { return std::make_unique<TruefxImporter>(); }

}  // namespace crucible::decode
