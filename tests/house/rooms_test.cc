// The rooms of this repository, and proof that each check sees a planted violation.
#include "tests/house/rooms.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crucible::house {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<SourceFile>& Production() {
  static const auto& files = *new std::vector<SourceFile>(
      ReadTree(CRUCIBLE_SOURCE_DIR, {"framework", "simulators", "strategies", "replays"}));
  return files;
}

// Two rooms, bottom <- top, and what a test adds.
std::vector<SourceFile> House(std::vector<SourceFile> more) {
  more.push_back(
      {"framework/bottom/CMakeLists.txt", "crucible_room(bottom SOURCES b.cc PUBLIC absl::strings)\n"});
  more.push_back(
      {"framework/middle/CMakeLists.txt", "crucible_room(middle\n  SOURCES m.cc\n  DEPENDS bottom)\n"});
  more.push_back(
      {"framework/top/CMakeLists.txt", "crucible_room(top DEPENDS middle PRIVATE Threads::Threads)\n"});
  return more;
}

std::string IncludeProblems(const std::vector<SourceFile>& files) {
  return ToString(CheckIncludesMatchLinks(files, ParseRooms(files)));
}

TEST(HouseTest, TheRoomsOfTheCoreAreDeclared) {
  std::vector<std::string> names;
  for (const Room& room : ParseRooms(Production())) names.push_back(room.name);
  EXPECT_THAT(names, Contains("base"));
  EXPECT_THAT(names, Contains("event"));
}

TEST(HouseTest, LinksFormADag) { EXPECT_EQ(ToString(CheckLinksFormADag(ParseRooms(Production()))), ""); }

TEST(HouseTest, IncludesMatchLinks) { EXPECT_EQ(IncludeProblems(Production()), ""); }

TEST(HouseTest, ThirdPartyHeadersStayInTheirRooms) {
  EXPECT_EQ(ToString(CheckThirdPartyHeaders(Production())), "");
}

TEST(HouseTest, EveryRoomHasAReadme) {
  EXPECT_EQ(ToString(CheckRoomsHaveReadme(Production(), ParseRooms(Production()))), "");
}

TEST(HouseTest, TheArchitecturePageListsTheRoomsAsTheyAreLinked) {
  const auto document = ReadTree(CRUCIBLE_SOURCE_DIR, {"docs/architecture.md"});
  ASSERT_THAT(document, SizeIs(1));
  EXPECT_EQ(ToString(CheckArchitectureTable(document[0], ParseRooms(Production()))), "");
}

TEST(ParseRoomsTest, ReadsDependsUpToTheNextKeywordAndLinksOfPrograms) {
  const auto rooms = ParseRooms({{"framework/a/CMakeLists.txt",
                                  "# crucible_room(wrong DEPENDS x)\n"
                                  "crucible_room(a SOURCES a.cc DEPENDS b c PRIVATE absl::strings)\n"
                                  "add_executable(tool tool.cc)\n"
                                  "target_link_libraries(tool PRIVATE crucible::a crucible::d)\n"},
                                 {"framework/CMakeLists.txt", "add_subdirectory(a)\n"}});
  ASSERT_THAT(rooms, SizeIs(1));
  EXPECT_EQ(rooms[0].name, "a");
  EXPECT_EQ(rooms[0].directory, "framework/a");
  EXPECT_THAT(rooms[0].links, ElementsAre("b", "c", "d"));
}

TEST(CheckLinksFormADagTest, SeesACycleThroughThreeRooms) {
  const auto problems = ToString(CheckLinksFormADag(ParseRooms({
      {"framework/a/CMakeLists.txt", "crucible_room(a DEPENDS b)"},
      {"framework/b/CMakeLists.txt", "crucible_room(b DEPENDS c)"},
      {"framework/c/CMakeLists.txt", "crucible_room(c DEPENDS a)"},
      {"framework/d/CMakeLists.txt", "crucible_room(d DEPENDS a)"},
  })));
  EXPECT_THAT(problems, HasSubstr("room a "));
  EXPECT_THAT(problems, HasSubstr("room c "));
  EXPECT_THAT(problems, Not(HasSubstr("room d ")));
}

TEST(CheckIncludesMatchLinksTest, AcceptsDirectAndTransitiveLinks) {
  EXPECT_EQ(IncludeProblems(House({{"framework/top/t.cc",
                                    "#include \"framework/top/t.h\"\n#include \"framework/middle/m.h\"\n"
                                    "#include \"framework/bottom/b.h\"\n#include <vector>\n"}})),
            "");
}

TEST(CheckIncludesMatchLinksTest, SeesAnIncludeOfARoomAbove) {
  EXPECT_EQ(IncludeProblems(House({{"framework/bottom/b.cc", "\n#include \"framework/top/t.h\"\n"}})),
            "framework/bottom/b.cc:2: \"framework/top/t.h\" belongs to room top, which framework/bottom does "
            "not link\n");
}

