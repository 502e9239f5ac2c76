#include "framework/journal/facts.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crucible::journal {
namespace {

void AddField(std::string& text, std::string_view field) {
  absl::StrAppend(&text, field.size(), ":");
  text.append(field);
  text.push_back(',');
}

absl::Status BadFact(std::string_view text) {
  return absl::DataLossError(absl::StrFormat("fact is not a list of fields: \"%s\"", text.substr(0, 60)));
}

}  // namespace

std::string FactText(std::initializer_list<std::string_view> fields) {
  std::string text;
  for (const std::string_view field : fields) AddField(text, field);
  return text;
}

absl::StatusOr<std::vector<std::string>> ParseFact(std::string_view text) {
  std::vector<std::string> fields;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    std::uint64_t length = 0;
    if (colon == std::string_view::npos ||
        !absl::SimpleAtoi(absl::string_view(text.data(), colon), &length)) {
      return BadFact(text);
    }
    text.remove_prefix(colon + 1);
    if (length >= text.size() || text[length] != ',') return BadFact(text);
    fields.emplace_back(text.substr(0, length));
    text.remove_prefix(length + 1);
  }
  if (fields.empty()) return BadFact(text);
  return fields;
}

std::string JournalFact(std::string_view uuid, const Manifest& manifest, std::uint32_t block_records) {
  // As SQLite shows it: 64-bit two's complement.
  const std::string seed = absl::StrCat(static_cast<std::int64_t>(manifest.seed));
  return FactText({"journal", uuid, manifest.kind, seed, manifest.configuration, manifest.build,
                   absl::StrCat(block_records)});
}

std::string InputsFact(std::span<const InputRef> inputs) {
  std::string text = FactText({"inputs"});
  for (const InputRef& input : inputs) {
    for (const std::string& field : {absl::StrCat(input.ordinal), input.path_hint, input.uuid,
                                     absl::StrCat(input.count), ToHex(input.log_hash)}) {
      AddField(text, field);
    }
  }
  return text;
}

}  // namespace crucible::journal
