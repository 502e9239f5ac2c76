#include "framework/cli/record_writer.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"

namespace crucible::cli {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

absl::Status WriteError(const std::string& path) {
  return absl::ResourceExhaustedError(absl::StrFormat("%s: %s", path, std::strerror(errno)));
}

absl::StatusOr<File> OpenFile(const std::string& path) {
  File file(std::fopen(path.c_str(), "wb"), std::fclose);
  if (file == nullptr)
    return absl::PermissionDeniedError(absl::StrFormat("%s: %s", path, std::strerror(errno)));
  return file;
}

const char* SideName(Side side) { return side == Side::kBid ? "bid" : side == Side::kAsk ? "ask" : ""; }

// Slots that a table has, in order, with their names and meanings.
struct SlotColumn {
  std::size_t slot = 0;
  std::string name;
  SlotType type = SlotType::kCount;
};
std::vector<SlotColumn> SlotColumns(const RecordTable& table) {
  std::vector<SlotColumn> columns;
  const KindInfo* info = table.kind ? FindKind(*table.kind) : nullptr;
  for (std::size_t slot = 0; slot < 4; ++slot) {
    if (info == nullptr) {
      columns.push_back({slot, absl::StrFormat("slot%d", slot), SlotType::kCount});
    } else if (info->slots[slot].type != SlotType::kUnused) {
      columns.push_back({slot, std::string(info->slots[slot].name), info->slots[slot].type});
    }
  }
  return columns;
}

class CsvWriter final : public RecordWriter {
 public:
  CsvWriter(std::string path, File file, const RecordTable& table)
      : path_(std::move(path)), file_(std::move(file)), table_(table), slots_(SlotColumns(table)) {
    std::string line = "seq,time,origin,instrument,kind,side,flags";
    for (const SlotColumn& column : slots_) line += "," + column.name;
    std::fprintf(file_.get(), "%s\n", line.c_str());
  }

  absl::Status Append(std::span<const Event> records) override {
    std::string text;
    for (const Event& e : records) {
      text += absl::StrFormat("%d,%d,%d,%d,%s,%s,%d", e.seq, e.time, e.origin, e.instrument,
                              std::string(Name(e.kind)), SideName(e.side), e.flags);
      for (const SlotColumn& column : slots_) text += "," + SlotText(e, column);
      text += '\n';
    }
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size()) return absl::OkStatus();
    return WriteError(path_);
  }

  absl::Status Finish() override {
    return std::fflush(file_.get()) == 0 ? absl::OkStatus() : WriteError(path_);
  }

 private:
  std::string SlotText(const Event& event, const SlotColumn& column) const {
    const std::int64_t value = event.body[column.slot];
    if (event.instrument < table_.instruments.size()) {
      const Instrument& instrument = table_.instruments[event.instrument];
      if (column.type == SlotType::kPrice || column.type == SlotType::kPriceDelta)
        return FormatDecimal(value, instrument.price_decimals);
      if (column.type == SlotType::kQuantity) return FormatDecimal(value, instrument.quantity_decimals);
    }
    return std::to_string(value);
  }

  std::string path_;
  File file_;
  RecordTable table_;
  std::vector<SlotColumn> slots_;
};

// One array of NumPy's format 1.0; the number of its elements is written into the header at the end.
class ArrayFile {
 public:
  ArrayFile(std::string path, File file, std::string type)
      : path_(std::move(path)), file_(std::move(file)), type_(std::move(type)) {
    WriteHeader();
  }
  template <class Field>
  absl::Status Append(std::span<const Event> records, const Field& field) {
    using T = decltype(field(records[0]));
    std::vector<T> values;
    values.reserve(records.size());
    for (const Event& event : records) values.push_back(field(event));
    count_ += values.size();
    if (std::fwrite(values.data(), sizeof(T), values.size(), file_.get()) == values.size())
      return absl::OkStatus();
    return WriteError(path_);
  }
  absl::Status Finish() {
    const bool written =
        std::fseek(file_.get(), 0, SEEK_SET) == 0 && WriteHeader() && std::fflush(file_.get()) == 0;
    return written ? absl::OkStatus() : WriteError(path_);
  }

