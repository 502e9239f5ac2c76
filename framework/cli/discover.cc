#include "framework/cli/discover.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/models/causal/diagnostics.h"
#include "framework/models/causal/information_test.h"

namespace crucible::cli {
namespace {

using causal::CausalGraph;
using causal::Panel;

absl::StatusOr<CausalGraph> FindGraph(const causal::CiTest& test, const DiscoverOptions& options,
                                      const causal::LinkAssumptions& assumptions, TaskPool& pool,
                                      const std::function<void(double)>& progress) {
  if (options.contemporaneous) {
    causal::PcmciPlusOptions plus;
    plus.min_lag = options.min_lag;
    plus.pc_alpha = options.alpha;
    plus.false_discovery = options.false_discovery;
    plus.assumptions = assumptions;
    plus.progress = progress;
    return causal::RunPcmciPlus(test, plus, pool);
  }
  causal::PcmciOptions pcmci;
  pcmci.min_lag = options.min_lag;
  pcmci.pc_alpha = options.pc_alpha;
  pcmci.alpha = options.alpha;
  pcmci.false_discovery = options.false_discovery;
  pcmci.assumptions = assumptions;
  pcmci.progress = progress;
  return causal::RunPcmci(test, pcmci, pool);
}

causal::LaggedData::Options DataOptions(const DiscoverOptions& options) {
  causal::LaggedData::Options data;
  data.max_lag = options.max_lag;
  data.least_rows = 30;
  if (options.test == DiscoverTest::kRobustParCorr) data.transform = causal::Transform::kNormalScores;
  return data;
}

void Prepare(causal::LinearTest& test, const DiscoverOptions& options) {
  if (options.contemporaneous) {
    test.Prepare(options.alpha);
  } else if (options.pc_alpha) {
    test.Prepare(*options.pc_alpha);
  }
}

absl::StatusOr<CausalGraph> Analyse(const causal::LaggedData& data, const DiscoverOptions& options,
                                    const causal::LinkAssumptions& assumptions, TaskPool& pool,
                                    const std::function<void(double)>& progress) {
  if (options.test == DiscoverTest::kCmiKnn) {
    causal::InformationTest::Options information;
    information.neighbours = 0.1;
    information.permutation.draws = options.draws;
    information.permutation.alpha = options.alpha;
    information.seed = options.seed;
    return FindGraph(causal::InformationTest(data, information), options, assumptions, pool, progress);
  }
  const causal::Correlations correlations = causal::Correlate(data, pool);
  causal::LinearTest test(correlations, &data, options.max_lag, options.errors);
  Prepare(test, options);
  return FindGraph(test, options, assumptions, pool, progress);
}

absl::StatusOr<std::size_t> FindName(std::string_view name, const std::vector<std::string>& names,
                                     const std::string& text) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return absl::InvalidArgumentError(absl::StrFormat("\"%s\" names %s, which is no variable; there are %s",
                                                    text, std::string(name), absl::StrJoin(names, ", ")));
}

// A verdict in words, when the surrogates say that the p-values mislead.
void JudgeFalsePositives(const causal::FalsePositives& found, Discovery& discovery) {
  const stats::Interval interval = found.interval();
  const double level = discovery.options.alpha;
  if (interval.low > 1.25 * level) {
    discovery.warnings.push_back(
        absl::StrFormat("p-values are too small on these data: %.2f %% of links of surrogates without links "
                        "pass the level of %.2f %%%s",
                        100 * found.rate(), 100 * level,
                        discovery.options.errors == causal::Errors::kStudent ? "; use --errors robust" : ""));
  }
}

}  // namespace

absl::StatusOr<causal::LinkAssumptions> ReadAssumptions(const std::vector<std::string>& names,
                                                        const DiscoverOptions& options) {
  causal::LinkAssumptions assumptions(names.size(), options.max_lag);
  for (const std::string& text : options.forbidden) {
    CRUCIBLE_RETURN_IF_ERROR(AddAssumption(text, causal::Assumption::kForbidden, names, options.min_lag, assumptions));
  }
  for (const std::string& text : options.required) {
    CRUCIBLE_RETURN_IF_ERROR(AddAssumption(text, causal::Assumption::kRequired, names, options.min_lag, assumptions));
  }
  return assumptions;
}

std::string_view ToText(DiscoverTest test) {
  return test == DiscoverTest::kParCorr         ? "ParCorr"
         : test == DiscoverTest::kRobustParCorr ? "RobustParCorr"
                                                : "CMIknn";
}

