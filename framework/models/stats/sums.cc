#include "framework/models/stats/sums.h"

#include <algorithm>
#include <cstring>

#define CRUCIBLE_INLINE [[gnu::always_inline]] inline

namespace crucible::stats {
namespace {

constexpr std::size_t kChunk = 1024;
constexpr std::size_t kLanes = 8;

// Lanes as the machine holds them; lane arithmetic is the same for every width.
using Narrow = double __attribute__((vector_size(16)));
using Wide = double __attribute__((vector_size(32)));

double Total(double (&lanes)[kLanes]) {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

template <typename Vector>
CRUCIBLE_INLINE void Load(const double* x, Vector& into) {
  std::memcpy(&into, x, sizeof into);
}

// The totals of A x B products over one chunk of n <= kChunk elements, added to `out`.
template <typename Vector, std::size_t A, std::size_t B>
CRUCIBLE_INLINE void AddBlock(const double* const* x, const double* const* y, std::size_t offset,
                              std::size_t n, double* out, std::size_t stride) {
  constexpr std::size_t kWidth = sizeof(Vector) / sizeof(double);
  constexpr std::size_t kParts = kLanes / kWidth;
  Vector sums[A][B][kParts] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t part = 0; part < kParts; ++part) {
      Vector right[B];
      for (std::size_t b = 0; b < B; ++b) Load(y[b] + offset + i + part * kWidth, right[b]);
      for (std::size_t a = 0; a < A; ++a) {
        Vector left;
        Load(x[a] + offset + i + part * kWidth, left);
        for (std::size_t b = 0; b < B; ++b) sums[a][b][part] += left * right[b];
      }
    }
  }
  for (std::size_t a = 0; a < A; ++a) {
    for (std::size_t b = 0; b < B; ++b) {
      double lanes[kLanes];
      std::memcpy(lanes, sums[a][b], sizeof lanes);
      for (std::size_t rest = i; rest < n; ++rest)
        lanes[rest - i] += x[a][offset + rest] * y[b][offset + rest];
      out[a * stride + b] += Total(lanes);
    }
  }
}

template <typename Vector>
CRUCIBLE_INLINE void AddChunk(const double* const* x, std::size_t rows, const double* const* y,
                              std::size_t columns, std::size_t offset, std::size_t n, double* out,
                              std::size_t stride) {
  std::size_t a = 0;
  for (; a + 2 <= rows; a += 2) {
    std::size_t b = 0;
    for (; b + 2 <= columns; b += 2)
      AddBlock<Vector, 2, 2>(x + a, y + b, offset, n, out + a * stride + b, stride);
    if (b < columns) AddBlock<Vector, 2, 1>(x + a, y + b, offset, n, out + a * stride + b, stride);
  }
  if (a == rows) return;
  for (std::size_t b = 0; b < columns; ++b) {
    AddBlock<Vector, 1, 1>(x + a, y + b, offset, n, out + a * stride + b, stride);
  }
}

using ChunkKernel = void (*)(const double* const*, std::size_t, const double* const*, std::size_t,
                             std::size_t, std::size_t, double*, std::size_t);

void AddChunkBaseline(const double* const* x, std::size_t rows, const double* const* y, std::size_t columns,
                      std::size_t offset, std::size_t n, double* out, std::size_t stride) {
  AddChunk<Narrow>(x, rows, y, columns, offset, n, out, stride);
}

__attribute__((target("avx2"))) void AddChunkAvx2(const double* const* x, std::size_t rows,
                                                  const double* const* y, std::size_t columns,
                                                  std::size_t offset, std::size_t n, double* out,
                                                  std::size_t stride) {
  AddChunk<Wide>(x, rows, y, columns, offset, n, out, stride);
}

ChunkKernel Kernel() {
  static const ChunkKernel kernel = __builtin_cpu_supports("avx2") ? AddChunkAvx2 : AddChunkBaseline;
  return kernel;
}

}  // namespace

double Sum(const double* x, std::size_t n) {
  double sum = 0;
  for (std::size_t start = 0; start < n; start += kChunk) {
    const std::size_t end = std::min(n, start + kChunk);
    double lanes[kLanes] = {};
    std::size_t i = start;
    for (; i + kLanes <= end; i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += x[i + lane];
    }
    for (std::size_t rest = i; rest < end; ++rest) lanes[rest - i] += x[rest];
    sum += Total(lanes);
  }
  return sum;
}

double Dot(const double* x, const double* y, std::size_t n) {
  double sum = 0;
  CrossProducts(&x, 1, &y, 1, n, &sum, 1);
  return sum;
}

void CrossProducts(const double* const* x, std::size_t rows, const double* const* y, std::size_t columns,
                   std::size_t n, double* out, std::size_t stride) {
  for (std::size_t a = 0; a < rows; ++a) std::fill_n(out + a * stride, columns, 0.0);
  const ChunkKernel add = Kernel();
  for (std::size_t start = 0; start < n; start += kChunk) {
    add(x, rows, y, columns, start, std::min(kChunk, n - start), out, stride);
  }
}

}  // namespace crucible::stats
