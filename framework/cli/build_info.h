// What this program is: stands in manifests and in --version.
#pragma once

#include <string>
#include <string_view>

namespace crucible::cli {

std::string_view Version();
// JSON object: version, revision, compiler, build type, flags.
std::string BuildInfoJson();

}  // namespace crucible::cli