absl::Status AddAssumption(const std::string& text, causal::Assumption assumption,
                           const std::vector<std::string>& names, std::size_t min_lag,
                           causal::LinkAssumptions& into) {
  const std::size_t arrow = text.find("->");
  if (arrow == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrFormat("\"%s\" is no link, expected a->b, a->b@2 or a->b@1-3", text));
  }
  const std::size_t at = text.find('@', arrow);
  const std::string_view whole = text;
  CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t i, FindName(whole.substr(0, arrow), names, text));
  CRUCIBLE_ASSIGN_OR_RETURN(
      const std::size_t j,
      FindName(whole.substr(arrow + 2, at == std::string::npos ? at : at - arrow - 2), names, text));
  const std::size_t smallest = i == j ? 1 : min_lag;
  std::size_t least = smallest, most = into.max_lag();
  if (at != std::string::npos) {
    const std::string lags = text.substr(at + 1);
    const std::size_t dash = lags.find('-');
    if (!absl::SimpleAtoi(lags.substr(0, dash), &least) ||
        !absl::SimpleAtoi(dash == std::string::npos ? lags : lags.substr(dash + 1), &most) || least > most ||
        most > into.max_lag() || least < smallest) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "\"%s\": the lag is \"%s\", expected %d to %d%s", text, lags, smallest, into.max_lag(),
          i != j && min_lag > 0 ? "; links within a bar (lag 0) need --contemporaneous" : ""));
    }
  }
  for (std::size_t lag = least; lag <= most; ++lag) into.Set(i, j, lag, assumption);
  return absl::OkStatus();
}

absl::StatusOr<Discovery> Discover(const Panel& panel, const DiscoverOptions& options,
                                   const DiscoverProgress& progress) {
  const auto hear = [&](std::string_view step) {
    return [&progress, step](double share) {
      if (progress) progress(step, share);
    };
  };
  Discovery discovery;
  discovery.names = panel.names;
  discovery.options = options;
  discovery.data_sets = panel.sets.size();
  CRUCIBLE_ASSIGN_OR_RETURN(const causal::LinkAssumptions assumptions, ReadAssumptions(panel.names, options));
  CRUCIBLE_ASSIGN_OR_RETURN(const causal::LaggedData data,
                            causal::LaggedData::Create(panel, DataOptions(options)));
  if (options.test == DiscoverTest::kCmiKnn && data.rows() > 32'767) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "CMIknn takes at most 32767 rows, found %d: choose fewer, or --test robust", data.rows()));
  }
  discovery.rows = data.rows();
  discovery.warnings = causal::DescribeProblems(panel, data.rows(), options.max_lag);
  TaskPool pool(options.threads);
  CRUCIBLE_ASSIGN_OR_RETURN(discovery.graph,
                            Analyse(data, options, assumptions, pool, hear("testing links")));
  for (const causal::Triple& link : discovery.graph.collinear) {
    const std::string text =
        absl::StrFormat("%s at lag %d -> %s cannot be tested: its conditions determine one of them",
                        panel.names[link.i.variable], link.i.lag, panel.names[link.j]);
    if (std::ranges::find(discovery.warnings, text) == discovery.warnings.end())
      discovery.warnings.push_back(text);
  }
  if (options.samples > 0 && options.test != DiscoverTest::kCmiKnn) {
    causal::BaggingOptions bagging;
    bagging.samples = options.samples;
    bagging.seed = options.seed;
    bagging.progress = hear("drawing samples");
    const auto find = [&](causal::LinearTest& test, TaskPool& alone) {
      Prepare(test, options);
      return FindGraph(test, options, assumptions, alone, {});
    };
    CRUCIBLE_ASSIGN_OR_RETURN(discovery.bagged, causal::BagGraphs(data, find, bagging, pool));
  }
  if (options.surrogates > 0 && options.test != DiscoverTest::kCmiKnn) {
    const auto analyse = [&](const Panel& surrogate) -> absl::StatusOr<CausalGraph> {
      CRUCIBLE_ASSIGN_OR_RETURN(const causal::LaggedData null,
                                causal::LaggedData::Create(surrogate, DataOptions(options)));
      return Analyse(null, options, assumptions, pool, {});
    };
    CRUCIBLE_ASSIGN_OR_RETURN(
        discovery.false_positives,
        causal::EstimateFalsePositives(panel, options.max_lag, options.alpha, options.surrogates,
                                       options.seed, analyse, hear("testing surrogates")));
    JudgeFalsePositives(*discovery.false_positives, discovery);
  }
  return discovery;
}

}  // namespace crucible::cli
