// Bitstamp order events (live_orders), as a log of "RECEIVE_MS EVENT JSON" lines: order_created,
// order_changed, order_deleted, trade, order_book.
//
// Records: created = kOrderAdd; a changed or deleted order whose amount fell = kOrderExecute of the resting
// side (and kOrderReduce or kOrderDelete of the order that took it); a deleted order with an amount left =
// kOrderDelete; a new price = kOrderModify. Trades and order_book messages make no records: the first tell
// the executions again, the second are compared with the book.
//
// Late events: an id that was deleted stays deleted, or a ghost would rest and cross the book for good; they
// are ignored and counted. The exchange's times are cut to seconds, so time and origin are the receive time.
#pragma once

#include <memory>

#include "framework/decode/importer.h"

namespace crucible::decode {

bool RecognisesBitstamp(const FileHead& head);
std::unique_ptr<Importer> MakeBitstampImporter();

}  // namespace crucible::decode
