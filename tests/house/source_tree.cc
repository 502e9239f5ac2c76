#include "tests/house/source_tree.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::house {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool IsBuildOutput(const fs::path& directory) {
  return directory.filename() == "build" || directory.filename() == "__pycache__";
}

// Walks C++ text once; Strip() returns it with comments and literal contents blanked.
class Stripper {
 public:
  explicit Stripper(std::string_view text) : text_(text) { out_.reserve(text.size()); }

  std::string Strip() {
    while (at_ < text_.size()) Step();
    return std::move(out_);
  }

 private:
  void Step() {
    if (AtLineStart() && IsInclude()) return KeepWhile([](char c) { return c != '\n'; });
    if (Starts("//")) return BlankUntil("\n", false);
    if (Starts("/*")) return BlankUntil("*/", true);
    if (Starts("R\"") && !AfterWord()) return RawString();
    if (text_[at_] == '"' || (text_[at_] == '\'' && !AfterWord())) return Literal(text_[at_]);
    out_ += text_[at_++];
  }

  bool Starts(std::string_view token) const { return text_.substr(at_, token.size()) == token; }
  bool AtLineStart() const { return at_ == 0 || text_[at_ - 1] == '\n'; }
  bool IsInclude() const {
    const std::size_t hash = text_.find_first_not_of(" \t", at_);
    if (hash == std::string_view::npos || text_[hash] != '#') return false;
    const std::size_t word = text_.find_first_not_of(" \t", hash + 1);
    return word != std::string_view::npos && text_.substr(word).starts_with("include");
  }
  // True inside 1'000 and after a literal's prefix, where a quote opens nothing of its own.
  bool AfterWord() const {
    return at_ > 0 && (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0);
  }

  void KeepWhile(bool (*keep)(char)) {
    while (at_ < text_.size() && keep(text_[at_])) out_ += text_[at_++];
  }
  void Blank(std::size_t count) {
    for (; count > 0 && at_ < text_.size(); --count, ++at_) out_ += text_[at_] == '\n' ? '\n' : ' ';
  }
  void BlankUntil(std::string_view end, bool inclusive) {
    const std::size_t found = text_.find(end, at_);
    const std::size_t stop =
        found == std::string_view::npos ? text_.size() : found + (inclusive ? end.size() : 0);
    Blank(stop - at_);
  }
  void RawString() {
    const std::size_t open = text_.find('(', at_);
    const std::string end = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    BlankUntil(end, true);
  }
  void Literal(char quote) {
    out_ += text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') Blank(text_[at_] == '\\' ? 2 : 1);
    if (at_ < text_.size()) out_ += text_[at_++];
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string ToString(const std::vector<Violation>& violations) {
  std::string result;
  for (const Violation& v : violations) result += absl::StrFormat("%s:%d: %s\n", v.path, v.line, v.message);
  return result;
}

std::vector<SourceFile> ReadTree(const std::string& root, const std::vector<std::string>& names) {
  std::vector<SourceFile> files;
  for (const std::string& name : names) {
    const fs::path place = fs::path(root) / name;
    if (fs::is_regular_file(place)) files.push_back({name, ReadFile(place)});
    if (!fs::is_directory(place)) continue;
    for (auto it = fs::recursive_directory_iterator(place); it != fs::recursive_directory_iterator(); ++it) {
      if (it->is_directory() && IsBuildOutput(it->path())) it.disable_recursion_pending();
      if (it->is_regular_file()) {
        files.push_back({fs::relative(it->path(), root).generic_string(), ReadFile(it->path())});
      }
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string_view Extension(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(dot);
}

std::string_view Directory(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool IsCpp(std::string_view path) {
  return Extension(path) == ".h" || Extension(path) == ".cc" || Extension(path) == ".inc";
}

bool IsCMake(std::string_view path) {
  return path.ends_with("CMakeLists.txt") || Extension(path) == ".cmake";
}

bool IsUnder(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (directory.ends_with('/') || path.size() == directory.size() || path[directory.size()] == '/');
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string StripComments(std::string_view cpp) { return Stripper(cpp).Strip(); }

std::string StripCMakeComments(std::string_view cmake) {
  std::string result;
  for (std::string_view line : Lines(cmake)) {
    result += line.substr(0, std::min(line.find('#'), line.size()));
    result += '\n';
  }
  return result;
}

}  // namespace crucible::house
