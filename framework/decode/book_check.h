// Follows the books that the records build, and reports crossed, locked and empty ones.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "framework/book/book.h"
#include "framework/decode/doctor.h"
#include "framework/decode/position.h"
#include "framework/event/event.h"
#include "framework/event/instrument.h"

namespace crucible::decode {

class BookCheck {
 public:
  explicit BookCheck(Doctor& doctor) : doctor_(doctor) {}

  // Follows instrument `id` from here on. Call it in the order of ids, once each; unwatched ones are skipped.
  void Watch(InstrumentId id, const Instrument& instrument, book::BookType type, std::uint32_t window_levels);
  // Applies one group. REQUIRES: !group.empty().
  void OnGroup(std::span<const Event> group, const Position& at);
  // nullptr when the instrument is not watched.
  const book::Book* book(InstrumentId id) const;

 private:
  void Examine(const book::Touch& touch, const Position& at);

  Doctor& doctor_;
  std::vector<std::unique_ptr<book::Book>> books_;  // by instrument id
};

}  // namespace crucible::decode
