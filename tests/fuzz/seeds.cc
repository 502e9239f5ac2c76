// crucible_fuzz_ENTRY_seeds DIRECTORY: writes the seeds of an entry to DIRECTORY/seed-N.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/entries.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: crucible_fuzz_ENTRY_seeds DIRECTORY\n", stderr);
    return 2;
  }
  const std::filesystem::path folder(argv[1]);
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const std::string& seed : crucible::fuzz::CRUCIBLE_FUZZ_ENTRY().seeds()) {
    std::ofstream(folder / ("seed-" + std::to_string(number++)), std::ios::binary) << seed;
  }
  return 0;
}
