// Files that writers of earlier formats made:
//   format_1.session   3,000 made-up LOBSTER messages of one instrument
//   format_2.run       quotes in a generated market; 172 fills
#pragma once

#include <gtest/gtest.h>
#include <zstd.h>

#include <fstream>
#include <iterator>
#include <string>

namespace crucible::journal {

inline void WriteStored(const std::string& name, const std::string& path) {
  std::ifstream packed(CRUCIBLE_SOURCE_DIR "/tests/journal/data/" + name + ".zst", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(packed), {}};
  std::string file(ZSTD_getFrameContentSize(bytes.data(), bytes.size()), '\0');
  EXPECT_EQ(ZSTD_decompress(file.data(), file.size(), bytes.data(), bytes.size()), file.size());
  std::ofstream(path, std::ios::binary) << file;
}

}  // namespace crucible::journal
