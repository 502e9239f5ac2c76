// Room-internal: checksums, the SHA-256 chain, and the block header that both cover.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "framework/base/hash.h"

struct evp_md_ctx_st;
struct evp_md_st;

namespace crucible::journal {

using Digest = std::array<std::uint8_t, 32>;

// Everything that event_block says about a block but its own hashes.
struct BlockHeader {
  std::uint64_t stream_id = 0;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  std::int64_t min_time = 0;
  std::int64_t max_time = 0;
  std::uint64_t instrument_mask = 0;  // bit (instrument mod 64)
  std::uint64_t kind_mask = 0;        // bit (kind mod 64)
  std::uint32_t schema = 1;
  std::uint32_t codec = 0;
  Hash128 log_hash;

  std::uint32_t count() const { return static_cast<std::uint32_t>(last_seq - first_seq + 1); }
  // Little-endian, in the order above.
  std::array<std::uint8_t, 80> Bytes() const;
  friend bool operator==(const BlockHeader&, const BlockHeader&) = default;
};

// XXH3-64 of `payload`, seeded with the XXH3-64 of `header`: covers both.
std::uint64_t Checksum(std::span<const std::uint8_t> header, std::span<const std::uint8_t> payload);

// Feeds one SHA-256 at a time; keeps OpenSSL's objects between messages.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void Add(std::span<const std::uint8_t> bytes);
  void Add(std::string_view text);
  void Add(std::uint64_t word);
  // Returns the digest of what was added, and starts anew.
  Digest Finish();

 private:
  evp_md_st* algorithm_;
  evp_md_ctx_st* context_;
};

// Start of the chain of a stream's blocks ("events") or texts ("texts"): binds it to the file and the stream.
Digest ChainStart(Sha256& sha, std::string_view uuid, std::uint64_t stream_id, std::string_view log);
// Next link after a block or a text.
Digest ChainBlock(Sha256& sha, const Digest& previous, const BlockHeader& header, std::uint64_t checksum,
                  std::span<const std::uint8_t> payload);
Digest ChainText(Sha256& sha, const Digest& previous, std::uint64_t seq, std::string_view text);

}  // namespace crucible::journal
