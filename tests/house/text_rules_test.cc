// The text rules on this repository, and proof that each sees a planted violation.
#include "tests/house/text_rules.h"

#include <filesystem>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crucible::house {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<SourceFile> Production() {
  return ReadTree(CRUCIBLE_SOURCE_DIR, {"framework", "simulators", "strategies", "replays"});
}

std::vector<SourceFile> Everything() {
  return ReadTree(CRUCIBLE_SOURCE_DIR, {"framework", "simulators", "strategies", "replays", "schemas",
                                        "tests", "benchmarks", "docs"});
}

TEST(HouseTest, NothingInProductionCodeBreaksDeterminism) {
  EXPECT_EQ(ToString(CheckBans(Production())), "");
  EXPECT_EQ(ToString(CheckHashIteration(Production())), "");
}

TEST(HouseTest, NoCompilerFlagLetsResultsChange) {
  std::vector<SourceFile> files = Everything();
  const std::vector<SourceFile> root = ReadTree(CRUCIBLE_SOURCE_DIR, {"CMakeLists.txt", "CMakePresets.json"});
  files.insert(files.end(), root.begin(), root.end());
  EXPECT_EQ(ToString(CheckCompilerFlags(files)), "");
}

TEST(HouseTest, FilesAreShortAndNamedForWhatTheyHold) {
  EXPECT_EQ(ToString(CheckFileLength(Everything())), "");
  EXPECT_EQ(ToString(CheckFileNames(Everything())), "");
}

TEST(HouseTest, TheTopLevelHoldsTheRoomsOnly) {
  std::vector<std::string> directories;
  for (const auto& entry : std::filesystem::directory_iterator(CRUCIBLE_SOURCE_DIR)) {
    if (entry.is_directory()) directories.push_back(entry.path().filename().string());
  }
  EXPECT_EQ(ToString(CheckTopLevel(directories)), "");
}

// tests/mutations/run changes these texts; one that has moved away would be noticed only when somebody runs it.
TEST(HouseTest, EveryMutationChangesATextThatStandsInItsFileOnce) {
  const std::vector<SourceFile> list = ReadTree(CRUCIBLE_SOURCE_DIR, {"tests/mutations/list.tsv"});
  ASSERT_THAT(list, SizeIs(1));
  int mutations = 0;
  for (const std::string_view line : Lines(list.front().text)) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::vector<std::string> fields = absl::StrSplit(std::string(line), '\t');
    ASSERT_THAT(fields, SizeIs(6)) << line;
    const std::vector<SourceFile> file = ReadTree(CRUCIBLE_SOURCE_DIR, {fields[1]});
    ASSERT_THAT(file, SizeIs(1)) << fields[1];
    const std::string text = absl::StrReplaceAll(fields[2], {{"\\n", "\n"}});
    const std::size_t at = file.front().text.find(text);
    EXPECT_NE(at, std::string::npos) << fields[0] << " is not in " << fields[1];
    EXPECT_EQ(file.front().text.find(text, at + 1), std::string::npos) << fields[0] << " is twice in " << fields[1];
    ++mutations;
  }
  EXPECT_GE(mutations, 10);
}

// Lines that a ban must see, each in a room where nothing is allowed.
TEST(CheckBansTest, SeesPlantedViolations) {
  for (const char* line : {
           "std::random_device device;",
           "int x = rand();",
           "srand(42);",
           "double d = drand48();",
           "long l = random();",
           "static std::mt19937_64 engine;",
           "absl::BitGen gen;",
           "std::normal_distribution<double> normal;",
           "std::shuffle(v.begin(), v.end(), engine);",
           "auto now = std::chrono::steady_clock::now();",
           "auto now = Clock::time_point(std::chrono::system_clock::now());",
           "auto t = std::time(nullptr);",
           "auto t = time(nullptr);",
           "gettimeofday(&tv, nullptr);",
           "auto ticks = std::clock();",
           "double seconds = double(clock()) / CLOCKS_PER_SEC;",
           "clock_gettime(CLOCK_MONOTONIC, &ts);",
           "auto ticks = __builtin_ia32_rdtsc();",
           "double y = std::exp(x);",
           "double y = __builtin_fma(a, b, c);",
           "double y = log(x);",
           "double y = ::pow(x, 2);",
           "double y = 2 * std::log1p(x);",
           "float y = tanhf(x);",
           "double y = std::fma(a, b, c);",
           "std::size_t h = std::hash<std::string>{}(key);",
           "std::size_t h = absl::HashOf(key);",
           "const char* home = std::getenv(\"HOME\");",
           "setlocale(LC_ALL, \"\");",
           "auto id = std::this_thread::get_id();",
       }) {
    EXPECT_THAT(CheckBans({{"framework/book/x.cc", line}}), SizeIs(1)) << line;
  }
}

