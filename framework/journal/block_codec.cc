#include "framework/journal/block_codec.h"

#include <cstring>

#include "absl/strings/str_format.h"

namespace crucible::journal {

class BlockEncoder::Impl {};
BlockEncoder::BlockEncoder() = default;
BlockEncoder::~BlockEncoder() = default;
EncodedBlock BlockEncoder::Encode(std::span<const Event> records) {
  return {Codec::kRaw, {reinterpret_cast<const std::uint8_t*>(records.data()), records.size_bytes()}};
}

class BlockDecoder::Impl {};
BlockDecoder::BlockDecoder() = default;
BlockDecoder::~BlockDecoder() = default;
absl::Status BlockDecoder::Decode(std::uint32_t codec, std::span<const std::uint8_t> payload,
                                  std::uint64_t first_seq, std::span<Event> records) {
  static_cast<void>(first_seq);
  if (codec != 0 || payload.size() != records.size_bytes())
    return absl::DataLossError("raw block has the wrong size");
  std::memcpy(records.data(), payload.data(), payload.size());
  return absl::OkStatus();
}

}  // namespace crucible::journal
