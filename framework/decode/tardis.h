// Tardis.dev CSV files: incremental_book_L2, book_snapshot_N, trades, quotes; told by their header. Files of
// one kind in order are one stream; each symbol is an instrument.
//
// Records: rows of one message (same local_timestamp and symbol) are one group. incremental_book_L2 =
// kDepthHead + kLevel..., where is_snapshot begins = kBookClear + kLevel...; book_snapshot_N = kDepthHead +
// kLevel... that keep a book of exactly the levels shown; trades = kTrade; quotes = two kQuote. time is
// local_timestamp, origin is timestamp.
#pragma once

#include <memory>

#include "framework/decode/importer.h"

namespace crucible::decode {

bool RecognisesTardis(const FileHead& head);
std::unique_ptr<Importer> MakeTardisImporter();

}  // namespace crucible::decode
