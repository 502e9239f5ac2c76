#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "framework/event/kinds.h"
#include "framework/event/order_codes.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/block_source.h"
#include "framework/journal/event_rows.h"
#include "framework/journal/virtual_table.h"

namespace crucible::journal {
namespace {

constexpr char kDeclaration[] =
    "CREATE TABLE fills(stream_id INTEGER, seq INTEGER, time INTEGER, venue_time INTEGER, order_id INTEGER, "
    "instrument_id INTEGER, side TEXT, price INTEGER, quantity INTEGER, trade_id INTEGER, liquidity TEXT, "
    "fee INTEGER, fee_currency INTEGER, queue_ahead INTEGER, rule TEXT)";
enum FillColumn {
  kStreamId,
  kSeq,
  kTime,
  kVenueTime,
  kOrderId,
  kInstrumentId,
  kSide,
  kPrice,
  kQuantity,
  kTradeId,
  kLiquidity,
  kFee,
  kFeeCurrency,
  kQueueAhead,
  kRule,
};

// A fill is two records in a row.
struct FillGroup {
  std::uint64_t stream_id = 0;
  Event fill;
  Event detail;

  std::int64_t order() const { return static_cast<std::int64_t>(As<FillBody>(fill).order_id.value); }
};

// A plan of xBestIndex: xFilter is given the order whose fills are wanted.
constexpr int kOfOneOrder = 1;

// Streams in the order of their ids, fills in the order of their sequences; one block in memory at a time.
class FillScan {
 public:
  absl::Status Start(sqlite3* database) {
    database_ = database;
    CRUCIBLE_ASSIGN_OR_RETURN(streams_, ListStreams(database));
    stream_ = 0;
    storage_.resize(kMaxBlockRecords);
    return OpenStream();
  }

  // The next fill whose detail follows it; false at the end.
  absl::StatusOr<bool> Next() {
    while (stream_ < streams_.size()) {
      while (!records_.empty()) {
        const Event& event = records_.front();
        records_ = records_.subspan(1);
        if (Completes(event)) return true;
      }
      CRUCIBLE_ASSIGN_OR_RETURN(const bool loaded, Load());
      if (loaded) continue;
      ++stream_;
      CRUCIBLE_RETURN_IF_ERROR(OpenStream());
    }
    return false;
  }

  const FillGroup& group() const { return group_; }

 private:
  absl::Status OpenStream() {
    records_ = {};
    open_ = false;
    if (stream_ == streams_.size()) return absl::OkStatus();
    group_.stream_id = streams_[stream_].id;
    const Pruning pruning{.kind_mask = KindBit(Kind::kFill) | KindBit(Kind::kFillDetail)};
    CRUCIBLE_ASSIGN_OR_RETURN(source_, BlockSource::Open(database_, "main", group_.stream_id, {}, pruning));
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Load() {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool found, source_->Next());
    if (!found) return false;
    const Piece& piece = source_->piece();
    const std::span<Event> records = std::span(storage_).first(piece.header.count());
    CRUCIBLE_RETURN_IF_ERROR(
        decoder_.Decode(piece.header.codec, piece.payload, piece.header.first_seq, records));
    records_ = records;
    return true;
  }

  // Takes the next record; true when it is the second of a fill.
  bool Completes(const Event& event) {
    if (event.kind == Kind::kFill) {
      group_.fill = event;
      open_ = true;
      return false;
    }
    if (event.kind != Kind::kFillDetail || !open_ || group_.fill.seq + 1 != event.seq) return false;
    group_.detail = event;
    open_ = false;
    return true;
  }

  sqlite3* database_ = nullptr;
  std::vector<StreamName> streams_;
  std::size_t stream_ = 0;
  std::optional<BlockSource> source_;
  BlockDecoder decoder_;
  std::vector<Event> storage_;
  std::span<const Event> records_;  // of the block, not looked at yet
  FillGroup group_;
  bool open_ = false;  // group_ waits for its detail
};

// All fills, sorted by order.
struct SortedFills {
  std::vector<FillGroup> groups;
  sqlite3_int64 changes = 0;  // what the connection itself had written by then
};

// Of the cursors of a connection. A correlated subquery opens its cursor anew for every row, before it closes
// the old one: so the cursors hold what is sorted, and the table leads the next one to it. While a cursor is
// open, the connection's snapshot stays the same but for what it writes itself.
struct FillTable : TableBase {
  using TableBase::TableBase;
  std::weak_ptr<const SortedFills> sorted;
};

// A scan of all fills; or those of one order. The first order that a statement asks for costs a scan, and the
// others of it, as a join or a subquery asks for them, are looked up in what that scan found.
class FillCursor : public sqlite3_vtab_cursor {
 public:
  explicit FillCursor(FillTable* table)
      : sqlite3_vtab_cursor{}, table_(table), sorted_(table->sorted.lock()) {}

  absl::Status Start() {
    found_.reset();
    CRUCIBLE_RETURN_IF_ERROR(scan_.Start(table_->database));
    return Next();
  }

