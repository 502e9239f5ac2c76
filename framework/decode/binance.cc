#include "framework/decode/binance.h"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/decode/binance_feed.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/csv.h"

namespace crucible::decode {
namespace {

constexpr Duration kSkewNoted{1'000'000};
constexpr std::size_t kLinesToGuess = 256;

class BinanceImporter final : public Importer {
 public:
  absl::Status Prepare(ImportContext& context) override;
  int preparation_passes() const override { return 1; }
  absl::Status Run(ImportContext& context) override;

 private:
  absl::Status EstimateClock(ImportContext& context);
  void ObserveLine(std::string_view line);
  absl::Status RunFile(ImportContext& context, const std::string& path);
  absl::Status RunLine(const LineReader& reader, std::string_view line);

  std::string sole_symbol_;  // of all files, as long as it is one
  bool several_symbols_ = false;
  FeedClock clock_;
  std::optional<BinanceFeed> feed_;
};

absl::StatusOr<BinanceMarket> ChooseMarket(ImportContext& context) {
  if (const auto named = MarketFromVenue(context.options.venue)) return *named;
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(context.files.front()));
  std::vector<std::string> lines;
  std::string_view line;
  while (lines.size() < kLinesToGuess && reader.Next(&line)) lines.emplace_back(line.substr(0, 512));
  CRUCIBLE_RETURN_IF_ERROR(reader.status());
  const std::vector<std::string_view> views(lines.begin(), lines.end());
  return GuessMarket(views).value_or(BinanceMarket::kSpot);
}

absl::Status BinanceImporter::Prepare(ImportContext& context) {
  CRUCIBLE_RETURN_IF_ERROR(CheckClockOptions(context.options));
  CRUCIBLE_ASSIGN_OR_RETURN(const FeedChannels channels, ChooseChannels(context.options));
  CRUCIBLE_ASSIGN_OR_RETURN(const BinanceMarket market, ChooseMarket(context));
  CRUCIBLE_RETURN_IF_ERROR(EstimateClock(context));
  // Of a capture of snapshots alone, which name no symbol, the user can say it.
  if (sole_symbol_.empty() && !several_symbols_) sole_symbol_ = context.options.symbol;
  feed_.emplace(market, channels, context.options, sole_symbol_, clock_, context.output());
  return absl::OkStatus();
}

absl::Status BinanceImporter::EstimateClock(ImportContext& context) {
  for (const std::string& path : context.files) {
    CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
    std::string_view line;
    while (reader.Next(&line)) ObserveLine(line);
    CRUCIBLE_RETURN_IF_ERROR(reader.status());
  }
  const ImportOptions& options = context.options;
  if (options.clock_offset) {
    clock_.Declare(*options.clock_offset, options.latency_floor);
  } else {
    clock_.Estimate(options.latency_floor);
  }
  context.report.clock_offset = clock_.offset();
  context.report.clock_offset_estimated = !options.clock_offset && clock_.observed();
  const std::int64_t skew = std::abs(clock_.offset().nanos);
  if (skew <= kSkewNoted.nanos) return absl::OkStatus();
  context.doctor.Report(FindingCode::kClockSkew, Place{context.files.front(), 1, 0}, [&] {
    return absl::StrFormat("the receive clock is %d us %s the exchange's", skew / 1000,
                           clock_.offset().nanos < 0 ? "behind" : "ahead of");
  });
  return absl::OkStatus();
}

// The digits behind `field`; 0 where there are none.
std::uint64_t NumberBehind(std::string_view line, std::string_view field) {
  const std::size_t at = line.find(field);
  if (at == std::string_view::npos) return 0;
  std::uint64_t value = 0;
  const std::string_view text = line.substr(at + field.size(), 20);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "1723161255030314667 {...": the receive time and what follows it.
bool ParseReceive(std::string_view line, Nanos* receive, std::string_view* json) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !ParseInteger(line.substr(0, space), &receive->since_epoch)) {
    return false;
  }
  *json = line.substr(space + 1);
  return receive->since_epoch > 0 && *receive < kLatestTime;
}

// By text search: the messages are parsed in the second pass.
void BinanceImporter::ObserveLine(std::string_view line) {
  Nanos receive;
  std::string_view json;
  if (!ParseReceive(line, &receive, &json)) return;
  const std::optional<Nanos> sent = FromMillis(NumberBehind(json, "\"E\":"));
  if (sent && *sent > Nanos{0}) clock_.Observe(receive, *sent);
  const std::size_t at = several_symbols_ ? std::string_view::npos : json.find("\"s\":\"");
  if (at == std::string_view::npos) return;
  const std::string_view symbol = json.substr(at + 5, json.substr(at + 5, 64).find('"'));
  several_symbols_ = !sole_symbol_.empty() && symbol != sole_symbol_;
  sole_symbol_ = several_symbols_ ? std::string_view() : symbol;
}

absl::Status BinanceImporter::Run(ImportContext& context) {
  feed_->Restart();
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(RunFile(context, path));
  return absl::OkStatus();
}

absl::Status BinanceImporter::RunFile(ImportContext& context, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
  std::string_view line;
  while (reader.Next(&line)) {
    const absl::Status status = line.empty() ? absl::OkStatus() : RunLine(reader, line);
    if (status.ok()) continue;
    if (!reader.ended_without_line_feed() || !absl::IsInvalidArgument(status)) return status;
    // A capture that was killed while it wrote: the cut line is not data.
    context.doctor.Report(FindingCode::kSessionWithoutEnd, reader,
                          [&] { return std::string(status.message()); });
  }
  if (path == context.files.back()) feed_->Finish(reader.place(), context.report);
  return reader.status();
}

absl::Status BinanceImporter::RunLine(const LineReader& reader, std::string_view line) {
  Nanos receive;
  std::string_view json;
  if (ParseReceive(line, &receive, &json)) return feed_->OnMessage(receive, json, reader);
  return ErrorAt(reader,
                 absl::StrFormat("the line starts '%s', expected a receive time in ns and a JSON object",
                                 line.substr(0, 40)));
}

}  // namespace

bool RecognisesBinance(const FileHead& head) { return GuessMarket(head.lines).has_value(); }

std::unique_ptr<Importer> MakeBinanceImporter() { return std::make_unique<BinanceImporter>(); }

}  // namespace crucible::decode
