#include "framework/decode/quote_writer.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"

namespace crucible::decode {

absl::Status QuoteWriter::ReadSize(std::string_view text, const Position& at, Quantity* size,
                                   std::uint16_t* flags) const {
  if (!text.empty()) return numbers_.ReadQuantity(text, at, size);
  const int decimals = std::min(instrument_.quantity_decimals, 12);
  *size = {kAssumedQuoteSize * kPowersOfTen[static_cast<std::size_t>(decimals)]};
  *flags = flag::kSynthetic;
  out_.doctor.Report(FindingCode::kAssumedSize, at,
                     [] { return absl::StrFormat("%d units stand for it", kAssumedQuoteSize); });
  return absl::OkStatus();
}

absl::Status QuoteWriter::Write(const QuoteRow& row, Nanos receive, Nanos exchange, const Position& at) {
  if (receive < last_time_) {
    out_.doctor.Report(FindingCode::kReversedTime, at, [&] {
      return absl::StrFormat("%d ns earlier than the row before", (last_time_ - receive).nanos);
    });
  }
  last_time_ = std::max(last_time_, receive);
  QuoteBody bid{};
  QuoteBody ask{};
  std::uint16_t bid_flags = 0;
  std::uint16_t ask_flags = 0;
  CRUCIBLE_RETURN_IF_ERROR(numbers_.ReadPrice(row.bid, at, &bid.price));
  CRUCIBLE_RETURN_IF_ERROR(numbers_.ReadPrice(row.ask, at, &ask.price));
  CRUCIBLE_RETURN_IF_ERROR(ReadSize(row.bid_size, at, &bid.quantity, &bid_flags));
  CRUCIBLE_RETURN_IF_ERROR(ReadSize(row.ask_size, at, &ask.quantity, &ask_flags));
  out_.writer.BeginGroup(receive, exchange, id_);
  out_.writer.Add(Kind::kQuote, Side::kBid, bid_flags, bid);
  out_.writer.Add(Kind::kQuote, Side::kAsk, ask_flags, ask);
  return out_.EndGroup(at);
}

}  // namespace crucible::decode
