// The installed package: a strategy project that `new-strategy` wrote builds out of tree and runs, with each
// compiler to the same records.

#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

using testing::HasSubstr;

class PackageTest : public CliFixture {
 protected:
  std::string Program() const { return Path("prefix/bin/crucible"); }
  ProgramResult Must(const std::string& program, const std::vector<std::string>& arguments,
                     const std::string& directory = "") const {
    ProgramResult result = RunIn(Path(directory), program, arguments);
    EXPECT_EQ(result.exit_code, 0) << program << "\n" << result.out << result.err;
    return result;
  }
  static bool Has(const std::string& compiler) {
    return std::system(("command -v " + compiler + " >/dev/null").c_str()) == 0;
  }

  // Builds the project with `compiler` and runs it; the log hash.
  std::string BuildAndRun(const std::string& compiler) const {
    std::filesystem::remove_all(Path("my_test_strategy/build"));
    Must(CRUCIBLE_CMAKE, {"-B", "build", "-DCMAKE_CXX_COMPILER=" + compiler}, "my_test_strategy");
    Must(CRUCIBLE_CMAKE, {"--build", "build"}, "my_test_strategy");
    const ProgramResult run =
        Must(Program(), {"--json", "run", "run.toml", "-o", compiler + ".run"}, "my_test_strategy");
    EXPECT_THAT(run.out, HasSubstr("\"warnings\": []"));
    EXPECT_THAT(run.out, testing::Not(HasSubstr("\"fills\": 0,")));
    const std::size_t at = run.out.find("\"log_hash\": \"");
    return at == std::string::npos ? "" : run.out.substr(at + 13, 32);
  }
};

TEST_F(PackageTest, ANewStrategyBuildsOutOfTreeWithEachCompilerToTheSameRecords) {
  Must(CRUCIBLE_CMAKE, {"--install", CRUCIBLE_BINARY_DIR, "--prefix", Path("prefix")});
  unsetenv("CRUCIBLE_PLUGIN_PATH");  // the installed program finds what was installed with it
  Must(Program(), {"new-strategy", "my_test_strategy"});
  const std::string gcc = BuildAndRun("g++");
  EXPECT_EQ(gcc.size(), 32U);
  if (Has("clang++-19")) {
    EXPECT_EQ(BuildAndRun("clang++-19"), gcc);
  }
  Must(Program(), {"replay", "g++.run", "--verify"}, "my_test_strategy");
}

TEST_F(PackageTest, TheInstalledProgramFindsTheShippedPlugins) {
  Must(CRUCIBLE_CMAKE, {"--install", CRUCIBLE_BINARY_DIR, "--prefix", Path("prefix")});
  unsetenv("CRUCIBLE_PLUGIN_PATH");
  Must(Program(), {"demo", "-o", "demo"});
}

}  // namespace
}  // namespace crucible::cli
