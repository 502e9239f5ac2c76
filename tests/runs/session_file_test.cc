// Session files: importing is idempotent, an interrupted import goes on, and nothing is overwritten.

#include "framework/runs/session_file.h"

#include "tests/runs/run_fixture.h"

namespace crucible::runs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SessionFileTest : public RunFixture {
 protected:
  std::string Bars(std::uint64_t count) const { return Write("bitfinex_TSTUSD_1m.csv", SomeBars(count)); }
  static absl::StatusOr<ImportOutcome> Import(const std::string& file, const std::string& output,
                                              const decode::ImportOptions& options = {}) {
    const std::vector<std::string> files = {file};
    return ImportSession(files, options, output, {});
  }
  // As a crash would leave it: a prefix of the records, status "running".
  void Interrupt(const std::string& whole, const std::string& partial, std::uint64_t keep) const {
    auto source = journal::Journal::Open(whole);
    ASSERT_TRUE(source.ok()) << source.status();
    journal::Manifest manifest = source->manifest();
    manifest.status = "running";
    auto copy = journal::Journal::Create(partial, manifest, {.block_records = 256});
    ASSERT_TRUE(copy.ok()) << copy.status();
    auto appender = copy->OpenAppender(kMarketStream, journal::AppendMode::kContinue);
    ASSERT_TRUE(appender.ok()) << appender.status();
    ASSERT_TRUE((*appender)->AppendText(*source->Text(kMarketStream, 1)).ok());
    auto cursor = source->Read(kMarketStream, {1, keep});
    ASSERT_TRUE(cursor.ok()) << cursor.status();
    for (auto batch = (*cursor)->Next(); batch.ok() && !batch->empty(); batch = (*cursor)->Next()) {
      ASSERT_TRUE((*appender)->Append(*batch).ok());
    }
    ASSERT_TRUE((*appender)->Commit().ok());
  }
};

TEST_F(SessionFileTest, ImportingAgainChangesNothing) {
  const std::string file = Bars(500);
  const auto first = Import(file, Path("a.session"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(first->was_there);
  const auto again = Import(file, Path("a.session"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->was_there);
  EXPECT_EQ(again->log_hash, first->log_hash);
  EXPECT_EQ(again->report.records, first->report.records);
  EXPECT_EQ(OpenSession(Path("a.session"))->head.last_seq, first->report.records);
}

TEST_F(SessionFileTest, TheSameFilesInAnotherOrderAreTheSameSession) {
  const std::string bars = SomeBars(600);
  const std::size_t cut = bars.find('\n', bars.size() / 2) + 1;
  const std::string first = Write("bitfinex_TSTUSD_a.csv", bars.substr(0, cut));
  const std::string second = Write("bitfinex_TSTUSD_b.csv", bars.substr(cut));
  const auto ordered = ImportSession(std::vector{first, second}, {}, Path("a.session"), {});
  ASSERT_TRUE(ordered.ok()) << ordered.status();
  const auto reversed = ImportSession(std::vector{second, first}, {}, Path("a.session"), {});
  ASSERT_TRUE(reversed.ok()) << reversed.status();
  EXPECT_TRUE(reversed->was_there);
  const auto told = ImportSession(std::vector{second, first}, {}, Path("b.session"), {});
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->log_hash, ordered->log_hash);
  EXPECT_TRUE(std::ranges::count(told->report.findings, "files_reordered", &decode::Finding::name) == 1);
}

TEST_F(SessionFileTest, AnInterruptedImportGoesOnWhereItStopped) {
  const std::string file = Bars(2000);
  const auto whole = Import(file, Path("whole.session"));
  ASSERT_TRUE(whole.ok()) << whole.status();
  for (const std::uint64_t keep :
       {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{777}, whole->report.records}) {
    const std::string partial = Path("partial" + std::to_string(keep) + ".session");
    ASSERT_NO_FATAL_FAILURE(Interrupt(Path("whole.session"), partial, keep));
    EXPECT_EQ(OpenSession(partial).status().code(), absl::StatusCode::kFailedPrecondition);
    SCOPED_TRACE(keep);
    const auto resumed = Import(file, partial);
    ASSERT_TRUE(resumed.ok()) << resumed.status();
    EXPECT_EQ(resumed->resumed_at, keep);
    EXPECT_EQ(resumed->log_hash, whole->log_hash);
    const auto session = OpenSession(partial);
    ASSERT_TRUE(session.ok()) << session.status();
    EXPECT_EQ(session->head.log_hash, whole->log_hash);
    EXPECT_EQ(session->journal->Verify(journal::VerifyLevel::kDecode)->fault, "");
  }
}

TEST_F(SessionFileTest, OtherContentOrOptionsUnderTheSameNameAreRefused) {
  ASSERT_TRUE(Import(Bars(500), Path("a.session")).ok());
  decode::ImportOptions options;
  options.repeat = 2;
  EXPECT_EQ(Import(Bars(500), Path("a.session"), options).status().code(), absl::StatusCode::kAlreadyExists);
  const auto other = Import(Bars(501), Path("a.session"));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("a.session holds another import"));
  EXPECT_TRUE(OpenSession(Path("a.session")).ok());
}

TEST_F(SessionFileTest, AFailedImportLeavesNothingInTheWay) {
  const std::string bad =
      Write("bitfinex_TSTUSD_1m.csv", SomeBars(20) + "1500000000000,1.0,oops,1.0,1.0,1\n");
  const auto failed = Import(bad, Path("a.session"));
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(std::string(failed.status().message()),
              AllOf(HasSubstr("bitfinex_TSTUSD_1m.csv:21"), HasSubstr("oops")));
  EXPECT_FALSE(std::filesystem::exists(Path("a.session")));
  EXPECT_TRUE(Import(Bars(500), Path("a.session")).ok());
}

TEST_F(SessionFileTest, AFileThatIsNoSessionIsLeftAlone) {
  Write("notes.session", "buy milk\n");
  EXPECT_FALSE(Import(Bars(500), Path("notes.session")).ok());
  std::ifstream notes(Path("notes.session"));
  std::string line;
  std::getline(notes, line);
  EXPECT_EQ(line, "buy milk");
}

TEST_F(SessionFileTest, TheDemoSessionIsTheSameEverywhere) {
  const std::string path = SmallSession();
  const auto session = OpenSession(path);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->completeness, decode::Completeness::kFullL3);
  EXPECT_GT(session->head.last_seq, 5'000U);
  ASSERT_TRUE(WriteDemoSession(Path("again.session"), {180'000'000'000}).ok());
  EXPECT_EQ(OpenSession(Path("again.session"))->head, session->head);
  EXPECT_EQ(WriteDemoSession(path, {60'000'000'000}).code(), absl::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace crucible::runs
