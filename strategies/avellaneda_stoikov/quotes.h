// Closed-form quotes of Avellaneda and Stoikov, "High-frequency trading in a limit order book" (2008).
//
//   reservation price   r = s - q gamma sigma^2 (T - t)                              (equation 3.12 and 3.15)
//   total spread        gamma sigma^2 (T - t) + (2 / gamma) ln(1 + gamma / kappa)    (equation 3.18)
//
// All prices share one unit; sigma is in that unit per square root of the unit of T - t; q is in order sizes.
#pragma once

namespace avellaneda_stoikov {

struct Quotes {
  double reservation = 0;
  double spread = 0;
  double bid = 0;
  double ask = 0;
};

struct Model {
  double gamma = 0;  // risk aversion, > 0
  double kappa = 0;  // decay of the fill intensity A exp(-kappa delta), > 0
  double sigma = 0;  // volatility

  // `natural_log` is the one to use; `left` is T - t.
  template <class Log>
  Quotes At(double mid, double inventory, double left, Log natural_log) const {
    Quotes quotes;
    const double risk = gamma * sigma * sigma * left;
    quotes.reservation = mid - inventory * risk;
    quotes.spread = risk + (2 / gamma) * natural_log(1 + gamma / kappa);
    quotes.bid = quotes.reservation - quotes.spread / 2;
    quotes.ask = quotes.reservation + quotes.spread / 2;
    return quotes;
  }
};

}  // namespace avellaneda_stoikov
