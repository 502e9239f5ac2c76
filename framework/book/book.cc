#include "framework/book/book.h"

namespace crucible::book {
namespace {

std::variant<QuoteBook, L2Book, L3Book> Make(const BookOptions& options) {
  using Variant = std::variant<QuoteBook, L2Book, L3Book>;
  switch (options.type) {
    case BookType::kQuotes:
      return Variant(std::in_place_type<QuoteBook>);
    case BookType::kL2:
      return Variant(std::in_place_type<L2Book>, options.tick_size);
    case BookType::kL3:
      break;
  }
  return Variant(std::in_place_type<L3Book>,
                 L3Options{options.tick_size, options.window_levels, options.dense_ids});
}

}  // namespace

Book::Book(const BookOptions& options) : book_(Make(options)) {}

ApplyResult Book::Apply(std::span<const Event> group) {
  switch (book_.index()) {
    case 0:
      return std::get_if<0>(&book_)->Apply(group);
    case 1:
      return std::get_if<1>(&book_)->Apply(group);
    default:
      return std::get_if<2>(&book_)->Apply(group);
  }
}

void Book::ChangeTick(PriceDelta tick_size) {
  if (L2Book* l2 = std::get_if<L2Book>(&book_)) l2->ChangeTick(tick_size);
  if (L3Book* l3 = std::get_if<L3Book>(&book_)) l3->ChangeTick(tick_size);
}

void Book::Clear() {
  std::visit([](auto& book) { book.Clear(); }, book_);
}

}  // namespace crucible::book
