#include "tests/house/text_rules.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "absl/strings/str_format.h"

namespace crucible::house {
namespace {

struct CompiledBan {
  Ban ban;
  std::regex pattern;
};

std::vector<CompiledBan> Compile() {
  std::vector<CompiledBan> compiled;
  for (const Ban& ban : Bans()) compiled.push_back({ban, std::regex(std::string(ban.pattern))});
  return compiled;
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool Applies(const Ban& ban, std::string_view path) {
  return std::ranges::none_of(ban.allowed, [&](std::string_view home) { return IsUnder(path, home); });
}

bool Breaks(const CompiledBan& rule, std::string_view line) {
  return std::ranges::any_of(rule.ban.hints, [&](std::string_view hint) { return Contains(line, hint); }) &&
         std::regex_search(line.begin(), line.end(), rule.pattern);
}

std::string WithoutExtension(std::string_view path) {
  return std::string(path.substr(0, path.size() - Extension(path).size()));
}

// Where the template argument list that opens at `open` ends; npos when it does not.
std::size_t EndOfTemplateArguments(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>' && --depth == 0) return i + 1;
    if (text[i] == ';') return std::string_view::npos;
  }
  return std::string_view::npos;
}

// Names that `cpp` declares as hash containers: variables, members and parameters.
std::set<std::string> HashContainerNames(const std::string& cpp) {
  static const std::regex kType(R"((flat_hash|node_hash|unordered)_(multi)?(map|set)\s*<)");
  static const std::regex kName(R"(^\s*[&*]?\s*([A-Za-z_]\w*))");
  std::set<std::string> names;
  for (auto it = std::sregex_iterator(cpp.begin(), cpp.end(), kType); it != std::sregex_iterator(); ++it) {
    const auto open = static_cast<std::size_t>(it->position() + it->length() - 1);
    const std::size_t end = EndOfTemplateArguments(cpp, open);
    std::smatch name;
    if (end != std::string::npos &&
        std::regex_search(cpp.cbegin() + static_cast<std::ptrdiff_t>(end), cpp.cend(), name, kName)) {
      names.insert(name[1]);
    }
  }
  return names;
}

// The name that a line iterates over, empty if it does not.
std::string IteratedName(std::string_view line) {
  static const std::regex kRange(R"(\bfor\s*\([^;]*:\s*(?:this->|\*)?([A-Za-z_]\w*)\s*\))");
  static const std::regex kBegin(R"(([A-Za-z_]\w*)(?:\.|->)c?begin\s*\()");
  std::match_results<std::string_view::const_iterator> match;
  for (const std::regex* pattern : {&kRange, &kBegin}) {
    if (std::regex_search(line.begin(), line.end(), match, *pattern)) return match[1].str();
  }
  return "";
}

bool IsForbiddenWord(std::string_view word) {
  static constexpr std::string_view kWords[] = {"util", "utils", "common", "helper", "helpers", "misc"};
  return std::ranges::find(kWords, word) != std::end(kWords);
}

std::vector<std::string> WordsOfPath(std::string_view path) {
  std::vector<std::string> words(1);
  for (const char c : path) {
    if (c == '/' || c == '_' || c == '.' || c == '-') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace

std::vector<Ban> Bans() {
  const std::vector<std::string_view> outer = {"framework/live", "framework/cli"};
  return {
      {"random numbers from the machine or the library",
       {"rand", "mt19937", "minstd", "BitGen"},
       R"(random_device|\bs?rand\s*\(|\b[dejlmn]rand48\s*\(|\brand_r\s*\(|\brandom\s*\(\s*\)|std::(mt19937|minstd|default_random)|\bBitGen)",
       "draw from a named stream (framework/base/random.h)",
       {}},
      {"a distribution of the standard library",
       {"_distribution"},
       R"(\bstd::\w+_distribution)",
       "its draws differ between libraries: use framework/base/random.h",
       {}},
      {"an algorithm whose draws are the library's choice",
       {"shuffle", "sample"},
       R"(\bstd::(ranges::)?(random_)?(shuffle|sample)\s*\()",
       "write the loop over a named stream",
       {}},
      {"a clock",
       {"clock", "CLOCK", "time", "rdtsc"},
       R"(rdtsc|_clock::now|\bclock_gettime\b|\bgettimeofday\b|\btimespec_get\b|std::time\s*\(|(^|[^\w.>:])time\s*\(\s*(nullptr|NULL|0|&\w*)\s*\)|\bstd::clock\b|\bCLOCKS_PER_SEC\b)",
       "time comes from the event that is being handled",
       outer},
      {"a function of libm",
       {"exp", "log", "pow", "sin", "cos", "tan", "cbrt", "erf", "gamma", "hypot", "fma"},
       R"((^|[^\w.>:]|\bstd::|[^\w]::|\b__builtin_)(exp2?|expm1|log(2|10|1p)?|pow|a?(sin|cos|tan)h?|atan2|cbrt|erfc?|[tl]gamma|hypot|fma)[fl]?\s*\()",
       "its bits change with the CPU: use framework/base/math.h",
       {}},
      {"a hash that differs between processes or libraries",
       {"std::hash", "absl::Hash"},
       R"(\bstd::hash\s*<|\babsl::Hash(Of)?\b)",
       "use framework/base/hash.h",
       {}},
      {"the machine's environment",
       {"getenv", "locale", "get_id", "gethostname"},
       R"(\bgetenv\s*\(|\bsetlocale\s*\(|\bstd::locale\b|this_thread::get_id|\bgethostname\s*\()",
       "what a result depends on is configuration, and is journaled",
       {"framework/live", "framework/cli", "framework/runs/plugin_path.cc"}},
  };
}

std::vector<Violation> CheckBans(const std::vector<SourceFile>& files) {
  std::vector<Violation> violations;
  const std::vector<CompiledBan> rules = Compile();
  for (const SourceFile& file : files) {
    if (!IsCpp(file.path)) continue;
    const std::string text = StripComments(file.text);
    const std::vector<std::string_view> lines = Lines(text);
    for (const CompiledBan& rule : rules) {
      if (!Applies(rule.ban, file.path)) continue;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!Breaks(rule, lines[i])) continue;
        violations.push_back({file.path, i + 1, absl::StrFormat("%s; %s", rule.ban.what, rule.ban.instead)});
      }
    }
  }
  return violations;
}

std::vector<Violation> CheckHashIteration(const std::vector<SourceFile>& files) {
  std::map<std::string, std::set<std::string>> names_by_stem;
  for (const SourceFile& file : files) {
    if (IsCpp(file.path))
      names_by_stem[WithoutExtension(file.path)].merge(HashContainerNames(StripComments(file.text)));
  }
  std::vector<Violation> violations;
  for (const SourceFile& file : files) {
    if (!IsCpp(file.path)) continue;
    const std::set<std::string>& names = names_by_stem[WithoutExtension(file.path)];
    if (names.empty()) continue;
    const std::string text = StripComments(file.text);
    const std::vector<std::string_view> lines = Lines(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string name = IteratedName(lines[i]);
      if (!names.contains(name)) continue;
      violations.push_back({file.path, i + 1,
                            absl::StrFormat("iterates over the hash container %s, whose order is random: "
                                            "keep a sorted container beside it",
                                            name)});
    }
  }
  return violations;
}

std::vector<Violation> CheckCompilerFlags(const std::vector<SourceFile>& files) {
  static const std::regex kFlag(
      R"((^|[\s"=])-(ffast-math|Ofast|funsafe-math\w*|fassociative-math|march=native|ffp-contract=(fast|on)))");
  std::vector<Violation> violations;
  for (const SourceFile& file : files) {
    if (!IsCMake(file.path) && !file.path.ends_with("CMakePresets.json")) continue;
    const std::string text = StripCMakeComments(file.text);
    const std::vector<std::string_view> lines = Lines(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!std::regex_search(lines[i].begin(), lines[i].end(), kFlag)) continue;
      violations.push_back(
          {file.path, i + 1, "a flag that lets results change with the compiler or the CPU"});
    }
  }
  return violations;
}

