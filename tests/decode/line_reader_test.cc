#include "framework/decode/line_reader.h"

#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

struct Lines {
  std::vector<std::string> texts;
  std::vector<std::uint64_t> offsets;
  bool unterminated = false;
  absl::Status status;
};

Lines Read(const std::string& bytes, std::size_t chunk = 1 << 16) {
  LineReader reader(ByteSource::FromBytes(bytes, "file", chunk).value(), "file");
  Lines lines;
  std::string_view line;
  while (reader.Next(&line)) {
    lines.texts.emplace_back(line);
    lines.offsets.push_back(reader.offset());
    EXPECT_EQ(reader.line(), lines.texts.size());
  }
  lines.unterminated = reader.ended_without_line_feed();
  lines.status = reader.status();
  return lines;
}

TEST(LineReaderTest, LineEndsAreCutOffInBothForms) {
  const Lines lines = Read("a\nbb\r\n\nc\n");
  EXPECT_EQ(lines.texts, (std::vector<std::string>{"a", "bb", "", "c"}));
  EXPECT_EQ(lines.offsets, (std::vector<std::uint64_t>{0, 2, 6, 7}));
  EXPECT_FALSE(lines.unterminated);
}

TEST(LineReaderTest, TheLastLineCountsWithoutALineFeed) {
  const Lines lines = Read("a\nb");
  EXPECT_EQ(lines.texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(lines.unterminated);
}

TEST(LineReaderTest, ChunksDoNotChangeLines) {
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += std::string(static_cast<std::size_t>(i * 37 % 500), 'x') + (i % 3 ? "\n" : "\r\n");
  const Lines whole = Read(text);
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{1000}}) {
    const Lines parts = Read(text, chunk);
    EXPECT_EQ(parts.texts, whole.texts);
    EXPECT_EQ(parts.offsets, whole.offsets);
  }
}

TEST(LineReaderTest, ALineMayBeLongerThanTheBuffer) {
  const std::string longer(3'000'000, 'y');
  EXPECT_EQ(Read("a\n" + longer + "\nb\n").texts, (std::vector<std::string>{"a", longer, "b"}));
}

TEST(LineReaderTest, ALineWithoutEndIsAnErrorAndNotAllTheMemory) {
  const Lines lines = Read("first\n" + std::string(kMaxLineBytes + 1'000'000, 'z'), 1 << 20);
  EXPECT_EQ(lines.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(lines.status.message().find("file:2: the line is longer than"), absl::string_view::npos)
      << lines.status;
}

TEST(LineReaderTest, DamageIsReportedAfterTheLinesBeforeIt) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919 % 10007) + "\n";
  const std::string stored = Gzip(text);
  const Lines lines = Read(stored.substr(0, stored.size() / 2));
  EXPECT_GT(lines.texts.size(), 1000U);
  EXPECT_EQ(lines.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(lines.status.message().find("after line " + std::to_string(lines.texts.size())),
            absl::string_view::npos)
      << lines.status;
}

}  // namespace
}  // namespace crucible::decode
