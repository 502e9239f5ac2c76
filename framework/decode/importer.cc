#include "framework/decode/importer.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"

namespace crucible::decode {
namespace {

constexpr std::uint64_t kProgressSteps = 200;

class FileSystem final : public FileAccess {
 public:
  absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path) const override {
    return ByteSource::OpenFile(path);
  }
  absl::StatusOr<std::uint64_t> Bytes(const std::string& path) const override { return FileBytes(path); }
};

// Passes bytes through and tells the meter how many stored ones they took.
class MeteredSource final : public ByteSource {
 public:
  MeteredSource(std::unique_ptr<ByteSource> source, ProgressMeter& meter)
      : source_(std::move(source)), meter_(meter) {}
  absl::StatusOr<std::size_t> Read(std::span<char> out) override {
    const std::uint64_t before = source_->stored_bytes_read();
    absl::StatusOr<std::size_t> count = source_->Read(out);
    meter_.AddDone(source_->stored_bytes_read() - before);
    return count;
  }
  std::uint64_t stored_bytes_read() const override { return source_->stored_bytes_read(); }

 private:
  std::unique_ptr<ByteSource> source_;
  ProgressMeter& meter_;
};

// Grid size in units of 10^-decimals: from the user's text, which must fit, or from the format's.
absl::StatusOr<std::int64_t> GridSize(std::string_view option, const std::string& user,
                                      const std::string& standard, int decimals) {
  DecimalResult result;
  const std::string& text = user.empty() ? standard : user;
  const DecimalError error = ParseDecimal(text, decimals, &result);
  if (user.empty() && error == DecimalError::kNone) return std::max<std::int64_t>(result.units, 1);
  if (error == DecimalError::kNone && result.exact && result.units > 0) return result.units;
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s is '%s', expected a positive number with at most %d decimals", option, text, decimals));
}

// Names stand in line-separated texts, in JSON and in SQL.
bool IsPrintable(const std::string& name) {
  return name.size() <= 256 && simdjson::validate_utf8(name) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

absl::Status CheckDecimals(std::string_view option, int decimals) {
  if (decimals >= 0 && decimals <= kMaxDecimals) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%s is %d, expected 0 to %d", option, decimals, kMaxDecimals));
}

}  // namespace

const FileAccess& RealFiles() {
  static const FileSystem files;
  return files;
}

std::string_view BaseName(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

void ProgressMeter::AddDone(std::uint64_t bytes) {
  update_.bytes_done += bytes;
  if (!progress_ || update_.bytes_done < next_report_) return;
  next_report_ = update_.bytes_done + std::max<std::uint64_t>(update_.bytes_total / kProgressSteps, 1);
  update_.records = writer_.records();
  progress_(update_);
}

void ProgressMeter::Finish() {
  if (!progress_) return;
  update_.records = writer_.records();
  update_.bytes_total = std::max(update_.bytes_total, update_.bytes_done);
  update_.bytes_done = update_.bytes_total;
  progress_(update_);
}

absl::StatusOr<LineReader> ImportContext::OpenLines(const std::string& path) const {
  CRUCIBLE_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, file_access.Open(path));
  return LineReader(std::make_unique<MeteredSource>(std::move(source), meter), path);
}

absl::StatusOr<ByteReader> ImportContext::OpenBytes(const std::string& path) const {
  CRUCIBLE_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, file_access.Open(path));
  return ByteReader(std::make_unique<MeteredSource>(std::move(source), meter), path);
}

absl::Status DecodeOutput::EndGroup(const Position& at) const {
  books.OnGroup(writer.group(), at);
  return writer.EndGroup();
}

absl::StatusOr<Instrument> MakeInstrument(const InstrumentDefaults& defaults, const ImportOptions& options) {
  const auto text = [](const std::string& option, const std::string& standard) {
    return option.empty() ? standard : option;
  };
  Instrument instrument;
  instrument.venue = text(options.venue, defaults.venue);
  instrument.symbol = text(options.symbol, defaults.symbol);
  instrument.currency = text(options.currency, defaults.currency);
  instrument.settle_currency =
      text(options.settle_currency,
           defaults.settle_currency.empty() ? instrument.currency : defaults.settle_currency);
  instrument.price_decimals = options.price_decimals.value_or(defaults.price_decimals);
  instrument.quantity_decimals = options.quantity_decimals.value_or(defaults.quantity_decimals);
  CRUCIBLE_RETURN_IF_ERROR(CheckDecimals("price decimals", instrument.price_decimals));
  CRUCIBLE_RETURN_IF_ERROR(CheckDecimals("quantity decimals", instrument.quantity_decimals));
  CRUCIBLE_ASSIGN_OR_RETURN(
      instrument.tick_size.units,
      GridSize("tick size", options.tick_size, defaults.tick_size, instrument.price_decimals));
  CRUCIBLE_ASSIGN_OR_RETURN(
      instrument.lot_size.units,
      GridSize("lot size", options.lot_size, defaults.lot_size, instrument.quantity_decimals));
  instrument.multiplier = options.multiplier.value_or(defaults.multiplier);
  instrument.contract = options.contract.value_or(defaults.contract);
  if (instrument.multiplier < 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("multiplier is %d, expected 1 or more", instrument.multiplier));
  }
  if (instrument.symbol.empty()) {
    return absl::InvalidArgumentError("the file does not name its symbol: give --symbol");
  }
  for (const std::string* const name :
       {&instrument.venue, &instrument.symbol, &instrument.currency, &instrument.settle_currency}) {
    if (IsPrintable(*name)) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is no name of an instrument: give --symbol, --venue or --currency",
                        absl::CHexEscape(name->substr(0, 40))));
  }
  return instrument;
}

}  // namespace crucible::decode
