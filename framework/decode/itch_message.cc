#include "framework/decode/itch_message.h"

#include "framework/decode/fixed_width.h"

namespace crucible::decode {
namespace {

constexpr std::size_t kStockWidth = 8;

class Fields {
 public:
  explicit Fields(std::span<const char> bytes) : bytes_(bytes) {}
  std::uint64_t Number(std::size_t offset, std::size_t width) const {
    return BigEndian(bytes_, offset, width);
  }
  Quantity Shares(std::size_t offset, std::size_t width = 4) const {
    return {static_cast<std::int64_t>(Number(offset, width))};
  }
  Price At(std::size_t offset) const { return {static_cast<std::int64_t>(Number(offset, 4))}; }
  std::string_view Stock(std::size_t offset) const { return FixedText(bytes_, offset, kStockWidth, ' '); }
  char operator[](std::size_t offset) const { return bytes_[offset]; }

 private:
  std::span<const char> bytes_;
};

void ReadOrder(const Fields& fields, ItchMessage& message) {
  message.order = fields.Number(11, 8);
  switch (message.type) {
    case 'A':
    case 'F':
      message.side = fields[19] == 'B' ? Side::kBid : fields[19] == 'S' ? Side::kAsk : Side::kNone;
      message.shares = fields.Shares(20);
      message.stock = fields.Stock(24);
      message.price = fields.At(32);
      break;
    case 'C':
      message.printable = fields[31] != 'N';
      message.price = fields.At(32);
      [[fallthrough]];
    case 'E':
      message.shares = fields.Shares(19);
      message.match = fields.Number(23, 8);
      break;
    case 'X':
      message.shares = fields.Shares(19);
      break;
    case 'U':
      message.new_order = fields.Number(19, 8);
      message.shares = fields.Shares(27);
      message.price = fields.At(31);
      break;
    default:
      break;
  }
}

}  // namespace

std::size_t ItchBytes(char type) {
  switch (type) {
    case 'S':
      return 12;
    case 'R':
      return 39;
    case 'H':
      return 25;
    case 'Y':
      return 20;
    case 'L':
      return 26;
    case 'V':
      return 35;
    case 'W':
      return 12;
    case 'K':
      return 28;
    case 'J':
      return 35;
    case 'h':
      return 21;
    case 'A':
      return 36;
    case 'F':
      return 40;
    case 'E':
      return 31;
    case 'C':
      return 36;
    case 'X':
      return 23;
    case 'D':
      return 19;
    case 'U':
      return 35;
    case 'P':
      return 44;
    case 'Q':
      return 40;
    case 'B':
      return 19;
    case 'I':
      return 50;
    case 'N':
      return 20;
    case 'O':
      return 48;
    default:
      return 0;
  }
}

ItchMessage ReadItch(std::span<const char> bytes) {
  const Fields fields(bytes);
  ItchMessage message;
  message.type = bytes[0];
  message.locate = static_cast<std::uint16_t>(fields.Number(1, 2));
  message.time = {static_cast<std::int64_t>(fields.Number(5, 6))};
  switch (message.type) {
    case 'S':
      message.state = fields[11];
      break;
    case 'R':
      message.stock = fields.Stock(11);
      message.round_lot = static_cast<std::int64_t>(fields.Number(21, 4));
      break;
    case 'H':
      message.stock = fields.Stock(11);
      message.state = fields[19];
      break;
    case 'P':
      message.order = fields.Number(11, 8);
      message.shares = fields.Shares(20);
      message.stock = fields.Stock(24);
      message.price = fields.At(32);
      message.match = fields.Number(36, 8);
      break;
    case 'Q':
      message.shares = fields.Shares(11, 8);
      message.stock = fields.Stock(19);
      message.price = fields.At(27);
      message.match = fields.Number(31, 8);
      break;
    default:
      ReadOrder(fields, message);
      break;
  }
  return message;
}

}  // namespace crucible::decode