 private:
  static constexpr std::size_t kHeaderBytes = 128;  // a multiple of 64, as the format asks
  static constexpr std::size_t kPreambleBytes = 10;

  bool WriteHeader() {
    std::string header("\x93NUMPY\x01\x00", 8);
    header += static_cast<char>(kHeaderBytes - kPreambleBytes);
    header += '\0';
    header += absl::StrFormat("{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }", type_, count_);
    header.resize(kHeaderBytes - 1, ' ');
    header += '\n';
    return std::fwrite(header.data(), 1, header.size(), file_.get()) == header.size();
  }

  std::string path_;
  File file_;
  std::string type_;
  std::uint64_t count_ = 0;
};

class ArrayWriter final : public RecordWriter {
 public:
  static absl::StatusOr<std::unique_ptr<RecordWriter>> Open(const std::string& directory,
                                                            const RecordTable& table) {
    std::unique_ptr<ArrayWriter> writer(new ArrayWriter(SlotColumns(table)));
    static constexpr std::array<std::pair<const char*, const char*>, 7> kHeads = {{{"seq", "<u8"},
                                                                                   {"time", "<i8"},
                                                                                   {"origin", "<u8"},
                                                                                   {"instrument", "<u4"},
                                                                                   {"kind", "|u1"},
                                                                                   {"side", "|u1"},
                                                                                   {"flags", "<u2"}}};
    for (const auto& [name, type] : kHeads) CRUCIBLE_RETURN_IF_ERROR(writer->Add(directory, name, type));
    for (const SlotColumn& slot : writer->slots_)
      CRUCIBLE_RETURN_IF_ERROR(writer->Add(directory, slot.name, "<i8"));
    return writer;
  }

  absl::Status Append(std::span<const Event> records) override {
    auto file = files_.begin();
    const auto append = [&](const auto& field) { return (file++)->Append(records, field); };
    CRUCIBLE_RETURN_IF_ERROR(append([](const Event& e) { return e.seq; }));
    CRUCIBLE_RETURN_IF_ERROR(append([](const Event& e) { return e.time; }));
    CRUCIBLE_RETURN_IF_ERROR(append([](const Event& e) { return e.origin; }));
    CRUCIBLE_RETURN_IF_ERROR(append([](const Event& e) { return e.instrument; }));
    CRUCIBLE_RETURN_IF_ERROR(append([](const Event& e) { return static_cast<std::uint8_t>(e.kind); }));
    CRUCIBLE_RETURN_IF_ERROR(append([](const Event& e) { return static_cast<std::uint8_t>(e.side); }));
    CRUCIBLE_RETURN_IF_ERROR(append([](const Event& e) { return e.flags; }));
    for (const SlotColumn& column : slots_)
      CRUCIBLE_RETURN_IF_ERROR(append([&](const Event& e) { return e.body[column.slot]; }));
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    for (ArrayFile& file : files_) CRUCIBLE_RETURN_IF_ERROR(file.Finish());
    return absl::OkStatus();
  }

 private:
  explicit ArrayWriter(std::vector<SlotColumn> slots) : slots_(std::move(slots)) {}
  absl::Status Add(const std::string& directory, const std::string& name, const char* type) {
    const std::string path = directory + "/" + name + ".npy";
    CRUCIBLE_ASSIGN_OR_RETURN(File file, OpenFile(path));
    files_.emplace_back(path, std::move(file), type);
    return absl::OkStatus();
  }

  std::vector<SlotColumn> slots_;
  std::vector<ArrayFile> files_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RecordWriter>> OpenCsv(const std::string& path, const RecordTable& table) {
  if (path == "-")
    return std::make_unique<CsvWriter>("standard output", File(stdout, [](std::FILE*) { return 0; }), table);
  CRUCIBLE_ASSIGN_OR_RETURN(File file, OpenFile(path));
  return std::make_unique<CsvWriter>(path, std::move(file), table);
}

absl::StatusOr<std::unique_ptr<RecordWriter>> OpenArrays(const std::string& path, const RecordTable& table) {
  return ArrayWriter::Open(path, table);
}

}  // namespace crucible::cli
