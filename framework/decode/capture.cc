#include "framework/decode/capture.h"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/decode/capture_feed.h"
#include "framework/decode/civil_time.h"

namespace crucible::decode {
namespace {

constexpr Duration kSkewNoted{1'000'000};

struct CaptureLine {
  std::optional<Nanos> receive;  // absent: the line has no receive time
  std::string_view json;         // empty: nothing was sent or received
  bool sent = false;             // by the client
};

// What a line holds. `malformed` when it is of no known form.
CaptureLine ReadLine(std::string_view line, bool* malformed) {
  *malformed = false;
  if (line.starts_with('{') || line.starts_with('[')) return {std::nullopt, line};
  if (line.empty() || line.starts_with("configuration: ")) return {};
  const bool names_url = line.starts_with("wss://") || line.starts_with("http");
  const std::size_t arrow = names_url ? std::min(line.find(" -> "), line.find(" <- ")) : 0;
  if (names_url && (arrow == std::string_view::npos || arrow > line.find('{'))) return {};  // connected
  const bool sent = names_url && line[arrow + 1] == '<';
  if (names_url) line.remove_prefix(arrow + 4);
  const std::size_t colon = line.find(": ");
  const auto receive = TimeFromSeconds(line.substr(0, std::min<std::size_t>(colon, 32)));
  *malformed = !sent && (colon == std::string_view::npos || !receive);
  const bool empty = colon == std::string_view::npos || !receive;
  return empty ? CaptureLine{} : CaptureLine{receive, line.substr(colon + 2), sent};
}

class CaptureImporter final : public Importer {
 public:
  explicit CaptureImporter(std::unique_ptr<CaptureVenue> venue) : venue_(std::move(venue)) {}
  absl::Status Prepare(ImportContext& context) override;
  int preparation_passes() const override { return 1; }
  absl::Status Run(ImportContext& context) override;

 private:
  absl::Status ForEachUpdate(ImportContext& context, bool observing);
  absl::Status ReadFile(ImportContext& context, const std::string& path, bool observing);
  absl::Status OnLine(const LineReader& reader, std::string_view line, bool observing);
  void Observe(const CaptureLine& line);
  absl::Status Write(const CaptureLine& line, const Position& at);
  void SetClock(ImportContext& context);

