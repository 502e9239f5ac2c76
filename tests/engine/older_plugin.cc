// A plugin of interface 1.0, built with the other compiler: its structs end where those of 1.0 ended, and its
// description lies at the end of a page, so that an engine that reads further dies.

#include <crucible/plugin.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

// What 1.0 was, for ever: fields may only be appended behind these.
static_assert(sizeof(crucible_instrument_v1) >= 64 && offsetof(crucible_instrument_v1, multiplier) == 56);
static_assert(sizeof(crucible_level_v1) == 24, "stands inside other structs: never grows");
static_assert(offsetof(crucible_book_event_v1, bid) == 24 &&
              offsetof(crucible_book_event_v1, snapshot) == 76);
static_assert(offsetof(crucible_trade_event_v1, price) == 24 &&
              offsetof(crucible_trade_event_v1, aggressor) == 48);
static_assert(offsetof(crucible_bar_event_v1, trades) == 64 &&
              offsetof(crucible_order_event_v1, queue_ahead) == 56);
static_assert(offsetof(crucible_fill_event_v1, fee) == 64 &&
              offsetof(crucible_timer_event_v1, payload) == 24);
static_assert(offsetof(crucible_order_request_v1, expiry) == 56 && offsetof(crucible_order_v1, filled) == 48);
static_assert(offsetof(crucible_position_v1, fees) == 40 && offsetof(crucible_account_v1, realised) == 32);
static_assert(offsetof(crucible_host_v1, level) == 56 && offsetof(crucible_host_v1, submit) == 88 &&
              offsetof(crucible_host_v1, set_timer) == 128 && offsetof(crucible_host_v1, fail) == 232);
static_assert(offsetof(crucible_strategy_v1, on_start) == 48 &&
              offsetof(crucible_strategy_v1, on_stop) == 104 && offsetof(crucible_strategy_v1, hash) == 112);
// And 1.1.
static_assert(offsetof(crucible_strategy_v1, on_status) == 120 &&
              offsetof(crucible_status_event_v1, reason) == 32);
// And 1.2.
static_assert(offsetof(crucible_strategy_v1, on_parameters) == 128 &&
              offsetof(crucible_strategy_v1, on_regime) == 136 && offsetof(crucible_host_v1, regime) == 240);
static_assert(offsetof(crucible_regime_v1, bars) == 48 &&
              offsetof(crucible_regime_event_v1, advantage) == 24);
// And 1.6.
static_assert(offsetof(crucible_strategy_v1, on_causes) == 184 && offsetof(crucible_host_v1, causes) == 256);
static_assert(sizeof(crucible_cause_v1) == 24, "stands in arrays: never grows");
static_assert(offsetof(crucible_causes_v1, bars) == 32 && offsetof(crucible_causes_event_v1, withdrawn) == 20);
constexpr std::size_t kStrategySize = 120;
constexpr std::size_t kHostSize = 240;

struct State {
  const crucible_host_v1* host;
  crucible_engine* engine;
  std::uint64_t orders;
};

void* Create(const crucible_host_v1* host, crucible_engine* engine) noexcept {
  if (host->size < kHostSize) return nullptr;
  return new State{host, engine, 0};
}
void Destroy(void* self) noexcept { delete static_cast<State*>(self); }

// Joins the best bid at every change of the book, three times.
std::int32_t OnBook(void* self, const crucible_book_event_v1* book) noexcept {
  auto& state = *static_cast<State*>(self);
  if (state.orders == 3 || book->bid.quantity == 0) return 0;
  crucible_order_request_v1 request{};
  request.size = sizeof request;
  request.instrument = book->instrument;
  request.side = CRUCIBLE_BUY;
  request.type = CRUCIBLE_LIMIT;
  request.tif = CRUCIBLE_GTC;
  request.price = book->bid.price;
  request.quantity = 1;
  std::uint64_t id = 0;
  if (state.host->submit(state.engine, &request, &id) != CRUCIBLE_OK) return 1;
  ++state.orders;
  return 0;
}
std::uint64_t Hash(void* self) noexcept { return static_cast<const State*>(self)->orders; }

const crucible_strategy_v1* Description() {
  constexpr std::size_t kPage = 4096;
  void* pages = mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(static_cast<char*>(pages) + kPage, kPage, PROT_NONE) != 0)
    return nullptr;
  crucible_strategy_v1 strategy{};
  strategy.size = kStrategySize;
  strategy.name = "of_1_0";
  strategy.description = "Joins the best bid three times.";
  strategy.create = &Create;
  strategy.destroy = &Destroy;
  strategy.on_book = &OnBook;
  strategy.hash = &Hash;
  char* at = static_cast<char*>(pages) + kPage - kStrategySize;
  std::memcpy(at, &strategy, kStrategySize);
  return reinterpret_cast<const crucible_strategy_v1*>(at);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const crucible_plugin_info_v1* crucible_plugin_v1() {
  static const crucible_strategy_v1* const strategies[] = {Description()};
  static const crucible_plugin_info_v1 info = {
      sizeof(crucible_plugin_info_v1), 1, 0, 0, 1, 0, __VERSION__, strategies};
  return &info;
}
