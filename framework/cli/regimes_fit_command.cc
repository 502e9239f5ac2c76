#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/cli/output.h"
#include "framework/cli/output_file.h"
#include "framework/cli/progress.h"
#include "framework/cli/regimes_command.h"
#include "framework/models/regime/labels.h"
#include "framework/models/regime/selection.h"
#include "framework/runs/regime_artefact.h"

namespace crucible::cli {
namespace {

using regime::GaussianHmm;
using regime::Observations;

struct FitArguments {
  std::string file, output, previous, shape = "full";
  FeatureRequest table;
  std::vector<std::string> drivers;
  double share = 1, held_out = 0.25;
  std::size_t most = 5, ages = 0, threads = 1;
  regime::FitOptions options;
  double floor = 1e-6;

  absl::Status Read();
};

absl::Status FitArguments::Read() {
  CRUCIBLE_ASSIGN_OR_RETURN(options.shape, regime::CovarianceShapeFromName(shape));
  options.em.floor = floor;
  if (ages > 0 && !drivers.empty())
    return absl::InvalidArgumentError(
        "--durations and --drivers exclude each other: a model has one of them");
  return absl::OkStatus();
}

void AddData(CLI::App& command, FitArguments& arguments) {
  command.add_option("file", arguments.file, "CSV file with a header line, or a session of bars")->required();
  command
      .add_option("--columns", arguments.table.columns,
                  "columns of the CSV file, or of bars: return, abs_return, range, volume, volatility")
      ->delimiter(',');
  command.add_option("--instrument", arguments.table.instrument, "symbol, where the session has several");
  command.add_option("--shape", arguments.shape, "covariances: full, diagonal, tied or spherical");
  command.add_option("--share", arguments.share, "fit on this first share of the rows (1)")
      ->check(CLI::Range(0.01, 1.0));
  command.add_option("--starts", arguments.options.starts, "k-means++ starts (8)")
      ->check(CLI::Range(1, 1000));
  command.add_option("--seed", arguments.options.seed, "of the starts (1)");
  command.add_option("--iterations", arguments.options.em.max_iterations, "of EM, at most (200)");
  command.add_option("--tolerance", arguments.options.em.tolerance,
                     "gain in log likelihood that ends EM (1e-4)");
  command.add_option("--floor", arguments.floor,
                     "least variance of a regime, as a share of the data's (1e-6)");
  command.add_option("--threads", arguments.threads, "the result does not depend on them (1)")
      ->check(CLI::Range(1, 256));
}

std::string Numbers(const double* values, std::size_t count, const char* format = "%.4g") {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    char text[32];
    std::snprintf(text, sizeof text, format, values[i]);
    texts.emplace_back(text);
  }
  return absl::StrJoin(texts, "  ");
}

double StayOf(const runs::RegimeArtefact& artefact, std::size_t k) {
  if (const auto* hsmm = std::get_if<regime::Hsmm>(&artefact.model)) return hsmm->MeanDuration(k);
  return 1 / (1 - artefact.emissions().Transition(k, k));
}

void PrintModel(const runs::RegimeArtefact& artefact) {
  const GaussianHmm& model = artefact.emissions();
  std::printf("%s, %d regimes, %s covariances; %s rows, log likelihood %.6g%s\n",
              std::string(artefact.kind()).c_str(), static_cast<int>(model.regimes),
              std::string(regime::Name(model.shape)).c_str(), WithThousands(artefact.rows).c_str(),
              artefact.log_likelihood, artefact.converged ? "" : " (NOT converged: raise --iterations)");
  std::printf("features: %s\n", absl::StrJoin(artefact.features, ", ").c_str());
  for (std::size_t k = 0; k < model.regimes; ++k) {
    std::vector<double> deviation;
    for (std::size_t i = 0; i < model.features; ++i)
      deviation.push_back(std::sqrt(model.Covariance(k)[i * model.features + i]));
    std::printf("  regime %d  mean %s   deviation %s   stays %.4g rows\n", static_cast<int>(k),
                Numbers(model.Mean(k), model.features).c_str(),
                Numbers(deviation.data(), model.features).c_str(), StayOf(artefact, k));
    std::printf("            moves to %s\n",
                Numbers(&model.transition[k * model.regimes], model.regimes, "%.4f").c_str());
  }
  std::printf("hash %s\n", ToHex(artefact.Hash()).c_str());
}

// Keeps the numbers of the model that it replaces.
absl::Status KeepNumbers(const std::string& previous_path, GaussianHmm& model) {
  if (previous_path.empty()) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::RegimeArtefact previous, runs::ReadRegimeArtefact(previous_path));
  const GaussianHmm& before = previous.emissions();
  if (before.regimes != model.regimes || before.features != model.features) {
    return absl::InvalidArgumentError(absl::StrFormat("%s has %d regimes of %d features, this fit %d of %d",
                                                      previous_path, before.regimes, before.features,
                                                      model.regimes, model.features));
  }
  model = regime::Reordered(model, regime::MatchRegimes(before, model));
  return absl::OkStatus();
}

