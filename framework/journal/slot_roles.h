// Room-internal: which slots hold values of one make, whatever the kind of the record. Encoding puts those
// into one stream (docs/formats/blocks.md).
#pragma once

#include <array>
#include <cstdint>

#include "framework/journal/block_format.h"

namespace crucible::journal {

// A number for what a slot holds.
using SlotRole = std::uint16_t;
// Ids of orders that are new: they become the running order id.
inline constexpr SlotRole kNewOrderId = 0;
// Prices, whatever their name.
inline constexpr SlotRole kPriceRole = 1;

// Roles of the four slots of a kind, given by its number; a number that no kind has gets roles of its own.
const std::array<SlotRole, kSlots>& SlotRolesOf(std::uint8_t kind);

}  // namespace crucible::journal
