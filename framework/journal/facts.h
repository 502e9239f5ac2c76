// Room-internal: facts about the file itself, as texts of stream 0. Tables journal, run_input, meta and
// stream are projections of them, which is how the chain covers those tables too.
//
// A fact is a list of fields, the first being its name, each written as "<bytes>:<field>,":
//   journal  uuid kind seed configuration build block_records
//   status   status
//   inputs   then per input: ordinal path_hint uuid count log_hash
//   meta     key value
//   stream   stream_id name
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/journal/journal.h"

namespace crucible::journal {

std::string FactText(std::initializer_list<std::string_view> fields);
// kDataLoss when `text` is not a list of fields.
absl::StatusOr<std::vector<std::string>> ParseFact(std::string_view text);

std::string JournalFact(std::string_view uuid, const Manifest& manifest, std::uint32_t block_records);
std::string InputsFact(std::span<const InputRef> inputs);

}  // namespace crucible::journal
