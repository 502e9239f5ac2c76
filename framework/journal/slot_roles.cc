#include "framework/journal/slot_roles.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "framework/event/kinds.h"

namespace crucible::journal {
namespace {

constexpr SlotRole kFirstNamed = 2;
constexpr SlotRole kFirstUnknown = 1000;  // plus the number of the kind

using Roles = std::array<std::array<SlotRole, kSlots>, 256>;

bool IsNewOrder(Kind kind) { return kind == Kind::kOrderAdd || kind == Kind::kIntent; }

// Prices and quantities of all kinds are alike, and so is what has no use; the others are told apart by name.
std::string_view RoleName(const SlotInfo& slot) {
  switch (slot.type) {
    case SlotType::kQuantity:
    case SlotType::kUnused:
    case SlotType::kOrderId:
      return Name(slot.type);
    default:
      return slot.name;
  }
}

Roles MakeRoles() {
  Roles roles;
  for (std::size_t kind = 0; kind < roles.size(); ++kind)
    roles[kind].fill(static_cast<SlotRole>(kFirstUnknown + kind));
  std::vector<std::string_view> names;
  for (const KindInfo& kind : AllKinds()) {
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      SlotRole& role = roles[static_cast<std::uint8_t>(kind.kind)][slot];
      const std::string_view name = RoleName(kind.slots[slot]);
      const auto known = std::ranges::find(names, name);
      role = static_cast<SlotRole>(kFirstNamed + (known - names.begin()));
      if (known == names.end()) names.push_back(name);
      if (kind.slots[slot].type == SlotType::kPrice) role = kPriceRole;
      if (slot == kOrderIdSlot && IsNewOrder(kind.kind)) role = kNewOrderId;
    }
  }
  return roles;
}

}  // namespace

const std::array<SlotRole, kSlots>& SlotRolesOf(std::uint8_t kind) {
  static const Roles roles = MakeRoles();
  return roles[kind];
}

}  // namespace crucible::journal