std::vector<Violation> CheckFileLength(const std::vector<SourceFile>& files) {
  std::vector<Violation> violations;
  for (const SourceFile& file : files) {
    const std::size_t lines = Lines(file.text).size();
    if (!(IsCpp(file.path) || IsCMake(file.path) || Extension(file.path) == ".py") || lines <= kMostLines)
      continue;
    violations.push_back({file.path, 0, absl::StrFormat("%d lines, at most %d", lines, kMostLines)});
  }
  return violations;
}

std::vector<Violation> CheckTopLevel(const std::vector<std::string>& names) {
  static const std::set<std::string> kRooms = {"framework", "strategies", "simulators", "replays", "schemas",
                                               "tests",     "benchmarks", "docs",       "build",   "install"};
  std::vector<Violation> violations;
  for (const std::string& name : names) {
    if (name.starts_with(".") || kRooms.contains(name)) continue;
    violations.push_back(
        {name, 0, "the top level holds the rooms of the house only: find its place in one of them"});
  }
  return violations;
}

std::vector<Violation> CheckFileNames(const std::vector<SourceFile>& files) {
  std::vector<Violation> violations;
  for (const SourceFile& file : files) {
    for (const std::string& word : WordsOfPath(file.path)) {
      if (!IsForbiddenWord(word)) continue;
      violations.push_back(
          {file.path, 0, absl::StrFormat("\"%s\" says nothing: name the idea that the file holds", word)});
    }
  }
  return violations;
}

}  // namespace crucible::house
