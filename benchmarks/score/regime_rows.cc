// Hidden regimes: speed of fitting and filtering, and what their forecasts are worth, on planted worlds and
// on recorded bars.

#include <algorithm>

#include "absl/strings/str_format.h"
#include "benchmarks/score/score.h"
#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/base/random.h"
#include "framework/cli/feature_table.h"
#include "framework/features/bar_features.h"
#include "framework/models/regime/baum_welch.h"
#include "framework/models/regime/driven.h"
#include "framework/models/regime/filter.h"
#include "framework/models/regime/forecast_score.h"
#include "framework/models/regime/hsmm.h"
#include "framework/models/regime/selection.h"
#include "framework/models/regime/viterbi.h"
#include "framework/runs/session_file.h"

namespace crucible::score {
namespace {

using namespace regime;

// ---- speed ----

struct Workload {
  std::vector<double> rows;
  Observations x;
  GaussianHmm start;
};

Workload FourByFour(std::size_t count, CovarianceShape shape, std::size_t sequences) {
  constexpr std::size_t kSize = 4;
  RandomStream random(1, "regime-speed");
  std::vector<double> rows;
  std::size_t regime = 0;
  for (std::size_t t = 0; t < count; ++t) {
    if (random.Uniform01() < 0.05) regime = random.UniformBelow(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      const double spread = 1 + 0.5 * static_cast<double>(regime);
      rows.push_back(spread * random.Normal() + 0.7 * static_cast<double>((regime + i) % kSize));
    }
  }
  GaussianHmm start = EmptyModel(shape, kSize, kSize);
  for (std::size_t k = 0; k < kSize; ++k) {
    start.start[k] = 1.0 / kSize;
    for (std::size_t j = 0; j < kSize; ++j) start.Transition(k, j) = k == j ? 0.9 : 0.1 / (kSize - 1);
    for (std::size_t i = 0; i < kSize; ++i) {
      start.Mean(k)[i] = 0.5 * static_cast<double>(k) + 0.1 * static_cast<double>(i);
      start.Covariance(k)[i * kSize + i] = 1 + 0.5 * static_cast<double>(k);
    }
  }
  const std::vector<std::size_t> lengths(sequences, count / sequences);
  Observations x = *Observations::Create(rows, kSize, lengths);
  return {std::move(rows), std::move(x), std::move(start)};
}

EmOptions Iterations(std::size_t count) {
  EmOptions options;
  options.max_iterations = count;
  options.tolerance = -1e300;
  return options;
}

void AddFit(Rows& rows, const Options& options, CovarianceShape shape, double target, double reference) {
  const std::size_t count = options.smoke ? 2'000 : 100'000, repeats = options.smoke ? 1 : 5;
  const Workload work = FourByFour(count, shape, 1);
  const double seconds = Best(static_cast<int>(repeats), [&] {
    const double start = CpuSeconds();
    CRUCIBLE_CHECK(BaumWelch(work.start, work.x, Iterations(20)).history.size() == 20);
    return CpuSeconds() - start;
  });
  rows.push_back(AtMost(
      absl::StrFormat("regimes/fit/%s", std::string(Name(shape))), seconds, "s/20 iterations", target,
      absl::StrFormat("%d rows, 4 regimes, 4 features, one core, baseline instruction set; the reference "
                      "takes %g s (scaled recursion, its own measurement)",
                      count, reference)));
}

// The busier of two threads against one thread: what two idle cores would take, undisturbed by neighbours.
void AddThreads(Rows& rows, const Options& options) {
  const Workload work = FourByFour(options.smoke ? 2'000 : 100'000, CovarianceShape::kFull, 8);
  const auto busiest = [&](std::size_t threads, Hash128& hash) {
    TaskPool pool(threads);
    return Best(options.smoke ? 1 : 7, [&] {
      return BusierSeconds([&] { hash = BaumWelch(work.start, work.x, Iterations(20), &pool).model.Hash(); });
    });
  };
  Hash128 one, two;
  const double alone = busiest(1, one), both = busiest(2, two);
  CRUCIBLE_CHECK(one == two);
  rows.push_back(
      RatioAtLeast("regimes/fit/two-threads", both, "s/20 iterations", "one thread", alone, 1.7,
                   "8 sequences of 12,500 rows; CPU of the busier thread; same bits, checked here"));
}

void AddSteps(Rows& rows, const Options& options) {
  const std::size_t count = options.smoke ? 2'000 : 100'000;
  const Workload work = FourByFour(count, CovarianceShape::kFull, 1);
  const double per_row = 1e9 / static_cast<double>(count);
  HmmFilter filter(work.start);
  const double step = Best(options.smoke ? 1 : 20, [&] {
    filter.Reset();
    const double start = CpuSeconds();
    for (std::size_t t = 0; t < count; ++t) filter.Update({work.rows.data() + 4 * t, 4});
    return (CpuSeconds() - start) * per_row;
  });
  rows.push_back(
      AtMost("regimes/filter-step", step, "ns/row", 200, "4 regimes, 4 features, full covariance"));
  ForwardBackward passes(work.x, 4);
  const double score = Best(options.smoke ? 1 : 20, [&] {
    const double start = CpuSeconds();
    passes.LogLikelihood(work.start);
    return CpuSeconds() - start;
  });
  rows.push_back(AtMost("regimes/score", score * 1e3, "ms", 6,
                        absl::StrFormat("%d rows; the reference takes 18 ms", count)));
  const double path = Best(options.smoke ? 1 : 5, [&] {
    const double start = CpuSeconds();
    MostProbablePath(work.start, work.x);
    return CpuSeconds() - start;
  });
  rows.push_back(AtMost("regimes/viterbi", path * 1e3, "ms", 20,
                        absl::StrFormat("%d rows; the reference takes 20 ms", count)));
}

// ---- what forecasts are worth ----

// Positive is better: the regimes' gain in log score over a baseline, which holds when its interval lies
// above zero.
Row Gain(const std::string& name, const MeanScore& gain, const std::string& baseline, double baseline_score,
         const std::string& note) {
  Row row;
  row.name = name;
  row.value = gain.mean;
  row.unit = "nats/row";
  row.baseline = baseline;
  row.baseline_value = baseline_score;
  row.target = "> 0";
  row.holds = gain.mean - gain.half_width > 0;
  row.note = absl::StrFormat("95 %% interval %.5f to %.5f, n %d; %s", gain.mean - gain.half_width,
                             gain.mean + gain.half_width, gain.n, note);
  return row;
}

void AddGains(Rows& rows, const std::string& name, const std::vector<HorizonScores>& scores,
              const std::string& note) {
  for (const std::size_t horizon : {std::size_t{1}, std::size_t{10}}) {
    const HorizonScores& at = scores[horizon - 1];
    for (std::size_t f = 1; f < kForecasters; ++f) {
      rows.push_back(Gain(
          absl::StrFormat("regimes/%s/ahead-%d/over-%s", name, horizon, std::string(kForecasterNames[f])),
          at.gain[f], std::string(kForecasterNames[f]), at.score[f].mean, note));
    }
  }
}

struct Routed {
  std::vector<std::size_t> predicted, reactive;  // active model by row
};
Routed Route(RegimeFilter& filter, const Observations& x) {
  const std::size_t k = filter.emissions().regimes;
  RouterOptions options = Router::OneModelPerRegime(k);
  options.horizon = 10;
  options.swap_cost = 0.5;
  options.margin = 0.5;
  Router router = *Router::Create(options, k);
  std::vector<std::size_t> own(k);
  for (std::size_t i = 0; i < k; ++i) own[i] = i;
  ReactiveRouter reactive(own);
  Filtered<RegimeForecast> forecast = NoForecast();
  std::vector<double> row(x.features());
  Routed routed;
  filter.Reset();
  for (std::size_t t = 0; t < x.rows(); ++t) {
    routed.predicted.push_back(router.active());
    routed.reactive.push_back(reactive.active());
    x.CopyRow(t, row.data());
    const Filtered<RegimeState>& state = filter.Update(row);
    filter.Forecast(options.horizon, forecast);
    router.Decide(forecast);
    reactive.Decide(state);
  }
  return routed;
}

void AddTiming(Rows& rows, const std::string& name, RegimeFilter& filter, const Observations& x,
               const std::vector<std::size_t>& truth, std::size_t first, const std::string& note) {
  const Routed routed = Route(filter, x);
  const std::vector<RegimeChange> changes = ChangesOf(truth, first);
  const SwapTiming predicted = TimeSwaps(changes, truth, routed.predicted, first);
  const SwapTiming reactive = TimeSwaps(changes, truth, routed.reactive, first);
  const auto describe = [](const SwapTiming& t) {
    return absl::StrFormat(
        "%d swaps for %d changes: %d ahead or in time, %d late, %d stayed, %d missed, mean lead %.1f bars, "
        "in place "
        "%.1f %%",
        t.swaps, t.changes, t.ahead, t.late, t.stayed, t.missed, t.mean_lead, 100 * t.rows_in_place);
  };
  Row row;
  row.name = absl::StrFormat("regimes/%s/swaps-ahead", name);
  const auto share = [](const SwapTiming& t) {
    return t.changes == 0 ? 0 : 100 * static_cast<double>(t.ahead) / static_cast<double>(t.changes);
  };
  row.value = share(predicted);
  row.unit = "% of changes";
  row.baseline = "reactive";
  row.baseline_value = share(reactive);
  row.target = "> reactive";
  row.holds = row.value > row.baseline_value;
  row.note = absl::StrFormat("router: %s; reactive: %s; %s", describe(predicted), describe(reactive), note);
  rows.push_back(std::move(row));
}

struct Planted {
  std::vector<double> rows;
  std::vector<std::size_t> regime;
};

// Volatility 1 and 3. `stays`: 20 to 40 rows each; else ends with probability 1/30, or, for the calm one, as
// the driver says.
enum class Ends { kByChance, kByAge, kByDriver };
Planted DrawPlanted(Ends ends, std::size_t count) {
  RandomStream random(7, "planted");
  Planted world;
  std::size_t regime = 0, left = 20 + random.UniformBelow(21);
  double driver = 0;
  for (std::size_t t = 0; t < count; ++t) {
    double leave = 1.0 / 30;
    if (ends == Ends::kByAge) leave = left == 0 ? 1 : 0;
    if (ends == Ends::kByDriver && regime == 0) leave = 1 / (1 + Exp(6 - 3 * driver));
    if (t > 0 && random.Uniform01() < leave) {
      regime = 1 - regime;
      left = 20 + random.UniformBelow(21);
    }
    left -= left > 0 ? 1u : 0u;
    driver = 0.95 * driver + Sqrt(1 - 0.9025) * random.Normal();
    world.regime.push_back(regime);
    world.rows.push_back((regime == 0 ? 1 : 3) * random.Normal());
    if (ends == Ends::kByDriver) world.rows.push_back(driver);
  }
  return world;
}

void AddPlanted(Rows& rows, const Options& options) {
  const std::size_t count = options.smoke ? 3'000 : 30'000, past = count / 2;
  FitOptions fit_options;
  fit_options.shape = CovarianceShape::kDiagonal;
  fit_options.starts = 4;
  const std::string note = absl::StrFormat(
      "planted volatilities 1 and 3; fit on %d rows, judged on the next %d", past, count - past);
  for (const Ends ends : {Ends::kByChance, Ends::kByAge}) {
    const Planted world = DrawPlanted(ends, count);
    const Observations x = *Observations::Create(world.rows, 1);
    const Fit fit = *FitHmm(x.Slice(0, past), fit_options);
    HmmFilter filter(fit.model);
    const std::string name = ends == Ends::kByChance ? "planted-markov" : "planted-stays";
    AddGains(rows, name + "/hmm", ScoreForecasts(filter, x, past, 0, 10), note);
    AddTiming(rows, name + "/hmm", filter, x, world.regime, past, note);
    if (ends == Ends::kByChance) continue;
    HsmmOptions explicit_options;
    explicit_options.em.max_iterations = 40;
    HsmmFilter ages(FitHsmm(fit.model, x.Slice(0, past), explicit_options).model);
    AddGains(rows, name + "/hsmm", ScoreForecasts(ages, x, past, 0, 10), note);
    AddTiming(rows, name + "/hsmm", ages, x, world.regime, past, note);
  }
  const Planted world = DrawPlanted(Ends::kByDriver, count);
  const Observations x = *Observations::Create(world.rows, 2);
  const Observations x_past = x.Slice(0, past);
  const Observations returns = *Observations::Create({x_past.Column(0), past}, 1);
  DrivenOptions driven_options;
  driven_options.em.max_iterations = 40;
  DrivenFilter driven(FitDriven(FitHmm(returns, fit_options)->model, x_past, driven_options)->model);
  AddGains(rows, "planted-driver/driven", ScoreForecasts(driven, x, past, 0, 10), note);
  AddTiming(rows, "planted-driver/driven", driven, x, world.regime, past, note);
}

// Fit on the first half of a year of bars, judged on the second. Truth of the swaps: the path in hindsight.
void AddBars(Rows& rows, Options& options, const std::string& symbol, const std::string& file) {
  const std::string path = options.shared + "/data/" + file;
  decode::ImportOptions import;
  const std::string session = absl::StrFormat("%s/regimes_%s.session", options.scratch, symbol);
  if (!ImportFresh({path}, import, session).ok()) {
    options.skipped.insert(path);
    return;
  }
  const cli::FeatureTable table = *cli::ReadFeatureTable(session, {{"return"}, ""});
  const std::size_t count = options.smoke ? 4'000 : std::min<std::size_t>(table.rows, 120'000),
                    past = count / 2;
  const Observations x = *Observations::Create({table.values.data(), count}, 1);
  FitOptions fit_options;
  fit_options.shape = CovarianceShape::kDiagonal;
  fit_options.regimes = 3;
  fit_options.starts = 4;
  fit_options.em.max_iterations = 100;
  fit_options.em.floor = 1e-3;  // bars without a move tie at zero
  const Fit fit = *FitHmm(x.Slice(0, past), fit_options);
  HmmFilter filter(fit.model);
  const std::string note = absl::StrFormat(
      "%s one-minute returns, 3 regimes, fit on %d bars, judged on the next %d", symbol, past, count - past);
  const std::string name = "bars-" + symbol;
  AddGains(rows, name, ScoreForecasts(filter, x, past, 0, 10), note);
  const RegimePath hindsight = MostProbablePath(fit.model, x).in_hindsight();
  AddTiming(rows, name, filter, x, {hindsight.regime.begin(), hindsight.regime.end()}, past,
            note + "; truth: the most probable path in hindsight");
}

// How often BIC sees two regimes where there is one.
void AddNull(Rows& rows, const Options& options) {
  const std::size_t worlds = options.smoke ? 5 : 200;
  ChoiceOptions choice;
  choice.most_regimes = 2;
  choice.held_out_share = 0;
  choice.fit.shape = CovarianceShape::kDiagonal;
  choice.fit.starts = 4;
  choice.fit.em.max_iterations = 60;
  std::size_t wrong = 0;
  for (std::uint64_t seed = 0; seed < worlds; ++seed) {
    RandomStream random(seed, "one-regime");
    std::vector<double> values;
    for (int t = 0; t < 500; ++t) values.push_back(random.Normal());
    wrong += ChooseRegimes(*Observations::Create(values, 1), choice)->by_bic > 0 ? 1u : 0u;
  }
  rows.push_back(AtMost("regimes/null/bic-sees-two",
                        100 * static_cast<double>(wrong) / static_cast<double>(worlds), "%", 5,
                        absl::StrFormat("%d worlds of 500 independent Gaussian rows", worlds)));
}

}  // namespace

Rows RegimeRows(Options& options) {
  Rows rows;
  if (Wanted(options, "regimes/fit")) {
    AddFit(rows, options, CovarianceShape::kFull, 0.25, 1.13);
    AddFit(rows, options, CovarianceShape::kDiagonal, 0.15, 0.69);
    AddThreads(rows, options);
  }
  if (Wanted(options, "regimes/filter-step") || Wanted(options, "regimes/score")) AddSteps(rows, options);
  if (Wanted(options, "regimes/null")) AddNull(rows, options);
  if (Wanted(options, "regimes/planted")) AddPlanted(rows, options);
  if (Wanted(options, "regimes/bars")) {
    AddBars(rows, options, "btcusd", "bitfinex_1m/bitfinex_BTCUSD_1m_2015.csv.gz");
    AddBars(rows, options, "xrpusd", "bitfinex_1m/bitfinex_XRPUSD_1m_2017.csv.gz");
  }
  return rows;
}

}  // namespace crucible::score
