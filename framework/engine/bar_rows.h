// The rows that a model of a run reads: features of one instrument's bars.
#pragma once

#include <utility>
#include <vector>

#include "framework/engine/source.h"
#include "framework/event/kinds.h"
#include "framework/features/bar_features.h"

namespace crucible::engine {

class BarRows {
 public:
  BarRows(InstrumentId instrument, features::BarFeatures features)
      : instrument_(instrument), features_(std::move(features)) {}

  InstrumentId instrument() const { return instrument_; }
  std::size_t columns() const { return features_.size(); }

  // The row that `group` gives, valid until the next call; nullptr where it is no bar of the instrument, or
  // one without a row (features/bar_features.h).
  const std::vector<double>* Read(const MarketGroup& group) {
    if (group.instrument != instrument_ || group.records.front().kind != Kind::kBar ||
        group.records.size() != 2) {
      return nullptr;
    }
    const auto bar = As<BarBody>(group.records[0]);
    return features_.Update(bar, As<BarVolumeBody>(group.records[1]), row_) ? &row_ : nullptr;
  }

 private:
  InstrumentId instrument_;
  features::BarFeatures features_;
  std::vector<double> row_;
};

}  // namespace crucible::engine
