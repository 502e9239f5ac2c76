// A directory of its own per test, and small makers of records.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "framework/event/kinds.h"
#include "framework/journal/journal.h"

namespace crucible::journal {

class JournalFixture : public ::testing::Test {
 protected:
  JournalFixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "crucible-journal-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~JournalFixture() override { std::filesystem::remove_all(directory_); }
  std::string Path(const std::string& name) const { return (directory_ / name).string(); }

  std::filesystem::path directory_;
};

inline Manifest TestManifest() { return {"import", "running", 7, "[run]\nname = \"x\"\n", "{}"}; }

// Order flow on one instrument, with sequences first_seq, first_seq + 1, ...
inline std::vector<Event> SomeRecords(std::uint64_t first_seq, std::size_t count) {
  std::vector<Event> records(count);
  for (std::size_t i = 0; i < count; ++i) {
    Event& event = records[i];
    event.seq = first_seq + i;
    event.time = 1'000'000'000 + static_cast<std::int64_t>(event.seq) * 1000;
    event.origin = static_cast<std::uint64_t>(event.time) - 500;
    event.kind = event.seq % 3 == 0 ? Kind::kOrderDelete : Kind::kOrderAdd;
    event.side = event.seq % 2 == 0 ? Side::kBid : Side::kAsk;
    event.flags = flag::kGroupEnd;
    event.body = {10'000 + static_cast<std::int64_t>(event.seq * 7919 % 100), 100,
                  static_cast<std::int64_t>(event.seq), 0};
  }
  return records;
}

inline std::vector<Event> ReadAll(const Journal& journal, std::string_view stream, const Range& range = {}) {
  std::vector<Event> all;
  auto cursor = journal.Read(stream, range);
  EXPECT_TRUE(cursor.ok()) << cursor.status();
  while (cursor.ok()) {
    auto records = (*cursor)->Next();
    EXPECT_TRUE(records.ok()) << records.status();
    if (!records.ok() || records->empty()) break;
    all.insert(all.end(), records->begin(), records->end());
  }
  return all;
}

}  // namespace crucible::journal

#define ASSERT_OK(expression)                               \
  do {                                                      \
    const absl::Status assert_ok_status = (expression);     \
    ASSERT_TRUE(assert_ok_status.ok()) << assert_ok_status; \
  } while (false)
