#include "framework/decode/dbn_metadata.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/csv.h"
#include "framework/decode/fixed_width.h"

namespace crucible::decode {
namespace {

constexpr std::size_t kPrefixBytes = 8;
constexpr std::size_t kFixedBytes = 100;
constexpr std::uint8_t kInstrumentIdSymbols = 0;  // stype
constexpr std::uint8_t kContinuousSymbols = 3;
constexpr std::uint8_t kParentSymbols = 4;

// The counted lists behind the fixed fields.
class Lists {
 public:
  Lists(std::span<const char> bytes, std::size_t symbol_width) : bytes_(bytes), width_(symbol_width) {}

  std::uint32_t Number() {
    if (bytes_.size() - at_ < 4) return Fail();
    at_ += 4;
    return LittleEndian<std::uint32_t>(bytes_, at_ - 4);
  }
  std::string_view Symbol() {
    if (bytes_.size() - at_ < width_) return Fail(), std::string_view();
    at_ += width_;
    return FixedText(bytes_, at_ - width_, width_, '\0');
  }
  void SkipSymbols() {
    const std::uint64_t skipped = std::uint64_t{Number()} * width_;
    if (skipped > bytes_.size() - at_) {
      Fail();
    } else {
      at_ += skipped;
    }
  }
  bool damaged() const { return damaged_; }

 private:
  std::uint32_t Fail() {
    damaged_ = true;
    at_ = bytes_.size();
    return 0;
  }

  std::span<const char> bytes_;
  std::size_t width_;
  std::size_t at_ = 0;
  bool damaged_ = false;
};

// 20231225 as a number; the epoch where it is no date.
Nanos DayStart(std::uint32_t date) {
  const auto parsed = ParseDate(absl::StrFormat("%08d", date));
  return parsed ? Midnight(*parsed) : Nanos{};
}

void ReadMappings(Lists& lists, bool ids_are_names, DbnMetadata& metadata) {
  for (std::uint32_t names = lists.Number(); names > 0 && !lists.damaged(); --names) {
    const std::string_view name = lists.Symbol();
    for (std::uint32_t intervals = lists.Number(); intervals > 0 && !lists.damaged(); --intervals) {
      DbnMapping mapping;
      mapping.begin = DayStart(lists.Number());
      mapping.end = DayStart(lists.Number());
      const std::string_view target = lists.Symbol();
      mapping.symbol = std::string(ids_are_names ? target : name);
      if (mapping.symbol.empty() || !ParseInteger(ids_are_names ? name : target, &mapping.instrument))
        continue;
      metadata.mappings.push_back(std::move(mapping));
    }
  }
}

absl::Status ReadFields(const ByteReader& reader, std::span<const char> bytes, DbnMetadata& metadata) {
  // Version 1 has a record count before the symbol types; later ones have the width of symbols behind them.
  const std::size_t types = metadata.version == 1 ? 50 : 42;
  const auto type_in = LittleEndian<std::uint8_t>(bytes, types);
  const auto type_out = LittleEndian<std::uint8_t>(bytes, types + 1);
  metadata.dataset = std::string(FixedText(bytes, 0, 16, '\0'));
  metadata.schema = LittleEndian<std::uint16_t>(bytes, 16);
  metadata.has_send_time = bytes[types + 2] != 0;
  metadata.lasting_symbols = type_in != kContinuousSymbols && type_in != kParentSymbols;
  const std::size_t width =
      metadata.version == 1 ? std::size_t{22} : LittleEndian<std::uint16_t>(bytes, types + 3);
  if (width < 8 || width > 512) {
    return ErrorAt(reader, absl::StrFormat("symbols are %d bytes wide, expected 8 to 512", width));
  }
  const auto definition_bytes = LittleEndian<std::uint32_t>(bytes, kFixedBytes);
  if (definition_bytes > bytes.size() - kFixedBytes - 4) {
    return ErrorAt(reader, absl::StrFormat("a schema definition of %d bytes in %d bytes of metadata",
                                           definition_bytes, bytes.size()));
  }
  Lists lists(bytes.subspan(kFixedBytes + 4 + definition_bytes), width);
  for (int list = 0; list < 3; ++list) lists.SkipSymbols();  // asked for, partly found, not found
  if (type_out == kInstrumentIdSymbols || type_in == kInstrumentIdSymbols) {
    ReadMappings(lists, type_out != kInstrumentIdSymbols, metadata);
  }
  if (lists.damaged()) return ErrorAt(reader, "the metadata ends inside its lists of symbols");
  return absl::OkStatus();
}

}  // namespace

bool StartsLikeDbn(std::string_view bytes) {
  return bytes.size() >= kPrefixBytes && bytes.starts_with("DBN") && bytes[3] >= 1 && bytes[3] <= 9;
}

absl::StatusOr<DbnMetadata> ReadDbnMetadata(ByteReader& reader) {
  std::span<const char> bytes;
  if (!reader.Take(kPrefixBytes, &bytes)) {
    CRUCIBLE_RETURN_IF_ERROR(reader.status());
    return ErrorAt(reader, "the file is empty, expected DBN");
  }
  if (!StartsLikeDbn({bytes.data(), bytes.size()})) {
    return ErrorAt(reader,
                   "the file does not begin with DBN: a fragment without metadata cannot be read alone");
  }
  DbnMetadata metadata;
  metadata.version = bytes[3];
  const auto length = LittleEndian<std::uint32_t>(bytes, 4);
  if (metadata.version > 3) {
    return ErrorAt(reader, absl::StrFormat("DBN version %d, expected 1 to 3", metadata.version));
  }
  if (length < kFixedBytes + 4 || length > ByteReader::kMaxTake) {
    return ErrorAt(reader, absl::StrFormat("metadata of %d bytes, expected %d to %d", length, kFixedBytes + 4,
                                           ByteReader::kMaxTake));
  }
  if (!reader.Take(length, &bytes)) {
    CRUCIBLE_RETURN_IF_ERROR(reader.status());
    return ErrorAt(reader, "the file ends before its metadata");
  }
  CRUCIBLE_RETURN_IF_ERROR(ReadFields(reader, bytes, metadata));
  return metadata;
}

}  // namespace crucible::decode
