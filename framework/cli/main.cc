// crucible: the program. Each verb lives in a file of its own.

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "framework/cli/commands.h"
#include "framework/runs/build_info.h"

int main(int argc, char** argv) {
  using namespace crucible::cli;
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error with a message, not the end
  CLI::App app{"Crucible: replay recorded markets, run strategies on them, and explain every order."};
  app.set_version_flag("--version",
                       std::string(crucible::runs::Version()) + "\n" + crucible::runs::BuildInfoJson());
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(34);
  Terminal terminal;
  app.add_flag("--json", terminal.json, "machine-readable output");
  AddDemo(app, terminal);
  AddImport(app, terminal);
  AddInspect(app, terminal);
  AddRun(app, terminal);
  AddReplay(app, terminal);
  AddWhy(app, terminal);
  AddReport(app, terminal);
  AddSql(app, terminal);
  AddCalibrate(app, terminal);
  AddStress(app, terminal);
  AddEvolve(app, terminal);
  AddVerify(app, terminal);
  AddDiscover(app, terminal);
  AddSweep(app, terminal);
  AddBounds(app, terminal);
  AddDiff(app, terminal);
  AddFork(app, terminal);
  AddExport(app, terminal);
  AddFacts(app, terminal);
  AddFollow(app, terminal);
  AddCompact(app, terminal);
  AddPrune(app, terminal);
  AddRegimes(app, terminal);
  AddNewStrategy(app, terminal);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 2;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fprintf(stderr, "error: standard output could not be written\n");
    return 2;
  }
  return terminal.exit_code;
}
