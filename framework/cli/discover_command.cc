#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/cli/commands.h"
#include "framework/cli/discover_live.h"
#include "framework/cli/discover_output.h"
#include "framework/cli/model_journal.h"
#include "framework/cli/output.h"
#include "framework/cli/output_file.h"
#include "framework/cli/panel_choice.h"
#include "framework/cli/progress.h"

namespace crucible::cli {
namespace {

// Of bars, where no columns are asked for.
const std::vector<std::string> kBarVariables = {"return", "range", "volume_change"};

struct DiscoverArguments {
  std::string file, sql, target, output, dot;
  std::string test = "robust", errors = "robust", fdr = "all", pc_alpha = "0.05";
  PanelChoice choice;
  DiscoverOptions options;
  LiveRequest live;
};

absl::Status ReadOptions(DiscoverArguments& arguments) {
  DiscoverOptions& options = arguments.options;
  options.test = arguments.test == "parcorr"  ? DiscoverTest::kParCorr
                 : arguments.test == "robust" ? DiscoverTest::kRobustParCorr
                                              : DiscoverTest::kCmiKnn;
  options.errors =
      arguments.errors == "student" ? causal::Errors::kStudent : causal::Errors::kHeteroscedastic;
  options.false_discovery = arguments.fdr == "none"     ? causal::FalseDiscovery::kNone
                            : arguments.fdr == "lagged" ? causal::FalseDiscovery::kLagged
                                                        : causal::FalseDiscovery::kAll;
  if (options.contemporaneous) options.min_lag = 0;
  if (arguments.pc_alpha == "auto") {
    options.pc_alpha.reset();
    return absl::OkStatus();
  }
  double level = 0;
  if (!absl::SimpleAtod(arguments.pc_alpha, &level)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--pc-alpha is \"%s\", expected a number such as 0.05, or auto", arguments.pc_alpha));
  }
  options.pc_alpha = level;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::size_t>> FindTarget(const DiscoverArguments& arguments,
                                                      const causal::Panel& panel) {
  if (arguments.target.empty()) return std::nullopt;
  for (std::size_t v = 0; v < panel.variables(); ++v) {
    if (panel.names[v] == arguments.target) return v;
  }
  return absl::InvalidArgumentError(absl::StrFormat("--target %s: there is no such variable; there are %s",
                                                    arguments.target, absl::StrJoin(panel.names, ", ")));
}

// Known once the last row is: its time, and its instrument where there is only one.
features::LinkPlace PlaceOf(const Table& table) {
  if (table.sources.empty()) return {};
  return {table.sources.back().time, table.instruments.size() == 1 ? table.sources.front().instrument : 0, {}};
}

absl::Status WriteJournal(const DiscoverArguments& arguments, const Table& table, const Discovery& discovery,
                          const std::string& document) {
  const features::LinkPlace place = PlaceOf(table);
  CRUCIBLE_ASSIGN_OR_RETURN(
      ModelJournal journal,
      ModelJournal::Create(arguments.output,
                           DiscoverHead(arguments.file, table, arguments.options.seed, document, place.at)));
  RecordDiscovery(
      discovery, place, [&](std::string_view text) { return journal.AddText(text); },
      [&](const Event& event) { return journal.Add(event); });
  return journal.Close();
}

absl::Status WriteDot(const std::string& path, const std::string& dot) {
  if (path == "-") {
    std::fputs(dot.c_str(), stdout);
    return absl::OkStatus();
  }
  return WriteWhole(path, dot);
}

absl::Status DoDiscover(const Terminal& terminal, DiscoverArguments& arguments) {
  CRUCIBLE_RETURN_IF_ERROR(ReadOptions(arguments));
  if (arguments.dot != "-") CRUCIBLE_RETURN_IF_ERROR(CheckReplaceable(arguments.dot, "digraph", "graph"));
  if (!arguments.output.empty()) CRUCIBLE_RETURN_IF_ERROR(CheckAbsent(arguments.output));
  const std::vector<std::string>& columns = arguments.choice.columns;
  CRUCIBLE_ASSIGN_OR_RETURN(
      const Table table,
      ReadTable(arguments.file, {columns.empty() ? kBarVariables : columns, arguments.sql}));
  CRUCIBLE_ASSIGN_OR_RETURN(const causal::Panel panel, MakePanel(table, arguments.choice));
  CRUCIBLE_ASSIGN_OR_RETURN(const std::optional<std::size_t> target, FindTarget(arguments, panel));
  if (arguments.live.wanted) {
    arguments.live.output = arguments.output;
    arguments.live.file = arguments.file;
    return FollowLive(terminal, arguments.live, arguments.options, table, panel, target);
  }
  std::unique_ptr<Progress> bar;
  std::string current;
  const auto show = [&](std::string_view step, double share) {
    if (current != step) {
      current = step;
      bar = std::make_unique<Progress>(current, "%");
    }
    bar->Update(share, static_cast<std::uint64_t>(100 * share));
  };
  CRUCIBLE_ASSIGN_OR_RETURN(const Discovery discovery, Discover(panel, arguments.options, show));
  bar.reset();
  const std::string document = DiscoveryJson(discovery).dump(2);
  if (!arguments.output.empty()) CRUCIBLE_RETURN_IF_ERROR(WriteJournal(arguments, table, discovery, document));
  if (!arguments.dot.empty()) CRUCIBLE_RETURN_IF_ERROR(WriteDot(arguments.dot, DiscoveryDot(discovery)));
  if (terminal.json) {
    std::printf("%s\n", document.c_str());
  } else if (arguments.dot != "-") {
    PrintDiscovery(discovery, target);
    if (!arguments.output.empty()) std::printf("wrote %s\n", arguments.output.c_str());
  }
  return absl::OkStatus();
}

void AddDataOptions(CLI::App& command, DiscoverArguments& arguments) {
  PanelChoice& choice = arguments.choice;
  command.add_option("file", arguments.file, "CSV with a header line (.gz, .zst too), session or run file")
      ->required();
  command.add_option(
      "--sql", arguments.sql,
      "session or run file: the columns, such as \"select price, quantity from trades\"; without it, "
      "features of the bars: return, range, volume_change");
  command
      .add_option(
          "--columns", choice.columns,
          "the variables; without it, all numbers but times. Bars also have abs_return, volume, volatility")
      ->delimiter(',');
  command.add_option("--target", arguments.target, "show links into this variable only");
  command.add_option("--returns", choice.returns, "levels that become logarithmic returns")->delimiter(',');
  command.add_option("--difference", choice.differences, "levels that become differences")->delimiter(',');
  command.add_option("--group", choice.group, "column whose values are data sets of their own (symbol, day)");
  command.add_option("--mask", choice.mask, "column that is not 0 where a row may be an effect (a regime)");
}

void AddMethodOptions(CLI::App& command, DiscoverArguments& arguments) {
  DiscoverOptions& options = arguments.options;
  command.add_option("--max-lag", options.max_lag, "largest lag in rows (3)")->check(CLI::Range(1, 100));
  command.add_flag("--contemporaneous", options.contemporaneous, "also links at lag 0, by PCMCI+");
  command
      .add_option("--test", arguments.test, "parcorr, robust (on normal scores) or cmiknn (any shape; slow)")
      ->check(CLI::IsMember({"parcorr", "robust", "cmiknn"}));
  command
      .add_option("--errors", arguments.errors, "of linear tests: robust to changing variance, or student")
      ->check(CLI::IsMember({"robust", "student"}));
  command.add_option("--alpha", options.alpha, "level of links (0.01)");
  command.add_option("--pc-alpha", arguments.pc_alpha, "level of the selection of parents (0.05), or auto");
  command.add_option("--fdr", arguments.fdr, "correction for many tests: all, lagged or none")
      ->check(CLI::IsMember({"all", "lagged", "none"}));
  command.add_option("--forbid", options.forbidden, "links that cannot be: a->b, a->b@2, a->b@1-3")
      ->delimiter(',');
  command.add_option("--require", options.required, "links that are known to be")->delimiter(',');
  command
      .add_option("--samples", options.samples, "of the bagged graph, for frequencies (100); 0 leaves it out")
      ->check(CLI::Range(0, 100'000));
  command
      .add_option("--surrogates", options.surrogates,
                  "series without links that check the p-values (20); 0: none")
      ->check(CLI::Range(0, 100'000));
  command.add_option("--draws", options.draws, "most permutations of a cmiknn test (500)")
      ->check(CLI::Range(20, 1'000'000));
  command.add_option("--threads", options.threads, "threads; the result is the same")
      ->check(CLI::Range(1, 1024));
  command.add_option("--seed", options.seed, "of samples, surrogates and permutations (1)");
}

void AddLiveOptions(CLI::App& command, LiveRequest& live) {
  causal::LiveOptions& options = live.options;
  CLI::Option* follow = command.add_flag(
      "--live", live.wanted, "follow the graph row by row over the last rows, and say what changes (parcorr)");
  const auto count = [&](const char* name, std::size_t& value, const char* what) {
    command.add_option(name, value, what)->check(CLI::Range(1, 1'000'000'000))->needs(follow);
  };
  count("--window", options.window_rows, "rows that the live graph rests on (1000)");
  count("--test-rows", options.test_bars, "links are tested after every so many rows (1)");
  count("--establish", options.establish_tests, "tests in a row that a link must pass to be added (3)");
  count("--withdraw", options.withdraw_tests, "tests in a row that a link must fail to be withdrawn (10)");
  command
      .add_option("--withdraw-alpha", options.withdraw_alpha,
                  "level above which a link that stands fails (0.05); at least --alpha")
      ->check(CLI::Range(0.0, 1.0))
      ->needs(follow);
  for (const char* other : {"--test", "--errors", "--contemporaneous", "--samples", "--surrogates", "--draws",
                            "--group", "--mask", "--dot", "--seed"}) {
    follow->excludes(command.get_option(other));
  }
}

}  // namespace

void AddDiscover(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "discover",
      "Find which series drive which, at which lag, and how far to trust it (docs/guides/discover.md)");
  const auto arguments = std::make_shared<DiscoverArguments>();
  arguments->options.threads = std::max(1U, std::thread::hardware_concurrency());
  AddDataOptions(*command, *arguments);
  AddMethodOptions(*command, *arguments);
  command->add_option("--dot", arguments->dot,
                      "write the graph for Graphviz to this file; - for the terminal");
  command->add_option("-o,--output", arguments->output, "write the links, or their changes, into a journal");
  AddLiveOptions(*command, arguments->live);
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoDiscover(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
