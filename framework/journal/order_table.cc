#include <memory>
#include <utility>

#include "framework/event/order_codes.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/block_source.h"
#include "framework/journal/event_rows.h"
#include "framework/journal/order_fold.h"
#include "framework/journal/virtual_table.h"

namespace crucible::journal {
namespace {

constexpr char kDeclaration[] =
    "CREATE TABLE orders(stream TEXT, order_id INTEGER, strategy INTEGER, instrument INTEGER, side TEXT, "
    "type TEXT, "
    "tif TEXT, price INTEGER, stop_price INTEGER, quantity INTEGER, filled INTEGER, status TEXT, first_seq "
    "INTEGER, "
    "last_seq INTEGER, cause_input INTEGER, cause_seq INTEGER)";
enum OrderColumn {
  kStream,
  kOrderId,
  kStrategy,
  kInstrument,
  kSide,
  kType,
  kTif,
  kPrice,
  kStopPrice,
  kQuantity,
  kFilled,
  kStatus,
  kFirstSeq,
  kLastSeq,
  kCauseInput,
  kCauseSeq,
};

class OrderCursor : public sqlite3_vtab_cursor {
 public:
  explicit OrderCursor(TableBase* table) : sqlite3_vtab_cursor{}, table_(table) {}

  absl::Status Start() {
    folds_.clear();
    CRUCIBLE_ASSIGN_OR_RETURN(streams_, ListStreams(table_->database));
    for (const StreamName& stream : streams_) CRUCIBLE_RETURN_IF_ERROR(Fold(stream.id));
    stream_ = at_ = 0;
    SkipEmpty();
    return absl::OkStatus();
  }
  absl::Status Next() {
    ++at_;
    SkipEmpty();
    return absl::OkStatus();
  }
  bool AtEnd() const { return stream_ == streams_.size(); }
  const FoldedOrder& order() const { return folds_[stream_].orders()[at_]; }
  const std::string& stream() const { return streams_[stream_].name; }
  std::int64_t rowid() const {
    return static_cast<std::int64_t>(streams_[stream_].id << 48 | order().first_seq);
  }

 private:
  void SkipEmpty() {
    while (stream_ < streams_.size() && at_ >= folds_[stream_].orders().size()) {
      ++stream_;
      at_ = 0;
    }
  }

  absl::Status Fold(std::uint64_t stream_id) {
    OrderFold& fold = folds_.emplace_back();
    CRUCIBLE_ASSIGN_OR_RETURN(BlockSource source, BlockSource::Open(table_->database, "main", stream_id, {}));
    BlockDecoder decoder;
    std::vector<Event> storage(kMaxBlockRecords);
    while (true) {
      CRUCIBLE_ASSIGN_OR_RETURN(const bool found, source.Next());
      if (!found) return absl::OkStatus();
      const Piece& piece = source.piece();
      const std::span<Event> records = std::span(storage).first(piece.header.count());
      CRUCIBLE_RETURN_IF_ERROR(
          decoder.Decode(piece.header.codec, piece.payload, piece.header.first_seq, records));
      for (const Event& event : records) fold.Apply(event);
    }
  }

  TableBase* table_;
  std::vector<StreamName> streams_;
  std::vector<OrderFold> folds_;
  std::size_t stream_ = 0;
  std::size_t at_ = 0;
};

int BestIndex(sqlite3_vtab*, sqlite3_index_info* info) {
  info->estimatedRows = 100'000;
  info->estimatedCost = 1e6;
  return SQLITE_OK;
}

int FilterRows(sqlite3_vtab_cursor* base, int, const char*, int, sqlite3_value**) {
  return Report(base->pVtab, static_cast<OrderCursor*>(base)->Start());
}

std::int64_t Number(const FoldedOrder& order, int column) {
  switch (column) {
    case kOrderId:
      return static_cast<std::int64_t>(order.order_id);
    case kStrategy:
      return order.strategy;
    case kInstrument:
      return order.instrument;
    case kPrice:
      return order.price;
    case kStopPrice:
      return order.stop_price;
    case kQuantity:
      return order.quantity;
    case kFilled:
      return order.filled;
    case kFirstSeq:
      return static_cast<std::int64_t>(order.first_seq);
    case kLastSeq:
      return static_cast<std::int64_t>(order.last_seq);
    case kCauseInput:
      return order.cause.input;
    default:
      return static_cast<std::int64_t>(order.cause.seq);
  }
}

int ColumnValue(sqlite3_vtab_cursor* base, sqlite3_context* context, int column) {
  const auto& cursor = *static_cast<OrderCursor*>(base);
  const FoldedOrder& order = cursor.order();
  switch (column) {
    case kStream:
      ResultText(context, cursor.stream());
      break;
    case kSide:
      ResultStatic(context, order.side == kBuy ? "buy" : order.side == kSell ? "sell" : "");
      break;
    case kType:
      ResultStatic(context, Name(static_cast<OrderType>(order.type_tif & 0xff)));
      break;
    case kTif:
      ResultStatic(context, Name(static_cast<TimeInForce>((order.type_tif >> 8) & 0xff)));
      break;
    case kStatus:
      ResultStatic(context, order.status);
      break;
    default:
      sqlite3_result_int64(context, Number(order, column));
  }
  return SQLITE_OK;
}

}  // namespace

absl::Status RegisterOrders(sqlite3* database) {
  static const sqlite3_module module =
      MakeModule<TableBase, OrderCursor, kDeclaration>(BestIndex, FilterRows, ColumnValue);
  return SqliteStatus(database, sqlite3_create_module_v2(database, "orders", &module, nullptr, nullptr),
                      "register table orders");
}

}  // namespace crucible::journal
