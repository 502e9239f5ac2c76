// schemas/events.toml, framework/event/kinds.h and docs/formats/records.md say the same.
#include <toml++/toml.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"
#include "framework/event/link_codes.h"
#include "framework/event/order_codes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crucible::house {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ReadSource(const std::string& path) {
  std::ifstream in(std::string(CRUCIBLE_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// One kind as a line: the form in which schema and code are compared.
std::string Line(std::int64_t number, std::string_view name, std::string_view origin,
                 const std::vector<std::string>& slots) {
  std::string line = absl::StrFormat("%d %s %s", number, name, origin);
  for (const std::string& slot : slots) line += " [" + slot + "]";
  return line;
}

std::string SlotText(const SlotInfo& slot) {
  if (slot.type == SlotType::kUnused) return "";
  return absl::StrFormat("%s:%s", slot.name, Name(slot.type));
}

std::string_view OriginText(OriginMeaning origin) {
  return origin == OriginMeaning::kSourceTime ? "source_time" : "cause";
}

std::vector<std::string> CodeLines() {
  std::vector<std::string> lines;
  lines.reserve(AllKinds().size());
  for (const KindInfo& kind : AllKinds()) {
    std::vector<std::string> slots;
    for (const SlotInfo& slot : kind.slots) slots.push_back(SlotText(slot));
    lines.push_back(Line(static_cast<std::int64_t>(kind.kind), kind.name, OriginText(kind.origin), slots));
  }
  return lines;
}

std::vector<std::string> SchemaLines(std::string_view toml_text) {
  const toml::table schema = toml::parse(toml_text);
  std::vector<std::string> lines;
  for (const toml::node& node : *schema["kind"].as_array()) {
    const toml::table& kind = *node.as_table();
    std::vector<std::string> slots;
    for (const toml::node& slot : *kind["slots"].as_array()) slots.push_back(slot.value_or(std::string("?")));
    lines.push_back(Line(kind["number"].value_or(std::int64_t{-1}),
                         kind["name"].value_or(std::string_view("?")),
                         kind["origin"].value_or(std::string_view("?")), slots));
  }
  return lines;
}

// A kind's row in docs/formats/records.md.
std::string DocumentRow(const KindInfo& kind) {
  std::string row = absl::StrFormat("| %d | `%s` | %s |", static_cast<int>(kind.kind), kind.name,
                                    kind.origin == OriginMeaning::kSourceTime ? "source time" : "cause");
  for (const SlotInfo& slot : kind.slots) {
    row += slot.type == SlotType::kUnused ? " |" : absl::StrFormat(" %s: %s |", slot.name, Name(slot.type));
  }
  return row;
}

template <class Code>
void ExpectCodesInDocument(const std::string& document, int first, int last) {
  for (int code = first; code <= last; ++code) {
    const std::string row = absl::StrFormat("| %d | %s |", code, Name(static_cast<Code>(code)));
    EXPECT_THAT(document, HasSubstr("\n" + row));
  }
}

TEST(SchemaTest, TheTomlFileEqualsTheTableInTheCode) {
  EXPECT_EQ(SchemaLines(ReadSource("schemas/events.toml")), CodeLines());
}

TEST(SchemaTest, AChangedSlotIsSeen) {
  std::string changed = ReadSource("schemas/events.toml");
  const std::string slot = "\"trade_id:id\"";
  ASSERT_NE(changed.find(slot), std::string::npos);
  changed.replace(changed.find(slot), slot.size(), "\"trade_id:count\"");
  EXPECT_NE(SchemaLines(changed), CodeLines());
}

TEST(SchemaTest, TheHeaderInTheTomlFileIsTheHeaderOfEvent) {
  const toml::table schema = toml::parse(ReadSource("schemas/events.toml"));
  EXPECT_EQ(schema["version"].value_or(0), 1);
  EXPECT_EQ(schema["record_bytes"].value_or(std::size_t{0}), sizeof(Event));
  std::vector<std::string> fields;
  for (const toml::node& field : *schema["header"].as_array())
    fields.push_back(field.value_or(std::string("?")));
  EXPECT_THAT(fields, ElementsAre("seq:u64", "time:i64", "origin:u64", "instrument:u32", "kind:u8", "side:u8",
                                  "flags:u16"));
  EXPECT_EQ(offsetof(Event, seq), 0U);
  EXPECT_EQ(offsetof(Event, time), 8U);
  EXPECT_EQ(offsetof(Event, origin), 16U);
  EXPECT_EQ(offsetof(Event, instrument), 24U);
  EXPECT_EQ(offsetof(Event, kind), 28U);
  EXPECT_EQ(offsetof(Event, side), 29U);
  EXPECT_EQ(offsetof(Event, flags), 30U);
  EXPECT_EQ(offsetof(Event, body), 32U);
}

TEST(RecordsDocumentTest, HasEveryKindsRow) {
  const std::string document = ReadSource("docs/formats/records.md");
  for (const KindInfo& kind : AllKinds()) EXPECT_THAT(document, HasSubstr("\n" + DocumentRow(kind)));
}

TEST(RecordsDocumentTest, HasEveryCode) {
  const std::string document = ReadSource("docs/formats/records.md");
  ExpectCodesInDocument<OrderType>(document, 1, 5);
  ExpectCodesInDocument<TimeInForce>(document, 1, 4);
  ExpectCodesInDocument<Reason>(document, 0, 18);
  ExpectCodesInDocument<FillRule>(document, 0, 11);
  ExpectCodesInDocument<LinkReason>(document, 1, 3);
  ExpectCodesInDocument<LinkReason>(document, 16, 20);
}

}  // namespace
}  // namespace crucible::house
