#include "framework/engine/plugin_loader.h"

#include <dlfcn.h>
#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/hash.h"

namespace crucible::engine {
namespace {

// Bounds-checked view of a file image; offsets come from the file and are not trusted.
class Image {
 public:
  explicit Image(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  std::optional<T> At(std::uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  std::string TextAt(std::uint64_t offset) const {
    if (offset >= bytes_.size()) return "";
    const std::string_view rest = bytes_.substr(offset, kMaxNameBytes);
    return std::string(rest.substr(0, rest.find('\0')));
  }

 private:
  static constexpr std::size_t kMaxNameBytes = 4096;  // a longer one is no name that we look for

  std::string_view bytes_;
};

std::string WithoutVersion(std::string symbol) {
  const std::size_t at = symbol.find('@');
  if (at != std::string::npos) symbol.resize(at);
  return symbol;
}

struct Ban {
  const char* why;
  std::vector<std::string_view> symbols;
};

const std::vector<Ban>& Bans() {
  static const std::vector<Ban> bans = {
      {"libm results change with the CPU; use the functions of Context",
       {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow", "sin", "cos", "tan", "sincos", "asin", "acos",
        "atan", "atan2", "sinh", "cosh", "tanh", "cbrt", "hypot", "erf", "erfc", "tgamma", "lgamma", "expf", "logf",
        "powf", "sinf", "cosf", "tanhf", "fma"}},
      {"reads a clock; use Context::Now()",
       {"clock_gettime", "gettimeofday", "time", "clock", "_ZNSt6chrono3_V212system_clock3nowEv",
        "_ZNSt6chrono3_V212steady_clock3nowEv"}},
      {"draws unseeded randomness; use Context::Random()",
       {"rand", "srand", "random", "srandom", "drand48", "getrandom", "getentropy", "arc4random",
        "_ZNSt13random_device9_M_getvalEv", "_ZNSt13random_device7_M_initERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"}},
      {"starts a thread", {"pthread_create", "_ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE"}},
  };
  return bans;
}

}  // namespace

std::vector<std::string> UndefinedSymbols(std::string_view elf_image) {
  const Image image(elf_image);
  std::vector<std::string> symbols;
  const auto header = image.At<Elf64_Ehdr>(0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64) {
    return symbols;
  }
  for (std::uint32_t s = 0; s < header->e_shnum; ++s) {
    const auto section = image.At<Elf64_Shdr>(header->e_shoff + std::uint64_t{s} * sizeof(Elf64_Shdr));
    if (!section || section->sh_type != SHT_DYNSYM) continue;
    const auto strings = image.At<Elf64_Shdr>(header->e_shoff + std::uint64_t{section->sh_link} * sizeof(Elf64_Shdr));
    if (!strings) continue;
    for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= section->sh_size; at += sizeof(Elf64_Sym)) {
      const auto symbol = image.At<Elf64_Sym>(section->sh_offset + at);
      if (!symbol) break;
      if (symbol->st_shndx != SHN_UNDEF || symbol->st_name == 0) continue;
      symbols.push_back(WithoutVersion(image.TextAt(strings->sh_offset + symbol->st_name)));
    }
    break;  // an image has one table of dynamic symbols; more would be read over and over
  }
  std::ranges::sort(symbols);
  const auto repeated = std::ranges::unique(symbols);
  symbols.erase(repeated.begin(), repeated.end());
  return symbols;
}

std::vector<std::string> DeterminismWarnings(const std::vector<std::string>& undefined, std::uint32_t build_flags) {
  std::vector<std::string> warnings;
  if ((build_flags & CRUCIBLE_BUILD_FAST_MATH) != 0) {
    warnings.emplace_back("built with -ffast-math: results depend on the compiler");
  }
  if ((build_flags & CRUCIBLE_BUILD_FMA) != 0) {
    warnings.emplace_back("built for CPUs with fused multiply-add: build without -march, or with -ffp-contract=off");
  }
  for (const Ban& ban : Bans()) {
    std::vector<std::string> found;
    for (std::string_view symbol : ban.symbols) {
      if (std::ranges::binary_search(undefined, symbol)) found.emplace_back(symbol);
    }
    if (!found.empty()) warnings.push_back(absl::StrFormat("imports %s: %s", absl::StrJoin(found, ", "), ban.why));
  }
  return warnings;
}

absl::Status Plugin::Check() const {
  const auto refuse = [&](const std::string& what) {
    return absl::FailedPreconditionError(absl::StrFormat("plugin %s: %s", path_, what));
  };
  if (info_ == nullptr || info_->size < sizeof(crucible_plugin_info_v1)) return refuse("its description is too short");
  if (info_->abi_major != CRUCIBLE_ABI_MAJOR) {
    return refuse(absl::StrFormat("speaks plugin interface %d.%d, this build speaks %d.%d; rebuild it", info_->abi_major,
                                  info_->abi_minor, CRUCIBLE_ABI_MAJOR, CRUCIBLE_ABI_MINOR));
  }
  if (info_->abi_minor > CRUCIBLE_ABI_MINOR) {
    return refuse(absl::StrFormat("needs plugin interface %d.%d, this build has %d.%d; update Crucible",
                                  info_->abi_major, info_->abi_minor, CRUCIBLE_ABI_MAJOR, CRUCIBLE_ABI_MINOR));
  }
  if (info_->strategy_count == 0 || info_->strategies == nullptr) return refuse("it has no strategy");
  for (std::uint32_t i = 0; i < info_->strategy_count; ++i) {
    const crucible_strategy_v1* strategy = info_->strategies[i];
    if (strategy == nullptr || strategy->size < offsetof(crucible_strategy_v1, hash) || strategy->name == nullptr ||
        strategy->create == nullptr || strategy->destroy == nullptr) {
      return refuse(absl::StrFormat("the description of strategy %d is incomplete", i + 1));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Plugin> Plugin::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("plugin %s: no such file", path));
  const std::string image{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Plugin plugin;
  plugin.path_ = path;
  const std::string slashed = path.find('/') == std::string::npos ? "./" + path : path;
  void* handle = dlopen(slashed.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return absl::FailedPreconditionError(absl::StrFormat("plugin %s: %s", path, dlerror()));
  plugin.handle_ = std::shared_ptr<void>(handle, [](void* open) { dlclose(open); });
  const auto entry = reinterpret_cast<crucible_plugin_entry_v1>(dlsym(handle, CRUCIBLE_PLUGIN_ENTRY));
  if (entry == nullptr) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "plugin %s: exports no %s(); a strategy ends with CRUCIBLE_PLUGIN(...)", path, CRUCIBLE_PLUGIN_ENTRY));
  }
  plugin.info_ = entry();
  CRUCIBLE_RETURN_IF_ERROR(plugin.Check());
  plugin.warnings_ = DeterminismWarnings(UndefinedSymbols(image), plugin.info_->build_flags);
  StateHasher hasher;
  hasher.Add(std::string_view(image));
  plugin.content_hash_ = hasher.value().low;
  return plugin;
}

absl::StatusOr<Plugin> Plugin::FromInfo(const crucible_plugin_info_v1* info, std::string name) {
  Plugin plugin;
  plugin.path_ = std::move(name);
  plugin.info_ = info;
  CRUCIBLE_RETURN_IF_ERROR(plugin.Check());
  plugin.warnings_ = DeterminismWarnings({}, info->build_flags);
  return plugin;
}

const crucible_strategy_v1* Plugin::Find(std::string_view strategy) const {
  if (strategy.empty()) return info_->strategy_count == 1 ? info_->strategies[0] : nullptr;
  for (std::uint32_t i = 0; i < info_->strategy_count; ++i) {
    if (strategy == info_->strategies[i]->name) return info_->strategies[i];
  }
  return nullptr;
}

std::vector<std::string> Plugin::StrategyNames() const {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < info_->strategy_count; ++i) names.emplace_back(info_->strategies[i]->name);
  return names;
}

}  // namespace crucible::engine
