// Bars whose volatility changes now and then, and a regime model that knows it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/random.h"
#include "framework/engine/regime_observer.h"
#include "framework/models/regime/filter.h"
#include "tests/engine/engine_fixture.h"

namespace crucible::engine {

// One-minute bars around 100.00; the volatility is 0.1 % a bar, and 0.5 % in every second stretch of
// `stretch` bars.
inline Tape CalmAndWildBars(std::size_t bars, std::size_t stretch = 50) {
  RandomStream random(7, "regimes");
  Tape tape;
  double price = 10'000;
  for (std::size_t t = 0; t < bars; ++t) {
    const auto open = static_cast<std::int64_t>(price);
    price *= 1 + (t / stretch % 2 == 1 ? 0.005 : 0.001) * random.Normal();
    price = std::clamp(price, 5'000.0, 20'000.0);
    const auto close = static_cast<std::int64_t>(price);
    tape.Bar(static_cast<std::int64_t>(t + 1) * 60'000'000'000, open, std::max(open, close) + 3,
             std::min(open, close) - 3, close);
  }
  return tape;
}

// Two regimes of returns, calm and wild, that last 50 bars; routes "calm" and "wild", one per regime.
inline RegimeObserver CalmOrWild() {
  regime::GaussianHmm model = regime::EmptyModel(regime::CovarianceShape::kFull, 2, 1);
  model.start = {0.5, 0.5};
  model.transition = {0.98, 0.02, 0.02, 0.98};
  model.covariance = {1e-6, 25e-6};
  regime::RouterOptions options;
  options.horizon = 5;
  auto watch = features::RegimeWatch::Create(std::make_unique<regime::HmmFilter>(model), options);
  EXPECT_TRUE(watch.ok()) << watch.status();
  auto observer = RegimeObserver::Create({0}, *features::BarFeatures::Create({"return"}), *std::move(watch),
                                         {"calm", "wild"});
  EXPECT_TRUE(observer.ok()) << observer.status();
  return *std::move(observer);
}

}  // namespace crucible::engine