absl::StatusOr<Observations> FirstColumns(const Observations& x, std::size_t columns) {
  std::vector<double> rows;
  for (std::size_t t = 0; t < x.rows(); ++t) {
    for (std::size_t i = 0; i < columns; ++i) rows.push_back(x.At(t, i));
  }
  return Observations::Create(rows, columns);
}

// The step beyond the Markov chain, if one was asked for.
absl::Status Extend(const FitArguments& arguments, const Observations& x, runs::RegimeArtefact& artefact) {
  Progress progress("fitting", "iterations");
  const auto show = [&](std::size_t done, std::size_t most) {
    progress.Update(static_cast<double>(done) / static_cast<double>(most), done);
  };
  const GaussianHmm start = artefact.emissions();
  if (arguments.ages > 0) {
    if (start.regimes < 2) return absl::InvalidArgumentError("--durations needs at least two regimes");
    regime::HsmmOptions options;
    options.ages = arguments.ages;
    options.em = arguments.options.em;
    regime::HsmmFit fit = regime::FitHsmm(start, x, options, show);
    artefact.model = std::move(fit.model);
    artefact.log_likelihood = fit.log_likelihood;
    artefact.converged = fit.converged;
  }
  if (!arguments.drivers.empty()) {
    regime::DrivenOptions options;
    options.em = arguments.options.em;
    CRUCIBLE_ASSIGN_OR_RETURN(regime::DrivenFit fit, regime::FitDriven(start, x, options, show));
    artefact.drivers = arguments.drivers;
    artefact.model = std::move(fit.model);
    artefact.log_likelihood = fit.log_likelihood;
    artefact.converged = fit.converged;
  }
  return absl::OkStatus();
}

absl::Status DoFit(const Terminal& terminal, FitArguments& arguments) {
  CRUCIBLE_RETURN_IF_ERROR(arguments.Read());
  if (!arguments.output.empty()) CRUCIBLE_RETURN_IF_ERROR(CheckReplaceable(arguments.output, "{", "model"));
  FeatureRequest request = arguments.table;
  if (request.columns.empty() && !arguments.drivers.empty())
    return absl::InvalidArgumentError("--drivers needs --columns: which columns do the regimes explain?");
  request.columns.insert(request.columns.end(), arguments.drivers.begin(), arguments.drivers.end());
  CRUCIBLE_ASSIGN_OR_RETURN(const FeatureTable table, ReadFeatureTable(arguments.file, request));
  CRUCIBLE_ASSIGN_OR_RETURN(const Observations x, CheckedRows(table, arguments.share));
  runs::RegimeArtefact artefact;
  artefact.features.assign(table.names.begin(),
                           table.names.end() - static_cast<std::ptrdiff_t>(arguments.drivers.size()));
  artefact.source = table.from_bars() ? "bars" : "csv";
  artefact.instrument = table.instrument;
  artefact.rows = x.rows();
  CRUCIBLE_ASSIGN_OR_RETURN(const Observations features, FirstColumns(x, artefact.features.size()));
  TaskPool pool(arguments.threads);
  Progress progress("fitting", "starts");
  CRUCIBLE_ASSIGN_OR_RETURN(
      regime::Fit fit,
      regime::FitHmm(features, arguments.options, &pool, [&](std::size_t done, std::size_t total) {
        progress.Update(static_cast<double>(done) / static_cast<double>(total), done);
      }));
  progress.Clear();
  CRUCIBLE_RETURN_IF_ERROR(KeepNumbers(arguments.previous, fit.model));
  artefact.model = fit.model;
  artefact.log_likelihood = fit.log_likelihood;
  artefact.converged = fit.converged;
  CRUCIBLE_RETURN_IF_ERROR(Extend(arguments, x, artefact));
  if (fit.floored > 0) {
    std::fprintf(
        stderr, "warning: the variance floor acted in %d iterations: a regime shrank onto few rows or ties\n",
        static_cast<int>(fit.floored));
  }
  if (regime::ShortestStay(artefact.emissions()) < 2 && artefact.kind() == "hmm") {
    std::fprintf(stderr, "warning: a regime lasts under two rows on average: fat tails, not a regime\n");
  }
  CRUCIBLE_RETURN_IF_ERROR(WriteWhole(arguments.output, ToText(artefact)));
  if (terminal.json) {
    std::printf("%s", ToText(artefact).c_str());
  } else {
    PrintModel(artefact);
    std::printf("wrote %s\n", arguments.output.c_str());
  }
  return absl::OkStatus();
}

