#include "framework/models/information/rank_neighbours.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#define CRUCIBLE_INLINE [[gnu::always_inline]] inline

namespace crucible::information {
namespace {

using Rank = std::int16_t;

// Rows by ascending value, ties in the order of the rows: bytes of the value from the lowest, each pass
// stable.
std::vector<std::uint32_t> Order(std::span<const double> values) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  struct Placed {
    std::uint64_t key;
    std::uint32_t row;
  };
  std::vector<Placed> placed(values.size()), next(values.size());
  std::array<std::array<std::uint32_t, 256>, 8> counts{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto bits = std::bit_cast<std::uint64_t>(values[i] + 0.0);  // -0 is 0
    placed[i] = {(bits & kSign) != 0 ? ~bits : bits | kSign, static_cast<std::uint32_t>(i)};
    for (std::size_t byte = 0; byte < 8; ++byte) ++counts[byte][placed[i].key >> 8 * byte & 0xff];
  }
  for (std::size_t byte = 0; byte < 8; ++byte) {
    std::array<std::uint32_t, 256>& count = counts[byte];
    if (std::ranges::find(count, values.size()) != count.end()) continue;  // one value of this byte
    std::uint32_t sum = 0;
    for (std::uint32_t& first : count) sum += std::exchange(first, sum);
    for (const Placed& one : placed) next[count[one.key >> 8 * byte & 0xff]++] = one;
    placed.swap(next);
  }
  std::vector<std::uint32_t> order(values.size());
  for (std::size_t r = 0; r < order.size(); ++r) order[r] = placed[r].row;
  return order;
}

// Loops run over whole groups of places, so that they leave no rest: columns are padded, and distances there
// are kFar. All distances that are asked for are smaller.
constexpr std::size_t kGroup = 16;
constexpr Rank kFar = 32'767;
std::size_t Padded(std::size_t n) { return (n + kGroup - 1) / kGroup * kGroup; }

// Places within a radius.
CRUCIBLE_INLINE std::size_t SizeAround(std::size_t place, std::size_t radius, std::size_t n) {
  return std::min(n, place + radius + 1) - (place > radius ? place - radius : 0);
}
// Groups that hold them.
struct Groups {
  std::size_t first = 0, end = 0;
};
CRUCIBLE_INLINE Groups Around(std::size_t place, std::size_t radius, std::size_t n) {
  return {(place > radius ? place - radius : 0) / kGroup,
          (std::min(n, place + radius + 1) + kGroup - 1) / kGroup};
}

CRUCIBLE_INLINE Rank Between(Rank a, Rank b) {
  const auto difference = static_cast<Rank>(a - b);
  return std::max(difference, static_cast<Rank>(-difference));
}

CRUCIBLE_INLINE int CountAtMost(const Rank* values, Groups in, std::size_t limit) {
  constexpr std::size_t kMost = 1'024;  // groups whose counts fit a rank
  const auto most = static_cast<Rank>(limit);
  int total = 0;
  for (std::size_t start = in.first; start < in.end; start += kMost) {
    std::array<Rank, kGroup> counts{};
    for (std::size_t group = start; group < std::min(in.end, start + kMost); ++group) {
      for (std::size_t i = 0; i < kGroup; ++i)
        counts[i] = static_cast<Rank>(counts[i] + (values[group * kGroup + i] <= most ? 1 : 0));
    }
    for (const Rank count : counts) total += count;
  }
  return total;
}

struct Columns {
  const Rank* lead;  // 0, 1, ...
  const Rank* x;
  const Rank* y;  // null where it leads
  const std::vector<std::vector<Rank>>* z;
  std::size_t n;
};

// Distances of one place to others, by space.
struct Work {
  explicit Work(std::size_t n) : z(Padded(n)), xz(Padded(n)), yz(Padded(n)), xyz(Padded(n)) {}
  std::vector<Rank> z, xz, yz, xyz;
  int guess = 0;  // of the radius: the last place's
};

CRUCIBLE_INLINE void FindDistances(const Columns& columns, std::size_t place, Groups in, Work& work) {
  const std::size_t first = in.first * kGroup, end = in.end * kGroup;
  Rank *z = work.z.data(), *xz = work.xz.data(), *yz = work.yz.data(), *xyz = work.xyz.data();
  const auto lead = static_cast<Rank>(place);
  for (std::size_t i = first; i < end; ++i) z[i] = Between(columns.lead[i], lead);
  for (const std::vector<Rank>& column : *columns.z) {
    for (std::size_t i = first; i < end; ++i) z[i] = std::max(z[i], Between(column[i], column[place]));
  }
  const Rank x = columns.x[place];
  if (columns.y == nullptr) {
    for (std::size_t i = first; i < end; ++i) xyz[i] = std::max(Between(columns.x[i], x), z[i]);
  } else {
    const Rank y = columns.y[place];
    for (std::size_t i = first; i < end; ++i) {
      xz[i] = std::max(Between(columns.x[i], x), z[i]);
      yz[i] = std::max(Between(columns.y[i], y), z[i]);
      xyz[i] = std::max(xz[i], yz[i]);
    }
  }
  for (std::size_t i = columns.n; i < end; ++i) z[i] = xz[i] = yz[i] = xyz[i] = kFar;
}

// The distance to the k-th neighbour. Found by counting: from the last place's answer as if counts grew with
// the cube of the distance, then between limits on both sides; every fourth limit halves the range, so that
// it ends.
CRUCIBLE_INLINE std::size_t Distance(const Columns& columns, std::size_t place, std::size_t k, Work& work) {
  const int wanted = static_cast<int>(k);
  int low = 0,
      high = static_cast<int>(columns.n) - 1;  // more than k rows are within `high`, but not within `low`
  int below = 1, above = 0;                    // how many are, where that was counted
  int limit = work.guess, reach = -1;
  for (int round = 1; high - low > 1; ++round) {
    limit = std::clamp(limit, low + 1, high - 1);
    const auto radius = static_cast<std::size_t>(limit);
    if (limit > reach) {
      reach = limit + limit / 8 + 8;
      FindDistances(columns, place, Around(place, static_cast<std::size_t>(reach), columns.n), work);
    }
    const int count = CountAtMost(work.xyz.data(), Around(place, radius, columns.n), radius);
    if (count > wanted) {
      high = limit;
      above = count;
    } else {
      low = limit;
      below = count;
    }
    if (round % 4 == 0) {
      limit = low + (high - low) / 2;
    } else if (above > 0) {
      limit = low + (2 * (wanted - below) + 1) * (high - low) / (2 * (above - below));
    } else {
      limit += limit * (wanted - count) / (3 * count) + 1;
    }
  }
  if (reach < 0)  // two rows: there was nothing to find
    FindDistances(columns, place, Around(place, static_cast<std::size_t>(high), columns.n), work);
  work.guess = high;
  return static_cast<std::size_t>(high);
}

struct Counts {
  std::size_t xz = 0, yz = 0, z = 0;
};

CRUCIBLE_INLINE Counts CountAt(const Columns& columns, std::size_t place, std::size_t k, Work& work) {
  const std::size_t n = columns.n;
  const std::size_t radius = Distance(columns, place, k, work) - 1;  // 0.999999999 of it, in integers
  if (columns.y == nullptr)
    return {SizeAround(static_cast<std::size_t>(columns.x[place]), radius, n), SizeAround(place, radius, n),
            n};
  const Groups near = Around(place, radius, n);
  const auto count = [&](const std::vector<Rank>& distances) {
    return static_cast<std::size_t>(CountAtMost(distances.data(), near, radius));
  };
  return {count(work.xz), count(work.yz), columns.z->empty() ? SizeAround(place, radius, n) : count(work.z)};
}

CRUCIBLE_INLINE void AllCounts(const Columns& columns, std::size_t k, std::vector<Counts>& out) {
  Work work(columns.n);
  work.guess = static_cast<int>(columns.n / 8);
  for (std::size_t place = 0; place < columns.n; ++place) out[place] = CountAt(columns, place, k, work);
}
// The same arithmetic on twice as many integers at once where the machine can.
void CountsBaseline(const Columns& columns, std::size_t k, std::vector<Counts>& out) {
  AllCounts(columns, k, out);
}
__attribute__((target("avx2"))) void CountsAvx2(const Columns& columns, std::size_t k,
                                                std::vector<Counts>& out) {
  AllCounts(columns, k, out);
}

}  // namespace

