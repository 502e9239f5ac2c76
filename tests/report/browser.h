// A page in headless Chromium: loads it, runs a script in it, and returns what the script found.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace crucible::report {

// Opens a copy of the page at `path` with `script` after it, whose body may await and returns a value. The
// result has that value as "value", and all console errors and uncaught exceptions as "errors". Discarded
// where the browser gave none. `width` in CSS pixels.
nlohmann::json RunInPage(const std::string& directory, const std::string& path, const std::string& script,
                         int width = 1280);

}  // namespace crucible::report
