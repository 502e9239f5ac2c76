// One importer on arbitrary bytes. For LOBSTER the bytes up to the first 0xff are the message file, the rest
// is the orderbook file. "detect" lets the bytes choose their format.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "framework/decode/importer.h"

namespace crucible::decode {
namespace {

constexpr std::string_view kMessages = "XYZ_2012-06-21_34200000_57600000_message_3.csv";
constexpr std::string_view kRows = "XYZ_2012-06-21_34200000_57600000_orderbook_3.csv";

class FuzzFiles final : public FileAccess {
 public:
  FuzzFiles(std::string messages, std::string rows)
      : messages_(std::move(messages)), rows_(std::move(rows)) {}
  absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path) const override {
    if (path == kMessages) return ByteSource::FromBytes(messages_, path, 61);
    if (path == kRows && !rows_.empty()) return ByteSource::FromBytes(rows_, path, 61);
    return absl::NotFoundError(path);
  }
  absl::StatusOr<std::uint64_t> Bytes(const std::string& path) const override {
    if (path == kMessages) return messages_.size();
    if (path == kRows && !rows_.empty()) return rows_.size();
    return absl::NotFoundError(path);
  }

 private:
  std::string messages_;
  std::string rows_;
};

// Ends the process when a record breaks what the stream promises.
class JudgingSink final : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> records) override {
    for (const Event& event : records) {
      const bool good = event.seq == seq_ + 1 && event.time >= time_ && event.venue_time() <= event.at();
      if (!good) std::abort();
      seq_ = event.seq;
      time_ = event.time;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view) override { return ++texts_; }
  Hash128 log_hash() const override { return {}; }

 private:
  std::uint64_t seq_ = 0;
  std::uint64_t texts_ = 0;
  std::int64_t time_ = INT64_MIN;
};

void RunOne(std::string_view bytes) {
  const bool lobster = std::string_view(CRUCIBLE_FUZZ_FORMAT) == "lobster";
  const std::size_t cut = lobster ? bytes.find('\xff') : std::string_view::npos;
  const std::string rows(cut == std::string_view::npos ? "" : bytes.substr(cut + 1));
  const FuzzFiles files(std::string(bytes.substr(0, cut)), rows);
  ImportOptions options;
  if (std::string_view(CRUCIBLE_FUZZ_FORMAT) != "detect") options.format = CRUCIBLE_FUZZ_FORMAT;
  if (options.format == "bars" || options.format == "bitfinex") options.symbol = "XYZ";
  JudgingSink sink;
  const std::string paths[] = {std::string(kMessages)};
  static_cast<void>(ImportFrom(files, paths, options, sink, {}));
}

}  // namespace
}  // namespace crucible::decode

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  crucible::decode::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
