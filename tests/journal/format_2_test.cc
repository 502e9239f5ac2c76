#include <cstdlib>

#include "framework/journal/compact.h"
#include "framework/journal/query.h"
#include "framework/journal/sqlite.h"
#include "framework/journal/verify.h"
#include "tests/journal/journal_fixture.h"
#include "tests/journal/stored_file.h"

namespace crucible::journal {
namespace {

class Format2Test : public JournalFixture {
 protected:
  Format2Test() { WriteStored("format_2.run", Path("old")); }

  static std::string Fault(const std::string& path) {
    const auto report = Journal::Open(path)->Verify(VerifyLevel::kDecode);
    return report.ok() ? report->fault : std::string(report.status().message());
  }

  // Rows as "a|b|c", one per line.
  static std::string Rows(const std::string& path, std::string_view sql) {
    std::string text;
    const absl::Status status = Query(path, sql, [&](auto, std::span<const QueryValue> values) {
      for (const QueryValue& value : values) {
        if (const auto* number = std::get_if<std::int64_t>(&value)) text += std::to_string(*number);
        if (const auto* words = std::get_if<std::string>(&value)) text += *words;
        text += '|';
      }
      text += '\n';
      return true;
    });
    EXPECT_TRUE(status.ok()) << status;
    return text;
  }
};

TEST_F(Format2Test, IsReadAndVerifiedWithItsTableOfFills) {
  EXPECT_EQ(ToHex(Journal::Open(Path("old"))->Head("run")->log_hash), "b6a501c3ed7751d6dd550a98c678838b");
  EXPECT_EQ(Fault(Path("old")), "");
  EXPECT_EQ(Rows(Path("old"), "SELECT count(*), min(seq), sum(fee) FROM fills"), "172|11|-34361560|\n");
  EXPECT_EQ(Rows(Path("old"), "SELECT quantity, fills, fees FROM positions"), "0|172|-34361560|\n");
}

TEST_F(Format2Test, AnEditOfItsFillsIsReported) {
  if (std::system("command -v sqlite3 > /dev/null") != 0) GTEST_SKIP() << "no sqlite3 program";
  for (const char* sql : {"UPDATE fills SET fee = fee + 1 WHERE order_id = 4", "DELETE FROM fills WHERE seq > 1000",
                          "UPDATE fills SET rule = 'x' WHERE seq = 11", "UPDATE fills SET liquidity = 'taker'"}) {
    std::filesystem::copy_file(Path("old"), Path("b"), std::filesystem::copy_options::overwrite_existing);
    ASSERT_EQ(std::system(("sqlite3 '" + Path("b") + "' \"" + sql + "\"").c_str()), 0) << sql;
    EXPECT_NE(Fault(Path("b")).find("table fills"), std::string::npos) << sql << ": " << Fault(Path("b"));
  }
}

TEST_F(Format2Test, AnUnfinishedFileIsForTheBuildThatBeganIt) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(Path("old").c_str(), &database), SQLITE_OK);
  ASSERT_OK(Execute(database, "UPDATE journal SET status = 'running'"));
  sqlite3_close(database);
  const absl::Status status = Journal::Open(Path("old"), {.read_only = false}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("finish it with that build, or remove it"), std::string::npos) << status;
  EXPECT_EQ(status.message().find("compact"), std::string::npos) << status;
}

TEST_F(Format2Test, CompactedItFoldsTheSameFills) {
  ASSERT_OK(Compact(Journal::Open(Path("old")).value(), Path("new")).status());
  EXPECT_EQ(Fault(Path("new")), "");
  const std::string fills = Rows(Path("old"), "SELECT * FROM fills");
  EXPECT_EQ(Rows(Path("new"), "SELECT * FROM fills"), fills);
  EXPECT_EQ(Rows(Path("new"), "SELECT count(*) FROM main.sqlite_schema WHERE name = 'fills'"), "0|\n");
}

}  // namespace
}  // namespace crucible::journal