TEST(CheckIncludesMatchLinksTest, SeesFilesAndIncludesOutsideAnyRoom) {
  EXPECT_THAT(IncludeProblems(House({{"framework/lost/l.cc", ""}})), HasSubstr("framework/lost/l.cc"));
  EXPECT_THAT(IncludeProblems(House({{"framework/top/t.cc", "#include \"framework/lost/l.h\"\n"}})),
              HasSubstr("in no room"));
}

TEST(CheckIncludesMatchLinksTest, StrategiesSeeThePluginHeaderAndTheirOwnFiles) {
  const auto with = [](const std::string& include) {
    const auto files = House({{"strategies/fast/fast.cc", "#include " + include + "\n"}});
    return IncludeProblems(files) + ToString(CheckThirdPartyHeaders(files));
  };
  EXPECT_EQ(with("<crucible/strategy.h>"), "");
  EXPECT_EQ(with("\"quotes.h\""), "");
  EXPECT_EQ(with("<vector>"), "");
  EXPECT_THAT(with("\"framework/engine/venue.h\""), HasSubstr("strategies/ may include"));
  EXPECT_THAT(with("\"strategies/slow/slow.h\""), HasSubstr("strategies/ may include"));
  EXPECT_THAT(with("\"../slow/slow.h\""), HasSubstr("strategies/ may include"));
  EXPECT_THAT(with("\"absl/strings/str_cat.h\""), HasSubstr("strategies/ may include"));
  EXPECT_THAT(with("<Eigen/Dense>"), HasSubstr("strategies/ may include"));
}

TEST(CheckIncludesMatchLinksTest, ThePluginHeaderIsARoomToBeLinked) {
  const SourceFile plugin{
      "framework/plugin/CMakeLists.txt",
      "add_library(crucible_plugin INTERFACE)\nadd_library(crucible::plugin ALIAS crucible_plugin)\n"};
  const SourceFile user{"framework/top/t.cc", "#include \"crucible/plugin.h\"\n"};
  EXPECT_THAT(IncludeProblems(House({plugin, user})), HasSubstr("belongs to room plugin"));
  const SourceFile linking{"framework/linking/CMakeLists.txt",
                           "crucible_room(linking PUBLIC crucible::plugin)"};
  const SourceFile linked{"framework/linking/t.cc", "#include \"crucible/plugin.h\"\n"};
  EXPECT_EQ(IncludeProblems(House({plugin, linking, linked})), "");
}

TEST(CheckThirdPartyHeadersTest, SeesEachPackageOutsideItsRoom) {
  for (const ThirdParty& header : ThirdPartyHeaders()) {
    if (header.directories.empty()) continue;
    const std::string include = "#include <" + std::string(header.prefix) + ">\n";
    const std::string home = std::string(header.directories.front()) + "/x.cc";
    EXPECT_THAT(CheckThirdPartyHeaders({{"framework/book/x.cc", include}}), SizeIs(1)) << include;
    EXPECT_THAT(CheckThirdPartyHeaders({{home, include}}), IsEmpty()) << include;
  }
}

TEST(CheckThirdPartyHeadersTest, SeesSpdlogInAHeaderAndAnIncludeOfUnknownOrigin) {
  EXPECT_THAT(CheckThirdPartyHeaders({{"framework/cli/x.h", "#include \"spdlog/spdlog.h\"\n"}}), SizeIs(1));
  EXPECT_THAT(CheckThirdPartyHeaders({{"framework/cli/x.cc", "#include \"spdlog/spdlog.h\"\n"}}), IsEmpty());
  EXPECT_THAT(CheckThirdPartyHeaders({{"framework/cli/x.cc", "#include \"x.h\"\n"}}), SizeIs(1));
}

TEST(CheckArchitectureTableTest, SeesAMissingLinkAMissingRoomAndARoomThatIsGone) {
  const auto rooms = ParseRooms(House({}));
  const auto problems = [&](const std::string& text) {
    return ToString(CheckArchitectureTable({"a.md", text}, rooms));
  };
  const std::string bottom = "\n| `bottom` | framework/bottom | - | stands below |\n";
  const std::string middle = "| `middle` | framework/middle | bottom | stands between |\n";
  const std::string top = "| `top` | framework/top | middle | stands above |\n";
  EXPECT_EQ(problems(bottom + middle + top), "");
  EXPECT_THAT(problems(bottom + top), HasSubstr("missing row: | `middle` | framework/middle | bottom |"));
  EXPECT_THAT(problems(bottom + middle + "| `top` | framework/top | - | stands above |\n"),
              HasSubstr("a.md:4"));
  EXPECT_THAT(problems(bottom + middle + top + "| `gone` | framework/gone | - | |\n"), HasSubstr("a.md:5"));
}

TEST(CheckRoomsHaveReadmeTest, SeesAMissingOne) {
  const auto files =
      House({{"framework/top/README.md", "# top"}, {"framework/bottom/README.md", "# bottom"}});
  const auto problems = ToString(CheckRoomsHaveReadme(files, ParseRooms(files)));
  EXPECT_THAT(problems, HasSubstr("framework/middle/README.md"));
  EXPECT_THAT(problems, Not(HasSubstr("framework/top")));
}

}  // namespace
}  // namespace crucible::house
