// A file that the first format's writer made: 3,000 made-up LOBSTER messages of one instrument.
#pragma once

#include <gtest/gtest.h>
#include <zstd.h>

#include <fstream>
#include <iterator>
#include <string>

namespace crucible::journal {

inline void WriteStoredFormat1(const std::string& path) {
  std::ifstream packed(CRUCIBLE_SOURCE_DIR "/tests/journal/data/format_1.session.zst", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(packed), {}};
  std::string file(ZSTD_getFrameContentSize(bytes.data(), bytes.size()), '\0');
  EXPECT_EQ(ZSTD_decompress(file.data(), file.size(), bytes.data(), bytes.size()), file.size());
  std::ofstream(path, std::ios::binary) << file;
}

}  // namespace crucible::journal
