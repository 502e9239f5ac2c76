#include "framework/runs/demo_session.h"

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/runs/session_file.h"
#include "simulators/flow/zero_intelligence.h"

namespace crucible::runs {

absl::Status WriteDemoSession(const std::string& path, Duration length) {
  flow::ZeroIntelligence parameters;
  parameters.length = length;
  const std::string configuration = absl::StrFormat("generator = zero-intelligence\nseed = %d\nlength = %s\n",
                                                    parameters.seed, FormatDuration(length));
  return WriteSession(path, configuration, {decode::Completeness::kFullL3, parameters.feed_latency},
                      [&](RecordSink& sink) { return flow::Generate(parameters, sink); });
}

}  // namespace crucible::runs
