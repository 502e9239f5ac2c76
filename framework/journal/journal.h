// The event journal: one SQLite file that holds append-only streams of records and of texts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/event/instrument.h"
#include "framework/event/record_sink.h"

namespace crucible::journal {

enum class Durability : std::uint8_t { kNormal, kFull };

struct CreateOptions {
  Durability durability = Durability::kNormal;
  std::uint32_t block_records = 8192;
  std::uint32_t commit_blocks = 4;  // sealed blocks per transaction
};
struct OpenOptions {
  bool read_only = true;
  Durability durability = Durability::kNormal;
  std::int64_t mmap_bytes = std::int64_t{1} << 31;
};

// What the file is: who wrote it, from what. Everything but wall times and path hints is also in the chain.
struct Manifest {
  std::string kind;           // "import", "backtest", "benchmark", ...
  std::string status;         // "running", "ended", "failed"
  std::uint64_t seed = 0;
  std::string configuration;  // canonical text (TOML) of the run; for an import its options
  std::string build;          // JSON: version, revision, compiler, flags
};
// An input by content; `path_hint` only helps to find it.
struct InputRef {
  std::uint16_t ordinal = 0;  // 1, 2, ...
  std::string path_hint;
  std::string uuid;           // of the file, hex
  std::uint64_t count = 0;
  Hash128 log_hash;
};
struct StreamHead {
  std::uint64_t last_seq = 0;
  Hash128 log_hash;
};

}  // namespace crucible::journal
