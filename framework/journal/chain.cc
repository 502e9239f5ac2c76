#include "framework/journal/chain.h"

#include <openssl/evp.h>
#include <xxhash.h>
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>  // XXH3 in the widest form that this processor runs
#endif

#include <bit>
#include <cstring>

#include "framework/base/check.h"

namespace crucible::journal {
namespace {

static_assert(std::endian::native == std::endian::little, "headers are hashed as they stand in memory");

template <class T>
std::uint8_t* Put(std::uint8_t* out, T value) {
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

}  // namespace

std::array<std::uint8_t, 80> BlockHeader::Bytes() const {
  std::array<std::uint8_t, 80> bytes;
  std::uint8_t* out = bytes.data();
  for (const std::uint64_t word : {stream_id, first_seq, last_seq}) out = Put(out, word);
  for (const std::int64_t time : {min_time, max_time}) out = Put(out, time);
  for (const std::uint64_t word : {instrument_mask, kind_mask}) out = Put(out, word);
  for (const std::uint32_t word : {schema, codec}) out = Put(out, word);
  for (const std::uint64_t word : {log_hash.low, log_hash.high}) out = Put(out, word);
  CRUCIBLE_DCHECK(out == bytes.data() + bytes.size());
  return bytes;
}

std::uint64_t Checksum(std::span<const std::uint8_t> header, std::span<const std::uint8_t> payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), XXH3_64bits(header.data(), header.size()));
}

Sha256::Sha256() : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
  CRUCIBLE_CHECK(algorithm_ != nullptr && context_ != nullptr);
  CRUCIBLE_CHECK(EVP_DigestInit_ex2(context_, algorithm_, nullptr) == 1);
}

Sha256::~Sha256() {
  EVP_MD_CTX_free(context_);
  EVP_MD_free(algorithm_);
}

void Sha256::Add(std::span<const std::uint8_t> bytes) {
  CRUCIBLE_CHECK(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1);
}

void Sha256::Add(std::string_view text) {
  CRUCIBLE_CHECK(EVP_DigestUpdate(context_, text.data(), text.size()) == 1);
}

void Sha256::Add(std::uint64_t word) { CRUCIBLE_CHECK(EVP_DigestUpdate(context_, &word, sizeof word) == 1); }

Digest Sha256::Finish() {
  Digest digest;
  CRUCIBLE_CHECK(EVP_DigestFinal_ex(context_, digest.data(), nullptr) == 1);
  CRUCIBLE_CHECK(EVP_DigestInit_ex2(context_, algorithm_, nullptr) == 1);
  return digest;
}

Digest ChainStart(Sha256& sha, std::string_view uuid, std::uint64_t stream_id, std::string_view log) {
  sha.Add(uuid);
  sha.Add(stream_id);
  sha.Add(log);
  return sha.Finish();
}

Digest ChainBlock(Sha256& sha, const Digest& previous, const BlockHeader& header, std::uint64_t checksum,
                  std::span<const std::uint8_t> payload) {
  sha.Add(previous);
  sha.Add(header.Bytes());
  sha.Add(checksum);
  sha.Add(payload);
  return sha.Finish();
}

Digest ChainText(Sha256& sha, const Digest& previous, std::uint64_t seq, std::string_view text) {
  sha.Add(previous);
  sha.Add(seq);
  sha.Add(static_cast<std::uint64_t>(text.size()));
  sha.Add(text);
  return sha.Finish();
}

}  // namespace crucible::journal
