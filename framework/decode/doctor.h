// Collects what is wrong or remarkable about an input while it is decoded.
//
// Count() is cheap enough for the hot path; place and detail are taken from the first occurrence only.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "framework/decode/position.h"
#include "framework/decode/report.h"

namespace crucible::decode {

class Doctor {
 public:
  // Counts one occurrence of `code`; `detail` is asked once, for the first.
  void Report(FindingCode code, const Place& place, absl::FunctionRef<std::string()> detail);
  void Report(FindingCode code, const Position& at, absl::FunctionRef<std::string()> detail) {
    if (Count(code)) Describe(code, at.place(), detail());
  }
  // `count` > 0 occurrences at once.
  void ReportMany(FindingCode code, std::uint64_t count, const Place& place,
                  absl::FunctionRef<std::string()> detail);
  // Sets the number `name`; measures keep the order in which they were first set.
  void SetMeasure(std::string_view name, std::int64_t value);
  void AddToMeasure(std::string_view name, std::int64_t value);

  // An instrument of the input that options.symbol leaves out; the first kMaxPassedOver are remembered.
  void PassOver(std::string_view symbol) {
    if (passed_over_.size() < kMaxPassedOver) Remember(symbol);
  }
  // In the order of the input.
  const std::vector<std::string>& passed_over() const { return passed_over_; }

  std::uint64_t count(FindingCode code) const { return entry(code).count; }
  // Most severe first, then by code.
  std::vector<Finding> Findings() const;
  const std::vector<Measure>& measures() const { return measures_; }

 private:
  static constexpr std::size_t kCodes = 32;
  static constexpr std::size_t kMaxPassedOver = 12;
  struct Entry {
    std::uint64_t count = 0;
    Place first;
    std::string detail;
  };
  // True for the first occurrence.
  bool Count(FindingCode code) { return ++entries_[static_cast<std::size_t>(code)].count == 1; }
  void Describe(FindingCode code, Place place, std::string detail);
  void Remember(std::string_view symbol);
  const Entry& entry(FindingCode code) const { return entries_[static_cast<std::size_t>(code)]; }

  std::array<Entry, kCodes> entries_;
  std::vector<Measure> measures_;
  std::vector<std::string> passed_over_;
};

}  // namespace crucible::decode
