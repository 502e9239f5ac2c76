#include "tests/report/browser.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cli/program.h"

namespace crucible::report {
namespace {

constexpr const char* kBefore = R"(<script>
const found = { errors: [] };
window.addEventListener('error', (event) => found.errors.push(event.message));
window.addEventListener('unhandledrejection', (event) => found.errors.push(String(event.reason)));
// Nothing is put on a screen here, so no frame would ever come.
window.requestAnimationFrame = (callback) => setTimeout(() => callback(performance.now()), 5);
window.cancelAnimationFrame = clearTimeout;
console.error = (...texts) => found.errors.push(texts.join(' '));
</script>)";

constexpr const char* kAfter = R"(
  const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
  const body = async () => { SCRIPT };
  window.addEventListener('load', () => setTimeout(async () => {
    try { found.value = await body(); } catch (error) { found.errors.push(String(error.stack)); }
    const hex = Array.from(new TextEncoder().encode(JSON.stringify(found)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    document.body.setAttribute('data-found', hex);
    if (window.parent !== window) window.parent.postMessage(hex, '*');
  }, 50));
)";

// A window is never narrower; a narrower page stands in a frame.
constexpr int kLeastWindow = 500;

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string FromHex(std::string_view hex) {
  std::string text;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    text += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return text;
}

}  // namespace

nlohmann::json RunInPage(const std::string& directory, const std::string& path, const std::string& script,
                         int width) {
  std::string page = ReadFile(path);
  page.insert(page.find("<head>") + 6, kBefore);
  std::string after = kAfter;
  after.replace(after.find("SCRIPT"), 6, script);
  page.insert(page.rfind("</body>"), "<script>" + after + "</script>");
  std::string copy = directory + "/copy.html";
  std::ofstream(copy, std::ios::binary) << page;
  if (width < kLeastWindow) {
    copy = directory + "/frame.html";
    std::ofstream(copy, std::ios::binary)
        << "<body style='margin:0'><script>addEventListener('message', (event) => "
           "document.body.setAttribute('data-found', event.data))</script>"
        << "<iframe src='copy.html' style='border:0;height:1000px;width:" << width << "px'></iframe></body>";
  }
  const cli::ProgramResult result =
      cli::RunIn(directory, "chromium",
                 {"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                  "--user-data-dir=" + directory + "/profile", "--virtual-time-budget=20000",
                  "--window-size=" + std::to_string(std::max(width, kLeastWindow)) + ",1000", "--dump-dom", "file://" + copy});
  constexpr std::string_view kMark = "data-found=\"";
  const std::size_t at = result.out.find(kMark);
  if (at == std::string::npos) return nlohmann::json::parse("", nullptr, false);
  const std::size_t begin = at + kMark.size();
  return nlohmann::json::parse(FromHex(result.out.substr(begin, result.out.find('"', begin) - begin)),
                               nullptr, false);
}

}  // namespace crucible::report
