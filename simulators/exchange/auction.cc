#include "simulators/exchange/auction.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace crucible::exchange {
namespace {

struct Candidate {
  Price price;
  std::int64_t volume = 0;
  std::int64_t surplus = 0;  // of buyers; negative: of sellers
};

// Quantity of the levels at or below each of the ascending `prices`.
std::vector<std::int64_t> Accumulate(std::span<const AuctionLevel> levels, const std::vector<Price>& prices) {
  std::vector<std::int64_t> sums(prices.size(), 0);
  for (const AuctionLevel& level : levels) {
    const auto at = std::ranges::lower_bound(prices, level.price);
    sums[static_cast<std::size_t>(at - prices.begin())] += level.quantity;
  }
  for (std::size_t i = 1; i < sums.size(); ++i) sums[i] += sums[i - 1];
  return sums;
}

std::vector<Candidate> Candidates(const AuctionBook& book) {
  std::vector<Price> prices;
  for (const auto& side : {book.bids, book.asks})
    for (const AuctionLevel& level : side) prices.push_back(level.price);
  std::ranges::sort(prices);
  prices.erase(std::unique(prices.begin(), prices.end()), prices.end());
  const std::vector<std::int64_t> bids = Accumulate(book.bids, prices);
  const std::vector<std::int64_t> asks = Accumulate(book.asks, prices);
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    const std::int64_t below = i == 0 ? 0 : bids[i - 1];
    const std::int64_t demand = book.market_buys + bids.back() - below;
    const std::int64_t supply = book.market_sells + asks[i];
    candidates.push_back({prices[i], std::min(demand, supply), demand - supply});
  }
  return candidates;
}

// Keeps the candidates with the smallest key.
template <class Key>
void KeepLeast(std::vector<Candidate>& candidates, Key key) {
  const std::int64_t least = key(*std::ranges::min_element(candidates, {}, key));
  std::erase_if(candidates, [&](const Candidate& candidate) { return key(candidate) != least; });
}

}  // namespace

std::optional<Uncrossing> FindUncrossing(const AuctionBook& book) {
  std::vector<Candidate> candidates = Candidates(book);
  if (candidates.empty()) {
    const std::int64_t volume = std::min(book.market_buys, book.market_sells);
    if (volume == 0 || book.reference.units == 0) return std::nullopt;
    return Uncrossing{book.reference, volume};
  }
  KeepLeast(candidates, [](const Candidate& candidate) { return -candidate.volume; });
  if (candidates.front().volume == 0) return std::nullopt;
  KeepLeast(candidates, [](const Candidate& candidate) { return std::abs(candidate.surplus); });
  const auto buyers_left = [](const Candidate& candidate) { return candidate.surplus > 0; };
  const auto sellers_left = [](const Candidate& candidate) { return candidate.surplus < 0; };
  if (std::ranges::all_of(candidates, buyers_left)) {
    candidates = {candidates.back()};
  } else if (book.reference.units != 0 && !std::ranges::all_of(candidates, sellers_left)) {
    std::ranges::reverse(candidates);  // of two equally near the higher one
    KeepLeast(candidates,
              [&](const Candidate& candidate) { return std::abs((candidate.price - book.reference).units); });
  }
  return Uncrossing{candidates.front().price, candidates.front().volume};
}

}  // namespace crucible::exchange
