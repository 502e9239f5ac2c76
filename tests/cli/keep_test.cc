// Keeping files: export, follow, compact and prune, as a user sees them.

#include <sys/wait.h>

#include <bit>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_split.h"
#include "framework/journal/journal.h"
#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class KeepTest : public CliFixture {
 protected:
  static std::string Contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::vector<std::string> Lines(const std::string& text) {
    return absl::StrSplit(text, '\n', absl::SkipEmpty());
  }
  std::vector<Event> RecordsOf(const std::string& path) const {
    const auto journal = journal::Journal::Open(path).value();
    auto cursor = std::move(journal.Read("market")).value();
    std::vector<Event> all;
    while (true) {
      const auto records = cursor->Next().value();
      if (records.empty()) return all;
      all.insert(all.end(), records.begin(), records.end());
    }
  }
};

TEST_F(KeepTest, ExportWritesARowPerRecord) {
  const std::vector<Event> records = RecordsOf(SmallSession());
  const ProgramResult result = Crucible({"export", "small.session", "-o", "all.csv"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<std::string> lines = Lines(Contents(Path("all.csv")));
  ASSERT_EQ(lines.size(), records.size() + 1);
  EXPECT_EQ(lines[0], "seq,time,origin,instrument,kind,side,flags,slot0,slot1,slot2,slot3");
  for (const std::size_t i : {std::size_t{0}, records.size() / 2, records.size() - 1}) {
    const std::vector<std::string> fields = absl::StrSplit(lines[i + 1], ',');
    ASSERT_EQ(fields.size(), 11u);
    EXPECT_EQ(fields[0], std::to_string(records[i].seq));
    EXPECT_EQ(fields[1], std::to_string(records[i].time));
    EXPECT_EQ(fields[7], std::to_string(records[i].body[0]));
  }
  const ProgramResult again = Crucible({"export", "small.session", "-o", "all.csv"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("there already"));
}

TEST_F(KeepTest, ExportOfAKindHasItsNamesAndDecimals) {
  SmallSession();
  const ProgramResult result = Crucible(
      {"export", "small.session", "-o", "-", "--kind", "order_execute", "--from", "100", "--to", "2000"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<std::string> lines = Lines(result.out);
  EXPECT_EQ(lines[0], "seq,time,origin,instrument,kind,side,flags,price,quantity,order_id,trade_id");
  ASSERT_GT(lines.size(), 5u);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> fields = absl::StrSplit(lines[i], ',');
    EXPECT_EQ(fields[4], "order_execute");
    EXPECT_GE(std::stoull(fields[0]), 100u);
    EXPECT_LE(std::stoull(fields[0]), 2000u);
  }
  EXPECT_THAT(Crucible({"export", "small.session", "-o", "x.csv", "--kind", "trades"}).err,
              HasSubstr("there are: definition"));
  EXPECT_FALSE(std::filesystem::exists(Path("x.csv")));
}

TEST_F(KeepTest, ExportedArraysAreNumPysFormat) {
  const std::vector<Event> records = RecordsOf(SmallSession());
  ASSERT_EQ(Crucible({"export", "small.session", "-o", "arrays"}).exit_code, 0);
  const std::string time = Contents(Path("arrays/time.npy"));
  ASSERT_EQ(time.size(), 128 + 8 * records.size());
  EXPECT_EQ(time.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_EQ(static_cast<unsigned char>(time[8]) + 256 * static_cast<unsigned char>(time[9]), 118);
  EXPECT_THAT(time.substr(0, 128), HasSubstr("{'descr': '<i8', 'fortran_order': False, 'shape': (" +
                                             std::to_string(records.size()) + ",), }"));
  EXPECT_EQ(time[127], '\n');
  std::vector<std::int64_t> values(records.size());
  std::memcpy(values.data(), time.data() + 128, 8 * values.size());
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(values[i], records[i].time);
  EXPECT_EQ(Contents(Path("arrays/kind.npy")).size(), 128 + records.size());
  const json legend = json::parse(Contents(Path("arrays/columns.json")));
  EXPECT_EQ(legend["records"], records.size());
  EXPECT_EQ(legend["kinds"]["8"]["name"], "order_add");
}

TEST_F(KeepTest, FollowPrintsWhatIsThereAndWhatIsAppendedUntilTheWriterEnds) {
  auto journal = journal::Journal::Create(Path("live"), {"record", "running", 0, "", "{}"}).value();
  auto appender = std::move(journal.OpenAppender("market", journal::AppendMode::kContinue)).value();
  const auto append = [&](std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t seq = first; seq <= last; ++seq) {
      Event event;
      event.seq = seq;
      event.kind = Kind::kTrade;
      ASSERT_TRUE(appender->Append(std::span(&event, 1)).ok());
    }
    ASSERT_TRUE(appender->Commit().ok());
  };
  append(1, 10);
  ProgramResult followed;
  std::thread reader(
      [&] { followed = Crucible({"--json", "follow", "live", "--from", "1", "--poll", "5"}); });
  for (std::uint64_t round = 1; round < 20; ++round) {
    append(10 * round + 1, 10 * round + 10);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_TRUE(appender->Close().ok());
  ASSERT_TRUE(journal.SetStatus("ended").ok());
  reader.join();
  EXPECT_EQ(followed.exit_code, 0) << followed.err;
  const std::vector<std::string> lines = Lines(followed.out);
  ASSERT_EQ(lines.size(), 200u);
  for (std::size_t i = 0; i < lines.size(); ++i) ASSERT_EQ(json::parse(lines[i])["seq"], i + 1);
}

TEST_F(KeepTest, CompactKeepsTheLogHashAndTheRunStillReplays) {
  SmallSession();
  Write("small.toml", kSmallRun);
  ASSERT_EQ(Crucible({"run", "small.toml", "-o", "a.run"}).exit_code, 0);
  const ProgramResult compacted = Crucible({"compact", "a.run", "-o", "b.run"});
  ASSERT_EQ(compacted.exit_code, 0) << compacted.err;
  EXPECT_EQ(Crucible({"diff", "a.run", "b.run"}).exit_code, 0);
  EXPECT_EQ(Crucible({"verify", "b.run"}).exit_code, 0);
  EXPECT_EQ(Crucible({"replay", "b.run", "--verify"}).exit_code, 0);
}

TEST_F(KeepTest, PruneShowsBeforeItRemovesAndTouchesFinishedRunsOnly) {
  SmallSession();
  Write("small.toml", kSmallRun);
  for (const char* run : {"a.run", "b.run", "c.run"})
    ASSERT_EQ(Crucible({"run", "small.toml", "-o", run}).exit_code, 0);
  Write("notes.run", "not a journal");
  {
    auto running = journal::Journal::Create(Path("running.run"), {"backtest", "running", 0, "", "{}"});
    ASSERT_TRUE(running.ok());
  }
  const auto now = std::filesystem::file_time_type::clock::now();
  std::filesystem::last_write_time(Path("a.run"), now - std::chrono::hours(30));
  std::filesystem::last_write_time(Path("b.run"), now - std::chrono::hours(20));
  EXPECT_EQ(Crucible({"prune", "."}).exit_code, 2);
  const ProgramResult dry = Crucible({"prune", ".", "--keep", "1", "--older-than", "25h"});
  EXPECT_THAT(dry.out, testing::AllOf(HasSubstr("would remove ./a.run"), HasSubstr("--apply")));
  EXPECT_THAT(dry.out, testing::Not(HasSubstr("b.run")));
  EXPECT_TRUE(std::filesystem::exists(Path("a.run")));
  ASSERT_EQ(Crucible({"prune", ".", "--keep", "1", "--apply"}).exit_code, 0);
  for (const char* gone : {"a.run", "b.run"}) EXPECT_FALSE(std::filesystem::exists(Path(gone))) << gone;
  for (const char* stays : {"c.run", "notes.run", "running.run", "small.session"})
    EXPECT_TRUE(std::filesystem::exists(Path(stays))) << stays;
}

}  // namespace
}  // namespace crucible::cli