  absl::Status Start(std::int64_t order) {
    if (sorted_ == nullptr || sorted_->changes != sqlite3_total_changes64(table_->database))
      CRUCIBLE_RETURN_IF_ERROR(SortByOrder());
    const auto of_order = std::ranges::equal_range(sorted_->groups, order, {}, &FillGroup::order);
    found_.emplace(of_order.begin(), of_order.end());
    return Next();
  }

  absl::Status Next() {
    if (!found_) {
      CRUCIBLE_ASSIGN_OR_RETURN(const bool more, scan_.Next());
      group_ = more ? &scan_.group() : nullptr;
      return absl::OkStatus();
    }
    group_ = found_->empty() ? nullptr : &found_->front();
    if (group_ != nullptr) found_ = found_->subspan(1);
    return absl::OkStatus();
  }

  bool AtEnd() const { return group_ == nullptr; }
  const FillGroup& group() const { return *group_; }
  std::int64_t rowid() const { return static_cast<std::int64_t>(group_->stream_id << 48 | group_->fill.seq); }

 private:
  absl::Status SortByOrder() {
    SortedFills sorted;
    sorted.changes = sqlite3_total_changes64(table_->database);
    CRUCIBLE_RETURN_IF_ERROR(scan_.Start(table_->database));
    while (true) {
      CRUCIBLE_ASSIGN_OR_RETURN(const bool more, scan_.Next());
      if (!more) break;
      sorted.groups.push_back(scan_.group());
    }
    std::ranges::sort(sorted.groups, {}, [](const FillGroup& group) {
      return std::tuple(group.order(), group.stream_id, group.fill.seq);
    });
    sorted_ = std::make_shared<const SortedFills>(std::move(sorted));
    table_->sorted = sorted_;
    return absl::OkStatus();
  }

  FillTable* table_;
  FillScan scan_;
  std::shared_ptr<const SortedFills> sorted_;        // null until asked for
  std::optional<std::span<const FillGroup>> found_;  // of one order, what is left of it
  const FillGroup* group_ = nullptr;                 // null at the end
};

int BestIndex(sqlite3_vtab*, sqlite3_index_info* info) {
  info->estimatedRows = 100'000;
  info->estimatedCost = 1e6;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (!constraint.usable || constraint.iColumn != kOrderId || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ)
      continue;
    info->aConstraintUsage[i].argvIndex = 1;
    info->idxNum = kOfOneOrder;
    info->estimatedRows = 2;
    info->estimatedCost = 10;
    break;
  }
  return SQLITE_OK;
}

int FilterRows(sqlite3_vtab_cursor* base, int plan, const char*, int, sqlite3_value** values) {
  auto& cursor = *static_cast<FillCursor*>(base);
  const bool of_one_order = plan == kOfOneOrder && sqlite3_value_numeric_type(values[0]) == SQLITE_INTEGER;
  return Report(base->pVtab, of_one_order ? cursor.Start(sqlite3_value_int64(values[0])) : cursor.Start());
}

std::string_view Liquidity(const Event& fill) {
  if (fill.flags & flag::kMaker) return "maker";
  return fill.flags & flag::kTaker ? "taker" : "unknown";
}

std::int64_t Number(const FillCursor& cursor, int column) {
  const Event& event = cursor.group().fill;
  const auto fill = As<FillBody>(event);
  const auto detail = As<FillDetailBody>(cursor.group().detail);
  switch (column) {
    case kStreamId:
      return static_cast<std::int64_t>(cursor.group().stream_id);
    case kSeq:
      return static_cast<std::int64_t>(event.seq);
    case kTime:
      return event.time;
    case kVenueTime:
      return static_cast<std::int64_t>(event.origin);
    case kOrderId:
      return cursor.group().order();
    case kInstrumentId:
      return event.instrument;
    case kPrice:
      return fill.price.units;
    case kQuantity:
      return fill.quantity.units;
    case kTradeId:
      return static_cast<std::int64_t>(fill.trade_id);
    case kFee:
      return detail.fee.units;
    case kFeeCurrency:
      return static_cast<std::int64_t>(detail.fee_currency);
    default:
      return detail.queue_ahead;
  }
}

int ColumnValue(sqlite3_vtab_cursor* base, sqlite3_context* context, int column) {
  const auto& cursor = *static_cast<FillCursor*>(base);
  const FillGroup& group = cursor.group();
  switch (column) {
    case kSide:
      ResultStatic(context, group.fill.side == kBuy ? "buy" : "sell");
      break;
    case kLiquidity:
      ResultStatic(context, Liquidity(group.fill));
      break;
    case kRule:
      ResultStatic(context, Name(static_cast<FillRule>(As<FillDetailBody>(group.detail).rule)));
      break;
    default:
      sqlite3_result_int64(context, Number(cursor, column));
  }
  return SQLITE_OK;
}

}  // namespace

absl::Status RegisterFills(sqlite3* database, const char* name) {
  static const sqlite3_module module =
      MakeModule<FillTable, FillCursor, kDeclaration>(BestIndex, FilterRows, ColumnValue);
  return SqliteStatus(database, sqlite3_create_module_v2(database, name, &module, nullptr, nullptr),
                      "register table fills");
}

}  // namespace crucible::journal