  std::unique_ptr<CaptureVenue> venue_;
  JsonTree json_;
  std::vector<CaptureUpdate> updates_;  // of the line under work
  FeedClock clock_;
  std::optional<CaptureFeed> feed_;
  bool has_receive_times_ = false;
};

absl::Status CaptureImporter::Prepare(ImportContext& context) {
  CRUCIBLE_RETURN_IF_ERROR(CheckClockOptions(context.options));
  CRUCIBLE_ASSIGN_OR_RETURN(const FeedChannels channels, ChooseChannels(context.options));
  CRUCIBLE_RETURN_IF_ERROR(ForEachUpdate(context, true));
  SetClock(context);
  feed_.emplace(*venue_, channels, context.options, clock_, context.output());
  return absl::OkStatus();
}

void CaptureImporter::SetClock(ImportContext& context) {
  const ImportOptions& options = context.options;
  if (options.clock_offset || !has_receive_times_) {
    clock_.Declare(options.clock_offset.value_or(Duration{}),
                   has_receive_times_ ? options.latency_floor : Duration{});
  } else {
    clock_.Estimate(options.latency_floor);
  }
  context.report.clock_offset = clock_.offset();
  context.report.clock_offset_estimated = !options.clock_offset && clock_.observed();
  const std::int64_t skew = std::abs(clock_.offset().nanos);
  if (skew <= kSkewNoted.nanos) return;
  context.doctor.Report(FindingCode::kClockSkew, Place{context.files.front(), 1, 0}, [&] {
    return absl::StrFormat("the receive clock is %d us %s the exchange's", skew / 1000,
                           clock_.offset().nanos < 0 ? "behind" : "ahead of");
  });
}

absl::Status CaptureImporter::Run(ImportContext& context) {
  feed_->Restart();
  CRUCIBLE_RETURN_IF_ERROR(ForEachUpdate(context, false));
  feed_->Finish(context.report);
  return absl::OkStatus();
}

absl::Status CaptureImporter::ForEachUpdate(ImportContext& context, bool observing) {
  venue_->Restart();
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(ReadFile(context, path, observing));
  return absl::OkStatus();
}

absl::Status CaptureImporter::ReadFile(ImportContext& context, const std::string& path, bool observing) {
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
  std::string_view line;
  while (reader.Next(&line)) {
    const absl::Status status = OnLine(reader, line, observing);
    if (status.ok()) continue;
    if (!reader.ended_without_line_feed() || !absl::IsInvalidArgument(status)) return status;
    // A capture that was killed while it wrote: the cut line is not data.
    if (observing) continue;
    context.doctor.Report(FindingCode::kSessionWithoutEnd, reader,
                          [&] { return std::string(status.message()); });
  }
  return reader.status();
}

absl::Status CaptureImporter::OnLine(const LineReader& reader, std::string_view line, bool observing) {
  bool malformed = false;
  const CaptureLine read = ReadLine(line, &malformed);
  if (malformed) {
    return ErrorAt(reader,
                   absl::StrFormat("the line starts '%s', expected a receive time in seconds, ': ' and JSON",
                                   line.substr(0, 40)));
  }
  if (read.json.empty()) return absl::OkStatus();
  std::string wrong = json_.Parse(read.json);
  if (read.sent) {
    if (wrong.empty() && !observing)
      feed_->OnTradesAskedFor(venue_->TradesAskedFor(json_.root()), *read.receive);
    return absl::OkStatus();
  }
  updates_.clear();
  if (wrong.empty()) wrong = venue_->Read(json_.root(), updates_);
  if (!wrong.empty()) return ErrorAt(reader, wrong);
  if (!observing) return Write(read, reader);
  Observe(read);
  return absl::OkStatus();
}

void CaptureImporter::Observe(const CaptureLine& line) {
  has_receive_times_ |= line.receive.has_value();
  for (const CaptureUpdate& update : updates_) {
    const bool state = update.kind == CaptureUpdate::Kind::kSnapshot;
    if (line.receive && update.exchange && !state) clock_.Observe(*line.receive, *update.exchange);
  }
}

absl::Status CaptureImporter::Write(const CaptureLine& line, const Position& at) {
  for (const CaptureUpdate& update : updates_) {
    const std::optional<Nanos> receive = line.receive ? line.receive : update.exchange;
    if (!receive) return ErrorAt(at, "the line has neither a receive time nor a time of the exchange");
    CRUCIBLE_RETURN_IF_ERROR(feed_->OnUpdate(update, *receive, at));
  }
  return absl::OkStatus();
}

// True when a received line of the head contains one of `signs`.
bool HasLine(const FileHead& head, std::initializer_list<std::string_view> signs) {
  for (const std::string_view line : head.lines) {
    bool malformed = false;
    const CaptureLine read = ReadLine(line, &malformed);
    if (malformed) return false;
    if (read.sent) continue;
    for (const std::string_view sign : signs) {
      if (read.json.find(sign) != std::string_view::npos) return true;
    }
  }
  return false;
}

// A capture names its venue in the first line, where the client connected.
bool Connects(const FileHead& head, std::string_view host) {
  return !head.lines.empty() && head.lines.front().substr(0, 64).find(host) != std::string_view::npos;
}

}  // namespace

bool RecognisesBitmex(const FileHead& head) {
  return Connects(head, "://www.bitmex.com") ||
         HasLine(head, {"{\"table\":\"orderBookL2", "{\"table\":\"trade\"", "{\"table\":\"quote\""});
}
bool RecognisesBybit(const FileHead& head) {
  return Connects(head, "://stream.bybit.com") ||
         HasLine(head, {"\"topic\":\"orderBookL2_25.", "\"topic\":\"orderbook.", "\"topic\":\"publicTrade."});
}
bool RecognisesCoinbase(const FileHead& head) {
  return Connects(head, "://ws-feed.pro.coinbase.com") ||
         Connects(head, "://ws-feed.exchange.coinbase.com") ||
         HasLine(head, {"\"type\":\"l2update\"", "\"type\":\"snapshot\",\"product_id\""});
}
bool RecognisesKraken(const FileHead& head) {
  return Connects(head, "://ws.kraken.com") || HasLine(head, {"\"channelName\":\"book-", ",\"book-"});
}
bool RecognisesKrakenFutures(const FileHead& head) {
  return Connects(head, "://futures.kraken.com") || HasLine(head, {"{\"feed\":\"book"});
}

std::unique_ptr<Importer> MakeBitmexImporter() {
  return std::make_unique<CaptureImporter>(MakeBitmexVenue());
}
std::unique_ptr<Importer> MakeBybitImporter() { return std::make_unique<CaptureImporter>(MakeBybitVenue()); }
std::unique_ptr<Importer> MakeCoinbaseImporter() {
  return std::make_unique<CaptureImporter>(MakeCoinbaseVenue());
}
std::unique_ptr<Importer> MakeKrakenImporter() {
  return std::make_unique<CaptureImporter>(MakeKrakenVenue());
}
std::unique_ptr<Importer> MakeKrakenFuturesImporter() {
  return std::make_unique<CaptureImporter>(MakeKrakenFuturesVenue());
}

}  // namespace crucible::decode
