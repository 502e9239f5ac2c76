// The record: one immutable fact in 64 bytes, 32 of header and 32 of body.
//
//   seq         position in its stream: 1, 2, 3, ... without gaps
//   time        when this process may know it: the loop's key, UTC nanoseconds
//   origin      exogenous kinds: the source's own time, UTC nanoseconds
//               derived kinds: the cause (CauseRef); kinds.h says which kind has which
//   instrument  id local to the file that holds the stream (instrument.h)
//   body        four slots whose meaning the kind fixes (kinds.h, schemas/events.toml)
//
// A group is a run of consecutive records that are one fact; the last one carries kGroupEnd, and nobody acts
// before it. All records of a group share time, instrument and origin; only kFillDetail and kMarginDetail name a
// cause where the record before them gives the venue's time.
//
// Records hold integers only: their bytes are the same everywhere, and what is hashed is what is stored.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "framework/base/units.h"

namespace crucible {

enum class Kind : std::uint8_t;  // kinds.h

// Bits of Event::flags. Bits 8-15 belong to the kind.
namespace flag {
inline constexpr std::uint16_t kGroupEnd = 1 << 0;   // Last record of its group.
inline constexpr std::uint16_t kSnapshot = 1 << 1;   // State as it stood, not a change.
inline constexpr std::uint16_t kSynthetic = 1 << 2;  // Made by an importer; no message of the source says it.
inline constexpr std::uint16_t kMaker = 1 << 3;      // Fill: our order was resting.
inline constexpr std::uint16_t kTaker = 1 << 4;      // Fill: our order took.
inline constexpr std::uint16_t kLiquidation = 1 << 5;  // Fill: the venue closed our position.
}  // namespace flag

struct Event {
  std::uint64_t seq = 0;
  std::int64_t time = 0;
  std::uint64_t origin = 0;
  std::uint32_t instrument = 0;
  Kind kind{};
  Side side = Side::kNone;
  std::uint16_t flags = 0;
  std::array<std::int64_t, 4> body{};

  bool EndsGroup() const { return (flags & flag::kGroupEnd) != 0; }
  Nanos at() const { return {time}; }
  // REQUIRES: the kind's origin is a venue time.
  Nanos venue_time() const { return {static_cast<std::int64_t>(origin)}; }
  friend bool operator==(const Event&, const Event&) = default;
};
static_assert(sizeof(Event) == 64 && alignof(Event) == 8);
static_assert(std::is_trivially_copyable_v<Event> && std::has_unique_object_representations_v<Event>);

namespace event_internal {
template <class Body>
std::int64_t Word(const Body& body, std::size_t i) {
  std::int64_t word;
  std::memcpy(&word, reinterpret_cast<const char*>(&body) + i * sizeof word, sizeof word);
  return word;
}
}  // namespace event_internal

// Reads a body as the struct of its kind (kinds.h).
template <class Body>
Body As(const Event& event) {
  static_assert(sizeof(Body) == 32 && std::has_unique_object_representations_v<Body>);
  return std::bit_cast<Body>(event.body);
}
// Word by word, and not in a loop: a struct that is copied whole right after its fields were written waits until the
// stores have reached the cache.
template <class Body>
void SetBody(Event& event, const Body& body) {
  static_assert(sizeof(Body) == 32 && std::has_unique_object_representations_v<Body>);
  event.body[0] = event_internal::Word(body, 0);
  event.body[1] = event_internal::Word(body, 1);
  event.body[2] = event_internal::Word(body, 2);
  event.body[3] = event_internal::Word(body, 3);
}

// Names the event that made another happen: an input of the run (1, 2, ...; 0 is the run's own stream) and a
// sequence in it. Sequence 0 means "no cause": the run's start.
struct CauseRef {
  std::uint16_t input = 0;
  std::uint64_t seq = 0;  // < 2^48

  static constexpr CauseRef FromBits(std::uint64_t bits) {
    return {static_cast<std::uint16_t>(bits >> 48), bits & ((std::uint64_t{1} << 48) - 1)};
  }
  constexpr std::uint64_t bits() const { return (std::uint64_t{input} << 48) | seq; }
  friend constexpr bool operator==(CauseRef, CauseRef) = default;
};

}  // namespace crucible