nlohmann::ordered_json CandidateJson(const regime::Candidate& one) {
  return {{"regimes", one.regimes},
          {"parameters", one.parameters},
          {"log_likelihood", one.log_likelihood},
          {"bic", one.bic},
          {"held_out", one.held_out},
          {"shortest_stay", one.shortest_stay},
          {"converged", one.converged}};
}

absl::Status DoChoose(const Terminal& terminal, FitArguments& arguments) {
  CRUCIBLE_RETURN_IF_ERROR(arguments.Read());
  CRUCIBLE_ASSIGN_OR_RETURN(const FeatureTable table, ReadFeatureTable(arguments.file, arguments.table));
  CRUCIBLE_ASSIGN_OR_RETURN(const Observations x, CheckedRows(table, arguments.share));
  TaskPool pool(arguments.threads);
  Progress progress("fitting", "models");
  regime::ChoiceOptions options;
  options.most_regimes = arguments.most;
  options.held_out_share = arguments.held_out;
  options.fit = arguments.options;
  CRUCIBLE_ASSIGN_OR_RETURN(
      const regime::Choice choice,
      regime::ChooseRegimes(x, options, &pool, [&](std::size_t done, std::size_t total) {
        progress.Update(static_cast<double>(done) / static_cast<double>(total), done);
      }));
  progress.Clear();
  if (terminal.json) {
    nlohmann::ordered_json json = {{"by_bic", choice.candidates[choice.by_bic].regimes},
                                   {"by_held_out", choice.candidates[choice.by_held_out].regimes}};
    for (const regime::Candidate& one : choice.candidates) json["candidates"].push_back(CandidateJson(one));
    std::printf("%s\n", json.dump(2).c_str());
    return absl::OkStatus();
  }
  std::printf("regimes  parameters  log likelihood            BIC  held-out score a row  shortest stay\n");
  for (std::size_t i = 0; i < choice.candidates.size(); ++i) {
    const regime::Candidate& one = choice.candidates[i];
    std::printf("%7d  %10d  %14.6g  %13.7g  %20.6f  %8.4g rows%s%s%s\n", static_cast<int>(one.regimes),
                static_cast<int>(one.parameters), one.log_likelihood, one.bic, one.held_out,
                one.shortest_stay, i == choice.by_bic ? "  <- BIC" : "",
                i == choice.by_held_out ? "  <- held out" : "", one.converged ? "" : "  (not converged)");
  }
  if (choice.by_bic > 0 && choice.candidates[choice.by_bic].shortest_stay < 2) {
    std::printf("A regime of BIC's choice lasts under two rows: that is a fat tail, not a regime.\n");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Observations> CheckedRows(const FeatureTable& table, double share) {
  FeatureTable first = table;
  first.rows = static_cast<std::size_t>(static_cast<double>(table.rows) * share);
  first.values.resize(first.rows * table.names.size());
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<std::string> warnings, CheckColumns(first));
  for (const std::string& warning : warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  return Observations::Create(first.values, first.names.size());
}

void AddRegimesFit(CLI::App& regimes, Terminal& terminal) {
  CLI::App* command =
      regimes.add_subcommand("fit", "Fit a regime model to a CSV file or to bars, and write it");
  const auto arguments = std::make_shared<FitArguments>();
  AddData(*command, *arguments);
  command->add_option("-o,--output", arguments->output, "regime model to write, JSON")->required();
  command
      ->add_option("--regimes", arguments->options.regimes, "number of regimes (2); crucible regimes choose")
      ->check(CLI::Range(1, 32));
  command
      ->add_option("--durations", arguments->ages,
                   "explicit durations: ages with a hazard of their own, such as 60")
      ->check(CLI::Range(std::size_t{1}, regime::Hsmm::kMaxAges));
  command->add_option("--drivers", arguments->drivers, "columns that drive the moves")->delimiter(',');
  command->add_option("--previous", arguments->previous, "regime model whose numbering the fit keeps");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoFit(terminal, *arguments); !status.ok()) PrintError(terminal, status);
  });
}

void AddRegimesChoose(CLI::App& regimes, Terminal& terminal) {
  CLI::App* command =
      regimes.add_subcommand("choose", "How many regimes: BIC and the score of held-out rows");
  const auto arguments = std::make_shared<FitArguments>();
  AddData(*command, *arguments);
  command->add_option("--most", arguments->most, "regimes, at most (5)")->check(CLI::Range(1, 32));
  command->add_option("--hold-out", arguments->held_out, "last share of the rows that judges (0.25); 0: none")
      ->check(CLI::Range(0.0, 0.9));
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoChoose(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