RankNeighbours::RankNeighbours(std::span<const double> x, std::span<const double> y,
                               const std::vector<std::vector<double>>& z)
    : leads_z_(!z.empty()), row_at_(Order(leads_z_ ? std::span<const double>(z.front()) : y)) {
  place_of_.resize(row_at_.size());
  for (std::size_t place = 0; place < row_at_.size(); ++place)
    place_of_[row_at_[place]] = static_cast<std::uint32_t>(place);
  const auto ranks = [&](std::span<const double> column) {
    const std::vector<std::uint32_t> order = Order(column);
    std::vector<Rank> by_place(Padded(column.size()));
    for (std::size_t r = 0; r < order.size(); ++r) by_place[place_of_[order[r]]] = static_cast<Rank>(r);
    return by_place;
  };
  x_ = ranks(x);
  lead_.resize(Padded(row_at_.size()));
  for (std::size_t place = 0; place < row_at_.size(); ++place) lead_[place] = static_cast<Rank>(place);
  if (!leads_z_) return;
  y_ = ranks(y);
  for (std::size_t c = 1; c < z.size(); ++c) z_.push_back(ranks(z[c]));
}

void RankNeighbours::Terms(std::size_t k, std::span<const std::uint32_t> order,
                           const std::vector<double>& psi, std::vector<double>& out) const {
  const std::size_t n = rows();
  std::vector<Rank> permuted;
  if (!order.empty()) {
    permuted.resize(Padded(n));
    for (std::size_t place = 0; place < n; ++place) permuted[place] = x_[place_of_[order[row_at_[place]]]];
  }
  const Columns columns{lead_.data(), order.empty() ? x_.data() : permuted.data(),
                        leads_z_ ? y_.data() : nullptr, &z_, n};
  std::vector<Counts> counts(n);
  static const auto kCount = __builtin_cpu_supports("avx2") ? CountsAvx2 : CountsBaseline;
  kCount(columns, k, counts);
  out.resize(n);
  for (std::size_t place = 0; place < n; ++place)
    out[row_at_[place]] = psi[counts[place].xz] + psi[counts[place].yz] - psi[counts[place].z];
}

void RankNeighbours::DistancesInZ(std::size_t row, std::vector<double>& out) const {
  const std::size_t n = rows(), centre = place_of_[row];
  out.resize(n);
  for (std::size_t other = 0; other < n; ++other) {
    const std::size_t place = place_of_[other];
    int most = std::abs(static_cast<int>(place) - static_cast<int>(centre));
    for (const std::vector<Rank>& z : z_) most = std::max(most, std::abs(z[place] - z[centre]));
    out[other] = most;
  }
}

}  // namespace crucible::information
