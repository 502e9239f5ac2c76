#include "framework/decode/dbn.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/dbn_metadata.h"
#include "framework/decode/dbn_records.h"
#include "framework/decode/dbn_stream.h"
#include "framework/decode/dbn_symbols.h"
#include "framework/decode/feed_clock.h"
#include "framework/decode/fixed_width.h"

namespace crucible::decode {
namespace {

using Bytes = std::span<const char>;

constexpr std::size_t kMaxPending = std::size_t{1}
                                    << 20;  // records of unfinished events, over all instruments

// Length of a record type without send time; 0 for types that are skipped and definitions.
std::size_t BytesOf(std::uint8_t type) {
  switch (type) {
    case dbn_type::kTrade:
      return sizeof(DbnTrade);
    case dbn_type::kMbp10:
      return sizeof(DbnTrade) + 10 * sizeof(DbnLevel);
    case dbn_type::kMbo:
      return sizeof(DbnMbo);
    case dbn_type::kStatus:
      return sizeof(DbnStatus);
    case dbn_type::kBar1s:
    case dbn_type::kBar1m:
    case dbn_type::kBar1h:
    case dbn_type::kBar1d:
      return sizeof(DbnBar);
    case dbn_type::kMbp1:
    case dbn_type::kCmbp1:
    case dbn_type::kCbbo1s:
    case dbn_type::kCbbo1m:
    case dbn_type::kTcbbo:
    case dbn_type::kBbo1s:
    case dbn_type::kBbo1m:
      return sizeof(DbnTrade) + sizeof(DbnLevel);
    default:
      return 0;
  }
}

Duration BarLength(std::uint8_t type) {
  switch (type) {
    case dbn_type::kBar1s:
      return {kNanosPerSecond};
    case dbn_type::kBar1m:
      return {60 * kNanosPerSecond};
    case dbn_type::kBar1h:
      return {3'600 * kNanosPerSecond};
    default:
      return {kNanosPerDay};
  }
}

bool IsBar(std::uint8_t type) { return type >= dbn_type::kBar1s && type <= dbn_type::kBar1d; }
bool IsSampled(std::uint8_t type) {
  return type == dbn_type::kBbo1s || type == dbn_type::kBbo1m || type == dbn_type::kCbbo1s ||
         type == dbn_type::kCbbo1m;
}
bool IsConsolidated(std::uint8_t type) { return type >= dbn_type::kCmbp1 && type <= dbn_type::kTcbbo; }

// What a session of these records shows.
Completeness Shows(std::uint8_t type) {
  if (type == dbn_type::kMbo) return Completeness::kFullL3;
  if (type == dbn_type::kMbp10) return Completeness::kL2;
  if (type == dbn_type::kTrade) return Completeness::kTrades;
  return IsBar(type) ? Completeness::kBars : Completeness::kQuotes;
}

// The richest first.
int Rank(Completeness completeness) {
  return completeness == Completeness::kBars ? 7 : static_cast<int>(completeness);
}

class DbnImporter final : public Importer {
 public:
  absl::Status Prepare(ImportContext& context) override;
  absl::Status Run(ImportContext& context) override;

 private:
  // A record, without send time, with its times as the file has them.
  struct Record {
    DbnHeader head;
    Bytes bytes;
    Nanos receive;
    Nanos event;
    std::uint8_t flags = 0;
  };
  // What a record's instrument id stands for, until `until`.
  struct Route {
    DbnStream* stream = nullptr;  // nullptr: not wanted
    Nanos until;
  };

  absl::Status RunFile(ImportContext& context, const std::string& path);
  absl::Status RunRecords(ImportContext& context, ByteReader& reader);
  absl::Status OnRecord(ImportContext& context, const ByteReader& reader, Bytes bytes);
  absl::Status OnDefinition(ImportContext& context, const ByteReader& reader, Bytes bytes);
  absl::Status Redefine(ImportContext& context, const ByteReader& reader, const DbnHeader& head);
  absl::Status ReadTimes(const ByteReader& reader, Record& record) const;
  absl::Status Dispatch(ImportContext& context, const ByteReader& reader, const Record& record,
                        DbnStream& stream);
  DbnTimes Rebase(ImportContext& context, const ByteReader& reader, const Record& record);
  absl::StatusOr<DbnStream*> StreamOf(ImportContext& context, const ByteReader& reader, const Record& record);
  absl::StatusOr<DbnStream*> Find(ImportContext& context, const ByteReader& reader, const DbnHeader& head,
                                  const std::string& symbol, Nanos time);
  absl::StatusOr<DbnStream*> Define(ImportContext& context, const ByteReader& reader, const DbnHeader& head,
                                    const std::string& symbol, Nanos time);
  absl::Status EndEvents(const ByteReader& reader);
  absl::Status DefineAll(ImportContext& context, const ByteReader& reader);
  void StoreMeasures(ImportContext& context) const;

  DbnSymbols symbols_;
  std::vector<std::unique_ptr<DbnStream>> streams_;       // by instrument id of the session
  absl::flat_hash_map<std::string, DbnStream*> by_name_;  // by publisher and symbol; lookup only
  absl::flat_hash_map<std::uint64_t, Route> routes_;      // lookup only
  std::optional<std::uint16_t> publisher_;                // the first one; its venue is the dataset
  std::string dataset_;
  bool has_send_time_ = false;
  std::size_t pending_ = 0;
  FeedClock clock_;
  Nanos last_receive_;
  Nanos definition_time_;
  std::optional<Completeness> completeness_;
};

absl::Status DbnImporter::Prepare(ImportContext& context) {
  clock_.Declare(context.options.clock_offset.value_or(Duration{}), Duration{});
  context.report.clock_offset = clock_.offset();
  return absl::OkStatus();
}

absl::Status DbnImporter::Run(ImportContext& context) {
  for (const auto& stream : streams_) stream->Restart();
  last_receive_ = {};
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(RunFile(context, path));
  context.report.completeness = completeness_.value_or(Completeness::kTrades);
  context.report.min_feed_latency = clock_.min_latency();
  context.report.max_feed_latency = clock_.max_latency();
  StoreMeasures(context);
  return absl::OkStatus();
}

absl::Status DbnImporter::RunFile(ImportContext& context, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(ByteReader reader, context.OpenBytes(path));
  CRUCIBLE_ASSIGN_OR_RETURN(const DbnMetadata metadata, ReadDbnMetadata(reader));
  symbols_.OnMetadata(metadata);
  routes_.clear();
  dataset_ = absl::AsciiStrToLower(metadata.dataset);
  has_send_time_ = metadata.has_send_time;
  CRUCIBLE_RETURN_IF_ERROR(RunRecords(context, reader));
  for (const auto& stream : streams_) CRUCIBLE_RETURN_IF_ERROR(stream->EndFile(reader));
  pending_ = 0;
  return path == context.files.back() ? DefineAll(context, reader) : absl::OkStatus();
}

absl::Status DbnImporter::RunRecords(ImportContext& context, ByteReader& reader) {
  Bytes bytes;
  while (reader.Peek(1, &bytes)) {
    const std::size_t length = std::size_t{4} * LittleEndian<std::uint8_t>(bytes, 0);
    if (!reader.Take(std::max(length, sizeof(DbnHeader)), &bytes)) break;
    if (length < sizeof(DbnHeader)) {
      return ErrorAt(
          reader, absl::StrFormat("a record of %d bytes, expected at least %d", length, sizeof(DbnHeader)));
    }
    CRUCIBLE_RETURN_IF_ERROR(OnRecord(context, reader, bytes));
  }
  return reader.status();
}

absl::Status DbnImporter::OnRecord(ImportContext& context, const ByteReader& reader, Bytes bytes) {
  if (has_send_time_ && bytes.size() >= sizeof(DbnHeader) + 8) bytes = bytes.first(bytes.size() - 8);
  Record record{LittleEndian<DbnHeader>(bytes, 0), bytes, {}, {}};
  if (record.head.type == dbn_type::kDefinition) return OnDefinition(context, reader, bytes);
  const std::size_t expected = BytesOf(record.head.type);
  if (expected == 0) {
    context.doctor.Report(FindingCode::kUnknownMessage, reader,
                          [&] { return absl::StrFormat("record type %d", record.head.type); });
    return absl::OkStatus();
  }
  if (bytes.size() != expected) {
    return ErrorAt(reader, absl::StrFormat("a record of type %d and %d bytes, expected %d", record.head.type,
                                           bytes.size(), expected));
  }
  CRUCIBLE_RETURN_IF_ERROR(ReadTimes(reader, record));
  CRUCIBLE_ASSIGN_OR_RETURN(DbnStream* const stream, StreamOf(context, reader, record));
  if (stream == nullptr) return absl::OkStatus();
  const std::size_t before = stream->pending();
  CRUCIBLE_RETURN_IF_ERROR(Dispatch(context, reader, record, *stream));
  pending_ += stream->pending() - before;
  return pending_ > kMaxPending ? EndEvents(reader) : absl::OkStatus();
}

absl::StatusOr<Nanos> TimeOf(const ByteReader& reader, std::string_view name, std::uint64_t nanos) {
  const Nanos time{static_cast<std::int64_t>(nanos)};
  if (time > Nanos{0} && time < kLatestTime) return time;
  return ErrorAt(reader, absl::StrFormat("%s is %d ns, expected a time before the year 2116", name, nanos));
}

absl::Status DbnImporter::OnDefinition(ImportContext& context, const ByteReader& reader, Bytes bytes) {
  CRUCIBLE_RETURN_IF_ERROR(symbols_.OnDefinition(bytes, reader));
  CRUCIBLE_ASSIGN_OR_RETURN(
      definition_time_,
      TimeOf(reader, "ts_recv", LittleEndian<std::uint64_t>(bytes, kDbnDefinitionReceiveTime)));
  return Redefine(context, reader, LittleEndian<DbnHeader>(bytes, 0));
}

// What has records already and is another instrument now. The first definition waits for the first record.
absl::Status DbnImporter::Redefine(ImportContext& context, const ByteReader& reader, const DbnHeader& head) {
  const std::string symbol = symbols_.Resolve(head.instrument, definition_time_).symbol;
  const auto found = by_name_.find(absl::StrCat(head.publisher, ":", symbol));
  if (found == by_name_.end() || found->second == nullptr) return absl::OkStatus();
  DbnStream& stream = *found->second;
  absl::StatusOr<Instrument> instrument =
      MakeInstrument(symbols_.Defaults(symbol, head.instrument, stream.instrument().venue), context.options);
  if (!instrument.ok()) return ErrorAt(reader, std::string(instrument.status().message()));
  if (*instrument == stream.instrument()) return absl::OkStatus();
  CRUCIBLE_RETURN_IF_ERROR(EndEvents(reader));
  CRUCIBLE_RETURN_IF_ERROR(
      context.writer.Redefine(stream.id(), *instrument, definition_time_ - clock_.offset()));
  stream.Redefine(*std::move(instrument));
  return absl::OkStatus();
}

absl::Status DbnImporter::ReadTimes(const ByteReader& reader, Record& record) const {
  CRUCIBLE_ASSIGN_OR_RETURN(record.event, TimeOf(reader, "ts_event", record.head.event_time));
  record.receive = record.event;
  const std::uint8_t type = record.head.type;
  if (IsBar(type)) return absl::OkStatus();
  const std::size_t at = type == dbn_type::kStatus ? offsetof(DbnStatus, receive_time)
                         : type == dbn_type::kMbo  ? offsetof(DbnMbo, receive_time)
                                                   : offsetof(DbnTrade, receive_time);
  const auto received = LittleEndian<std::uint64_t>(record.bytes, at);
  if (received != kDbnNoTime) {
    CRUCIBLE_ASSIGN_OR_RETURN(record.receive, TimeOf(reader, "ts_recv", received));
  }
  if (type == dbn_type::kStatus) return absl::OkStatus();
  record.flags = LittleEndian<std::uint8_t>(
      record.bytes, type == dbn_type::kMbo ? offsetof(DbnMbo, flags) : offsetof(DbnTrade, flags));
  return absl::OkStatus();
}

DbnTimes DbnImporter::Rebase(ImportContext& context, const ByteReader& reader, const Record& record) {
  if (record.receive < last_receive_) {
    context.doctor.Report(FindingCode::kReversedTime, reader, [&] {
      return absl::StrFormat("%d ns earlier than the record before", (last_receive_ - record.receive).nanos);
    });
  }
  last_receive_ = std::max(last_receive_, record.receive);
  // What stood when it was sampled or snapped has no latency.
  const bool state = IsSampled(record.head.type) || (record.flags & dbn_flag::kSnapshot) != 0;
  if (state || (record.flags & dbn_flag::kBadReceiveTime) != 0) {
    const Nanos receive = record.receive - clock_.offset();
    return {receive, state ? receive : record.event};
  }
  const FeedClock::Times times = clock_.At(record.receive, record.event);
  if (times.receive < times.exchange) {
    context.doctor.Report(FindingCode::kNegativeLatency, reader, [&] {
      return absl::StrFormat("received %d ns before it was sent", (times.exchange - times.receive).nanos);
    });
  }
  return {times.receive, times.exchange};
}

absl::Status DbnImporter::Dispatch(ImportContext& context, const ByteReader& reader, const Record& record,
                                   DbnStream& stream) {
  const std::uint8_t type = record.head.type;
  if (type != dbn_type::kStatus) {
    const Completeness shows = Shows(type);
    if (!completeness_ || Rank(shows) < Rank(*completeness_)) completeness_ = shows;
  }
  if (IsBar(type)) {
    const Duration length = BarLength(type);
    return stream.OnBar(LittleEndian<DbnBar>(record.bytes, 0), length, record.event + length, reader);
  }
  const DbnTimes times = Rebase(context, reader, record);
  if (type == dbn_type::kMbo) return stream.OnMbo(LittleEndian<DbnMbo>(record.bytes, 0), times, reader);
  if (type == dbn_type::kStatus)
    return stream.OnStatus(LittleEndian<DbnStatus>(record.bytes, 0), times, reader);
  const auto message = LittleEndian<DbnTrade>(record.bytes, 0);
  std::array<DbnLevel, 10> levels;
  const std::size_t count = (record.bytes.size() - sizeof(DbnTrade)) / sizeof(DbnLevel);
  for (std::size_t i = 0; i < count; ++i) {
    levels[i] = LittleEndian<DbnLevel>(record.bytes, sizeof(DbnTrade) + i * sizeof(DbnLevel));
  }
  const bool traded = !IsSampled(type) && message.action == 'T';
  return stream.OnLevels(message, std::span(levels).first(count), traded, !IsConsolidated(type), times,
                         reader);
}

absl::StatusOr<DbnStream*> DbnImporter::StreamOf(ImportContext& context, const ByteReader& reader,
                                                 const Record& record) {
  const DbnHeader& head = record.head;
  Route& route = routes_[std::uint64_t{head.publisher} << 32 | head.instrument];
  if (record.receive < route.until) return route.stream;
  const DbnSymbols::Resolution name = symbols_.Resolve(head.instrument, record.receive);
  const bool wanted = context.options.symbol.empty() || context.options.symbol == name.symbol;
  route = {nullptr, name.until};
  if (!wanted) {
    context.doctor.PassOver(name.symbol);
    return nullptr;
  }
  CRUCIBLE_ASSIGN_OR_RETURN(route.stream, Find(context, reader, head, name.symbol, record.receive));
  return route.stream;
}

absl::StatusOr<DbnStream*> DbnImporter::Find(ImportContext& context, const ByteReader& reader,
                                             const DbnHeader& head, const std::string& symbol, Nanos time) {
  DbnStream*& stream = by_name_[absl::StrCat(head.publisher, ":", symbol)];
  if (stream == nullptr) {
    CRUCIBLE_ASSIGN_OR_RETURN(stream, Define(context, reader, head, symbol, time));
  }
  return stream;
}

absl::StatusOr<DbnStream*> DbnImporter::Define(ImportContext& context, const ByteReader& reader,
                                               const DbnHeader& head, const std::string& symbol, Nanos time) {
  if (!publisher_) publisher_ = head.publisher;
  const std::string venue =
      head.publisher == *publisher_ ? dataset_ : absl::StrCat(dataset_, "-", head.publisher);
  const InstrumentDefaults defaults = symbols_.Defaults(symbol, head.instrument, venue);
  absl::StatusOr<Instrument> instrument = MakeInstrument(defaults, context.options);
  if (!instrument.ok()) return ErrorAt(reader, std::string(instrument.status().message()));
  const DbnDefinition* const known = symbols_.definition(head.instrument);
  if (context.options.tick_size.empty() && (known == nullptr || known->tick_size == 0)) {
    context.doctor.Report(FindingCode::kAssumedTick, reader,
                          [&] { return absl::StrCat(symbol, ": tick ", defaults.tick_size); });
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId id,
                            context.writer.Define(*instrument, time - clock_.offset()));
  if (head.type == dbn_type::kMbo) context.books.Watch(id, *instrument, book::BookType::kL3, 0);
  if (head.type == dbn_type::kMbp10) context.books.Watch(id, *instrument, book::BookType::kL2, 0);
  if (Shows(head.type) == Completeness::kQuotes)
    context.books.Watch(id, *instrument, book::BookType::kQuotes, 0);
  streams_.push_back(std::make_unique<DbnStream>(*std::move(instrument), id, context.output()));
  return streams_.back().get();
}

absl::Status DbnImporter::EndEvents(const ByteReader& reader) {
  for (const auto& stream : streams_) {
    if (stream->pending() > 0) CRUCIBLE_RETURN_IF_ERROR(stream->EndEvent(reader));
  }
  pending_ = 0;
  return absl::OkStatus();
}

// A file of definitions alone becomes a session that defines its instruments.
absl::Status DbnImporter::DefineAll(ImportContext& context, const ByteReader& reader) {
  if (completeness_) return absl::OkStatus();
  for (const std::uint32_t instrument : symbols_.defined()) {
    const DbnHeader head{0, dbn_type::kDefinition, publisher_.value_or(0), instrument, 0};
    const std::string symbol = symbols_.Resolve(instrument, definition_time_).symbol;
    if (!context.options.symbol.empty() && context.options.symbol != symbol) {
      context.doctor.PassOver(symbol);
      continue;
    }
    CRUCIBLE_RETURN_IF_ERROR(Find(context, reader, head, symbol, definition_time_).status());
  }
  return absl::OkStatus();
}

void DbnImporter::StoreMeasures(ImportContext& context) const {
  std::int64_t crossed = 0;
  std::int64_t unknown_fills = 0;
  std::int64_t taken_back = 0;
  for (const auto& stream : streams_) {
    crossed += stream->crossed_events();
    unknown_fills += stream->orders().unknown_fills();
    taken_back += stream->orders().fills_taken_back();
  }
  context.doctor.SetMeasure("crossed_event_ends", crossed);
  context.doctor.SetMeasure("fills_of_unknown_orders", unknown_fills);
  context.doctor.SetMeasure("fills_taken_back", taken_back);
}

}  // namespace

bool RecognisesDbn(const FileHead& head) { return StartsLikeDbn(head.bytes); }

std::unique_ptr<Importer> MakeDbnImporter() { return std::make_unique<DbnImporter>(); }

}  // namespace crucible::decode
