// Best bid and ask from files that have one quote per row, with the checks that every such source needs.
#pragma once

#include <optional>
#include <string_view>

#include "framework/decode/importer.h"
#include "framework/decode/number_reader.h"

namespace crucible::decode {

// Spot FX sources tell no sizes; a quote without size is an empty side. This many units of the base currency
// stand for it, flagged synthetic.
inline constexpr std::int64_t kAssumedQuoteSize = 1'000'000;

// The texts of one row; empty sizes where the source has none.
struct QuoteRow {
  std::string_view bid, ask;
  std::string_view bid_size, ask_size;
};

class QuoteWriter {
 public:
  // The references outlive the writer. REQUIRES: out.books watches a quote book of `id`.
  QuoteWriter(const Instrument& instrument, InstrumentId id, const DecodeOutput& out)
      : instrument_(instrument), id_(id), out_(out), numbers_(instrument, out.doctor) {}

  absl::Status Write(const QuoteRow& row, Nanos receive, Nanos exchange, const Position& at);
  void Restart() { last_time_ = {}; }

 private:
  absl::Status ReadSize(std::string_view text, const Position& at, Quantity* size,
                        std::uint16_t* flags) const;

  const Instrument& instrument_;
  InstrumentId id_;
  DecodeOutput out_;
  NumberReader numbers_;
  Nanos last_time_;
};

}  // namespace crucible::decode
