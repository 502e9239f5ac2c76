#include "tests/house/source_tree.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crucible::house {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(StripCommentsTest, CommentsVanishAndLinesKeepTheirNumbers) {
  const std::string stripped = StripComments("a; // rand()\n/* srand(\n1) */ b;\n");
  EXPECT_THAT(stripped, Not(HasSubstr("rand")));
  const std::vector<std::string_view> lines = Lines(stripped);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[0], StartsWith("a;"));
  EXPECT_THAT(lines[2], EndsWith("b;"));
}

TEST(StripCommentsTest, LiteralsAreBlankedButCodeAroundThemStays) {
  const std::string stripped = StripComments(R"(f("rand() // \" no", 'x', 1'000, R"-(std::exp("))-"); g();)");
  EXPECT_THAT(stripped, Not(HasSubstr("rand")));
  EXPECT_THAT(stripped, Not(HasSubstr("exp")));
  EXPECT_THAT(stripped, HasSubstr("1'000"));
  EXPECT_THAT(stripped, HasSubstr("g();"));
}

TEST(StripCommentsTest, IncludeDirectivesStayWhole) {
  EXPECT_EQ(StripComments("#include \"framework/base/units.h\"\n"), "#include \"framework/base/units.h\"\n");
}

TEST(IsUnderTest, ADirectoryIsNotAPrefixOfItsNamesake) {
  EXPECT_TRUE(IsUnder("framework/book/l2.h", "framework/book"));
  EXPECT_FALSE(IsUnder("framework/bookkeeping/l2.h", "framework/book"));
}

TEST(ReadTreeTest, FindsThisRepositoryInPathOrder) {
  const std::vector<SourceFile> files = ReadTree(CRUCIBLE_SOURCE_DIR, {"framework"});
  ASSERT_GT(files.size(), 10U);
  EXPECT_TRUE(std::is_sorted(files.begin(), files.end(),
                             [](const auto& a, const auto& b) { return a.path < b.path; }));
  EXPECT_EQ(std::count_if(files.begin(), files.end(),
                          [](const auto& f) { return f.path == "framework/event/event.h"; }),
            1);
}

}  // namespace
}  // namespace crucible::house
