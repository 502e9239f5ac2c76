// How far causal graphs can be trusted: false links on null processes, false discoveries and recall on
// planted graphs, the live graph's delay and false alarms (benchmarks/causal/calibration.h).
// CRUCIBLE_CALIBRATION_WORLDS multiplies the number of worlds; the published figures are those of 1.

#include <cstdlib>

#include "absl/strings/str_format.h"
#include "benchmarks/causal/calibration.h"
#include "benchmarks/score/score.h"

namespace crucible::score {
namespace {

using bench::Noise;
using bench::TestKind;

constexpr TestKind kPlain{causal::Transform::kNone, causal::Errors::kStudent};
constexpr TestKind kRobust{causal::Transform::kNormalScores, causal::Errors::kHeteroscedastic};

std::size_t Scaled(const Options& options, std::size_t worlds) {
  if (options.smoke) return 2;
  const char* times = std::getenv("CRUCIBLE_CALIBRATION_WORLDS");
  return worlds * static_cast<std::size_t>(times != nullptr ? std::max(1, std::atoi(times)) : 1);
}

void AddNull(Rows& rows, const Options& options, const char* name, Noise noise) {
  constexpr double kAlpha = 0.05;
  const std::size_t worlds = Scaled(options, 340);
  const bench::NullRate robust = bench::MeasureNullRate(noise, kRobust, kAlpha, worlds, 1);
  const bench::NullRate plain = bench::MeasureNullRate(noise, kPlain, kAlpha, worlds, 1);
  const double ratio = robust.rate() / kAlpha;
  const stats::Interval interval = stats::BinomialInterval(robust.positives, robust.tests, 0.95);
  rows.push_back(
      {absl::StrFormat("causal/null/%s", name), ratio, "x nominal", "plain ParCorr", plain.rate() / kAlpha,
       ratio / (plain.rate() / kAlpha), "0.8..1.25", ratio >= 0.8 && ratio <= 1.25,
       absl::StrFormat(
           "normal scores and robust errors, level 5 %%, %d null tests, 95 %% interval %.2f to %.2f",
           robust.tests, interval.low / kAlpha, interval.high / kAlpha)});
}

void AddRecovery(Rows& rows, const Options& options, const char* name, Noise noise) {
  const double level = 0.05;
  const bench::Recovery found = bench::MeasureRecovery(noise, kRobust, level, Scaled(options, 60), 5000);
  rows.push_back({absl::StrFormat("causal/fdr/%s", name), 100 * found.false_discovery_low, "%", "", 0, 0,
                  "<= 5", found.false_discovery_low <= level,
                  absl::StrFormat(
                      "lower 95 %% bound of the false discovery share, mean %.2f %%; 10 variables, 300 rows, "
                      "30 planted links; recall %.3f",
                      100 * found.false_discovery, found.recall)});
  rows.push_back(
      {absl::StrFormat("causal/hamming/%s", name), found.bagged_hamming, "links", "plain", found.hamming,
       found.bagged_hamming / found.hamming, "reported", true,
       absl::StrFormat("missing and extra links of the bagged graph (50 samples, frequency above %g), recall "
                       "%.3f; by majority %.2f links; plain recall %.3f",
                       bench::kFrequency, found.bagged_recall, found.majority_hamming, found.recall)});
}

void AddLive(Rows& rows, const Options& options) {
  const bench::LiveBehaviour live =
      bench::MeasureLive(options.smoke ? 1 : Scaled(options, 8), options.smoke ? 1200 : 6000, 9000);
  rows.push_back(AtMost("causal/live/bars-to-withdraw", live.bars_to_withdraw, "bars", 1000,
                        "median after a planted link of 0.25 ends; window 1000, GARCH noise"));
  rows.push_back(AtMost("causal/live/false-withdrawals", live.false_withdrawals, "per 10,000 bars", 1,
                        absl::StrFormat("of three planted links that stay, of which %.0f %% are established",
                                        100 * live.found_share)));
}

}  // namespace

Rows CalibrationRows(Options& options) {
  Rows rows;
  const std::pair<const char*, Noise> kNoises[] = {{"normal", Noise::kNormal},
                                                   {"student-3", Noise::kStudent3},
                                                   {"garch", Noise::kGarch},
                                                   {"common-garch", Noise::kCommonGarch}};
  for (const auto& [name, noise] : kNoises) {
    if (Wanted(options, absl::StrFormat("causal/null/%s", name))) AddNull(rows, options, name, noise);
  }
  for (const auto& [name, noise] : kNoises) {
    if (noise == Noise::kStudent3 || noise == Noise::kGarch) continue;
    if (Wanted(options, absl::StrFormat("causal/fdr/%s", name)) ||
        Wanted(options, absl::StrFormat("causal/hamming/%s", name)))
      AddRecovery(rows, options, name, noise);
  }
  if (Wanted(options, "causal/live/false-withdrawals") || Wanted(options, "causal/live/bars-to-withdraw"))
    AddLive(rows, options);
  return rows;
}

}  // namespace crucible::score
