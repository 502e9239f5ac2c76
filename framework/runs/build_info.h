// What this program is: stands in manifests and in --version.
#pragma once

#include <string>
#include <string_view>

namespace crucible::runs {

std::string_view Version();
// Of the source, "unknown" outside a checkout.
std::string_view Revision();
// JSON object: version, revision, compiler, build type, flags.
std::string BuildInfoJson();

}  // namespace crucible::runs
