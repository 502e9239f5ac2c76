// The page: one HTML text with its style, scripts and data inside, so that it opens offline.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crucible::report {

// A file of the page as the build embedded it (page/, and the chart libraries).
struct PageFile {
  std::string_view name;
  std::string_view text;
};
// In the order in which the page takes them.
const std::vector<PageFile>& PageFiles();

// &, <, > and quotes as entities: a text as HTML shows it.
std::string EscapeHtml(std::string_view text);
// JSON that may stand in a <script>: every < is written \u003c, so no text of the data can end the element.
std::string EscapeScriptData(std::string json);

// `data` and `causes` are JSON; causes are read when they are first asked for.
std::string Page(std::string_view title, std::string data, std::string causes);

}  // namespace crucible::report