TEST(CheckBansTest, LeavesNamesakesCommentsAndTextAlone) {
  for (const char* line : {
           "// std::exp() would change with the CPU",
           "throw_error(\"rand() is not allowed\");",
           "double y = math::Exp(x);",
           "double y = crucible::Log(x);",
           "double y = model.exp(x);",
           "Nanos time() const;",
           "event.time(nullptr);",
           "Time venue_time(0);",
           "int operand(int x);",
           "spdlog::info(x);",
           "int grand(int x);",
           "const Random random(seed);",
           "Nanos now = clock();",
           "double y = std::sqrt(x);",
           "auto price = sleef::exp(x);",
       }) {
    EXPECT_THAT(CheckBans({{"framework/book/x.cc", line}}), IsEmpty()) << line;
  }
}

TEST(CheckBansTest, ClocksAreAllowedWhereTheOutsideWorldIsMet) {
  const std::string line = "auto now = std::chrono::steady_clock::now();";
  EXPECT_THAT(CheckBans({{"framework/cli/progress.cc", line}}), IsEmpty());
  EXPECT_THAT(CheckBans({{"framework/live/loop.cc", line}}), IsEmpty());
  EXPECT_THAT(CheckBans({{"framework/engine/loop.cc", line}}), SizeIs(1));
}

TEST(CheckHashIterationTest, SeesRangeForAndBeginAcrossHeaderAndSource) {
  const SourceFile header{"framework/x/x.h", "absl::flat_hash_map<OrderId, std::vector<int>> orders_;\n"};
  EXPECT_THAT(
      CheckHashIteration({header, {"framework/x/x.cc", "for (const auto& [id, order] : orders_) {\n"}}),
      SizeIs(1));
  EXPECT_THAT(CheckHashIteration(
                  {header, {"framework/x/x.cc", "for (auto it = orders_.begin(); it != e; ++it) {\n"}}),
              SizeIs(1));
  EXPECT_THAT(
      CheckHashIteration({{"framework/x/y.cc", "std::unordered_set<int> seen;\nfor (int x : seen) f(x);\n"}}),
      SizeIs(1));
}

TEST(CheckHashIterationTest, LookupAndSortedContainersAreFine) {
  const SourceFile header{
      "framework/x/x.h",
      "absl::flat_hash_map<OrderId, int> index_;\nabsl::btree_map<OrderId, int> orders_;\n"};
  EXPECT_THAT(CheckHashIteration({header,
                                  {"framework/x/x.cc",
                                   "if (index_.find(id) == index_.end()) return;\n"
                                   "for (const auto& [id, order] : orders_) {\n"}}),
              IsEmpty());
}

TEST(CheckCompilerFlagsTest, SeesFastMathAndItsKin) {
  for (const char* flag : {"-ffast-math", "-Ofast", "-march=native", "-ffp-contract=fast"}) {
    const std::string line = "target_compile_options(x PRIVATE " + std::string(flag) + ")\n";
    EXPECT_THAT(CheckCompilerFlags({{"framework/x/CMakeLists.txt", line}}), SizeIs(1)) << flag;
  }
  EXPECT_THAT(
      CheckCompilerFlags({{"framework/x/CMakeLists.txt", "-fno-fast-math -ffp-contract=off # -Ofast\n"}}),
      IsEmpty());
}

TEST(CheckFileLengthTest, SeesOneLineTooMany) {
  std::string text;
  for (std::size_t i = 0; i < kMostLines; ++i) text += "x\n";
  EXPECT_THAT(CheckFileLength({{"framework/x/x.cc", text}}), IsEmpty());
  EXPECT_THAT(CheckFileLength({{"framework/x/x.cc", text + "x\n"}}), SizeIs(1));
  EXPECT_THAT(CheckFileLength({{"docs/x.md", text + "x\n"}}), IsEmpty());
}

TEST(CheckTopLevelTest, SeesADirectoryThatBelongsElsewhere) {
  EXPECT_THAT(CheckTopLevel({"framework", "cmake", "build", ".ci"}), SizeIs(1));
}

TEST(CheckFileNamesTest, SeesNamesThatSayNothing) {
  for (const char* path : {"framework/utils/x.cc", "framework/x/price_utils.h", "tests/common.cc",
                           "tests/x/helpers.h", "framework/misc/x.h"}) {
    EXPECT_THAT(CheckFileNames({{path, ""}}), SizeIs(1)) << path;
  }
  EXPECT_THAT(CheckFileNames({{"framework/x/utilisation.cc", ""}, {"framework/x/uncommon.cc", ""}}),
              IsEmpty());
}

}  // namespace
}  // namespace crucible::house
