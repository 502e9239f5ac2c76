// Which instrument a DBN record is about: by the metadata's mappings, definitions seen so far, and the user's
// wish.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "framework/decode/dbn_metadata.h"
#include "framework/decode/dbn_records.h"
#include "framework/decode/importer.h"

namespace crucible::decode {

// What a definition record says.
struct DbnDefinition {
  std::string symbol;
  std::string currency;
  std::string settle_currency;
  std::int64_t tick_size = 0;  // 1e-9; 0 where it is not known
  std::int64_t multiplier = 1;
};

class DbnSymbols {
 public:
  // The mappings of the next file; those before it are forgotten.
  void OnMetadata(const DbnMetadata& metadata);
  // kInvalidArgument: `record` has a length that no version has. `bytes` is the record without send time.
  absl::Status OnDefinition(std::span<const char> bytes, const Position& at);

  struct Resolution {
    std::string symbol;
    Nanos until;  // the answer may change then
  };
  Resolution Resolve(std::uint32_t instrument, Nanos time) const;
  // nullptr where none was seen.
  const DbnDefinition* definition(std::uint32_t instrument) const;
  // In order of appearance.
  const std::vector<std::uint32_t>& defined() const { return defined_; }

  InstrumentDefaults Defaults(const std::string& symbol, std::uint32_t instrument,
                              const std::string& venue) const;

 private:
  absl::flat_hash_map<std::uint32_t, std::vector<DbnMapping>> mappings_;  // lookup only
  absl::flat_hash_map<std::uint32_t, DbnDefinition> definitions_;         // lookup only
  std::vector<std::uint32_t> defined_;
  bool lasting_symbols_ = true;
};

}  // namespace crucible::decode
