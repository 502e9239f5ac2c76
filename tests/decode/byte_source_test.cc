#include "framework/decode/byte_source.h"

#include "framework/base/random.h"
#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

absl::StatusOr<std::string> ReadAll(const std::string& bytes, std::size_t chunk, std::size_t read_size) {
  CRUCIBLE_ASSIGN_OR_RETURN(const auto source, ByteSource::FromBytes(bytes, "file", chunk));
  std::string all;
  std::string buffer(read_size, '\0');
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, source->Read(buffer));
    if (count == 0) break;
    all.append(buffer, 0, count);
  }
  EXPECT_EQ(source->stored_bytes_read(), bytes.size());
  return all;
}

std::string Text(int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) text += "line " + std::to_string(i * 7919 % 1000) + "\n";
  return text;
}

TEST(ByteSourceTest, ReadsPlainGzipAndZstdAlikeInChunksOfAnySize) {
  const std::string text = Text(5000);
  for (const std::string& stored : {text, Gzip(text), Zstd(text)}) {
    for (const std::size_t chunk :
         {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20}) {
      const auto read = ReadAll(stored, chunk, 1000);
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(*read, text);
    }
  }
}

TEST(ByteSourceTest, ReadsJoinedCompressedFilesAsOne) {
  EXPECT_EQ(ReadAll(Gzip("one\n") + Gzip("two\n"), 5, 64).value(), "one\ntwo\n");
  EXPECT_EQ(ReadAll(Zstd("one\n") + Zstd("two\n"), 5, 64).value(), "one\ntwo\n");
}

TEST(ByteSourceTest, AnEmptyFileHasNoBytes) {
  EXPECT_EQ(ReadAll("", 5, 64).value(), "");
  EXPECT_EQ(ReadAll(Gzip(""), 5, 64).value(), "");
  EXPECT_EQ(ReadAll(Zstd(""), 5, 64).value(), "");
}

TEST(ByteSourceTest, TruncatedCompressionIsDataLossThatNamesTheFile) {
  const std::string text = Text(5000);
  for (const std::string& stored : {Gzip(text), Zstd(text)}) {
    for (const std::size_t kept : {stored.size() - 1, stored.size() / 2, std::size_t{5}}) {
      const auto read = ReadAll(stored.substr(0, kept), 4096, 1000);
      ASSERT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << kept;
      EXPECT_NE(read.status().message().find("file: "), absl::string_view::npos);
      EXPECT_NE(read.status().message().find("ends early"), absl::string_view::npos) << read.status();
    }
  }
}

TEST(ByteSourceTest, DamagedCompressionIsDataLoss) {
  std::string gzip = Gzip(Text(5000));
  gzip[gzip.size() / 2] ^= 0x55;
  EXPECT_EQ(ReadAll(gzip, 4096, 1000).status().code(), absl::StatusCode::kDataLoss);
  std::string zstd = Zstd(Text(5000));
  zstd[10] ^= 0x55;
  EXPECT_EQ(ReadAll(zstd, 4096, 1000).status().code(), absl::StatusCode::kDataLoss);
}

TEST(ByteSourceTest, AMissingFileIsNotFound) {
  EXPECT_EQ(ByteSource::OpenFile("/no/such/file").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace crucible::decode
