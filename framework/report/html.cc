#include "framework/report/html.h"

#include "absl/strings/str_replace.h"
#include "framework/base/check.h"

namespace crucible::report {
namespace {

std::string_view Find(std::string_view name) {
  for (const PageFile& file : PageFiles()) {
    if (file.name == name) return file.text;
  }
  CRUCIBLE_CHECK(false);
  return {};
}

// All files of this ending, in order.
std::string Joined(std::string_view ending) {
  std::string text;
  for (const PageFile& file : PageFiles()) {
    if (file.name.ends_with(ending)) text.append(file.text).append("\n");
  }
  return text;
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  return absl::StrReplaceAll(
      {text.data(), text.size()},
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string EscapeScriptData(std::string json) {
  if (json.find('<') == std::string::npos) return json;
  return absl::StrReplaceAll(json, {{"<", "\\u003c"}});
}

std::string Page(std::string_view title, std::string data, std::string causes) {
  std::string page;
  std::string_view rest = Find("page.html");
  const auto put = [&](std::string_view mark, const std::string& text) {
    const std::size_t at = rest.find(mark);
    CRUCIBLE_CHECK(at != std::string_view::npos);
    page.append(rest.substr(0, at)).append(text);
    rest.remove_prefix(at + mark.size());
  };
  put("{{title}}", EscapeHtml(title));
  put("{{style}}", Joined(".css"));
  put("{{data}}", EscapeScriptData(std::move(data)));
  put("{{causes}}", EscapeScriptData(std::move(causes)));
  put("{{script}}", Joined(".js"));
  return page.append(rest);
}

}  // namespace crucible::report
