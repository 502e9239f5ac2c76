#include "framework/journal/verifier.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/event/log_hash.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/block_source.h"
#include "framework/journal/projector.h"
#include "framework/journal/replica.h"

namespace crucible::journal {
namespace {

absl::Status Fault(const BlockHeader& header, std::string_view what) {
  return absl::DataLossError(absl::StrFormat("event_block, stream %d, seq %d to %d: %s", header.stream_id,
                                             header.first_seq, header.last_seq, what));
}

class Verifier {
 public:
  Verifier(Connection& connection, VerifyLevel level, const VerifyProgress& progress)
      : connection_(connection), level_(level), progress_(progress) {}

  absl::StatusOr<VerifyReport> Run() {
    const absl::Status status = Check();
    if (status.ok()) return report_;
    // Damage may show as anything that SQLite or a decoder can say about bytes.
    if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status)) return status;
    report_.fault = std::string(status.message());
    return report_;
  }

 private:
  absl::Status Check() {
    CRUCIBLE_RETURN_IF_ERROR(ListStreams());
    if (level_ >= VerifyLevel::kChain) {
      CRUCIBLE_RETURN_IF_ERROR(CheckPages());
      CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t version,
                                QueryInt(connection_.database(), "PRAGMA user_version"));
      CRUCIBLE_ASSIGN_OR_RETURN(replica_, Replica::Create(version));
    }
    for (const std::uint64_t stream : streams_) CRUCIBLE_RETURN_IF_ERROR(CheckTexts(stream));
    for (const std::uint64_t stream : streams_) CRUCIBLE_RETURN_IF_ERROR(CheckRecords(stream));
    if (replica_ == nullptr) return absl::OkStatus();
    CRUCIBLE_ASSIGN_OR_RETURN(report_.projected_rows,
                              replica_->Compare(connection_.database(), level_ >= VerifyLevel::kDecode));
    return absl::OkStatus();
  }

  // Streams as the logs know them: a stream that lost its row in table stream is still checked.
  absl::Status ListStreams() {
    CRUCIBLE_ASSIGN_OR_RETURN(
        Statement select,
        Statement::Prepare(
            connection_.database(),
            "SELECT stream_id FROM stream UNION SELECT stream_id FROM text UNION "
            "SELECT stream_id FROM event_block UNION SELECT stream_id FROM event_tail ORDER BY 1"));
    while (true) {
      CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Step());
      if (!row) break;
      streams_.push_back(select.Unsigned(0));
      CRUCIBLE_ASSIGN_OR_RETURN(const StoredHead head,
                                ReadStoredHead(connection_.database(), streams_.back()));
      total_ += head.last_seq;
    }
    return absl::OkStatus();
  }

  absl::Status CheckPages() {
    absl::StatusOr<Statement> check = Statement::Prepare(connection_.database(), "PRAGMA integrity_check(1)");
    // What SQLite cannot even compile stands in the table of tables: checks, triggers, views.
    if (!check.ok()) {
      return absl::DataLossError(
          absl::StrFormat("table sqlite_schema: %s", std::string(check.status().message())));
    }
    if (const absl::Status stepped = check->Step().status(); !stepped.ok())
      return absl::DataLossError(absl::StrFormat("database pages: %s", std::string(stepped.message())));
    if (check->Text(0) == "ok") return absl::OkStatus();
    return absl::DataLossError(absl::StrFormat("database pages: %s", check->Text(0)));
  }

  absl::Status CheckTexts(std::uint64_t stream) {
    CRUCIBLE_ASSIGN_OR_RETURN(
        Statement select,
        Statement::Prepare(connection_.database(),
                           "SELECT seq, chain, body FROM text WHERE stream_id = ? ORDER BY seq"));
    select.Bind(1, stream);
    Digest chain = ChainStart(connection_.sha(), connection_.uuid(), stream, "texts");
    for (std::uint64_t expected = 1;; ++expected) {
      CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Step());
      if (!row) return absl::OkStatus();
      const auto fault = [&](std::string_view what) {
        return absl::DataLossError(absl::StrFormat("text, stream %d, seq %d: %s", stream, expected, what));
      };
      if (select.Unsigned(0) != expected) return fault("is missing");
      chain = ChainText(connection_.sha(), chain, expected, select.Text(2));
      if (!std::ranges::equal(select.Bytes(1), chain)) return fault("hash chain does not hold");
      ++report_.texts;
      if (replica_ == nullptr || stream != kFactStream) continue;
      const absl::Status applied = replica_->ApplyFact(select.Text(2));
      if (!applied.ok()) return fault(std::string(applied.message()));
    }
  }

  absl::Status CheckRecords(std::uint64_t stream) {
    CRUCIBLE_ASSIGN_OR_RETURN(BlockSource source,
                              BlockSource::Open(connection_.database(), "main", stream, {}));
    Digest chain = ChainStart(connection_.sha(), connection_.uuid(), stream, "events");
    LogHash hash;
    std::optional<Projector> projector;
    if (level_ >= VerifyLevel::kDecode) {
      CRUCIBLE_ASSIGN_OR_RETURN(
          projector, Projector::Open(replica_->database(), "main", stream,
                                     [&](std::uint64_t seq) { return connection_.ReadText(stream, seq); }));
    }
    std::uint64_t expected = 1;
    while (true) {
      CRUCIBLE_ASSIGN_OR_RETURN(const bool found, source.Next());
      if (!found) break;
      const Piece& piece = source.piece();
      if (piece.header.first_seq != expected) {
        return Fault(piece.header, absl::StrFormat("a gap: expected seq %d", expected));
      }
      expected = piece.header.last_seq + 1;
      if (level_ >= VerifyLevel::kChain && !piece.is_tail) CRUCIBLE_RETURN_IF_ERROR(CheckChain(piece, chain));
      if (projector.has_value()) CRUCIBLE_RETURN_IF_ERROR(CheckDecoded(piece, hash, *projector));
      report_.records += piece.header.count();
      report_.blocks += !piece.is_tail;
      if (progress_) progress_(report_.records, total_);
    }
    return projector.has_value() && expected > 1 ? projector->SaveProgress() : absl::OkStatus();
  }

  absl::Status CheckChain(const Piece& piece, Digest& chain) {
    chain = ChainBlock(connection_.sha(), chain, piece.header, piece.checksum, piece.payload);
    if (chain == piece.chain) return absl::OkStatus();
    return Fault(piece.header, "hash chain does not hold");
  }

  absl::Status CheckDecoded(const Piece& piece, LogHash& hash, Projector& projector) {
    records_.resize(kMaxBlockRecords);
    const std::span<Event> records = std::span(records_).first(piece.header.count());
    const absl::Status decoded =
        decoder_.Decode(piece.header.codec, piece.payload, piece.header.first_seq, records);
    if (!decoded.ok()) return Fault(piece.header, std::string(decoded.message()));
    hash.Add(records);
    BlockHeader rebuilt = SummaryOf(piece.header.stream_id, records);
    rebuilt.codec = piece.header.codec;
    rebuilt.log_hash = hash.value();
    if (!piece.is_tail && rebuilt != piece.header)
      return Fault(piece.header, "header does not describe the records");
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (records[i].seq != piece.header.first_seq + i) return Fault(piece.header, "sequences have a gap");
    }
    return projector.Apply(records);
  }

  Connection& connection_;
  VerifyLevel level_;
  const VerifyProgress& progress_;
  VerifyReport report_;
  std::vector<std::uint64_t> streams_;
  std::uint64_t total_ = 0;
  std::unique_ptr<Replica> replica_;
  BlockDecoder decoder_;
  std::vector<Event> records_;
};

}  // namespace

absl::StatusOr<VerifyReport> VerifyJournal(Connection& connection, VerifyLevel level,
                                           const VerifyProgress& progress) {
  return Verifier(connection, level, progress).Run();
}

}  // namespace crucible::journal
