/* The C interface between the engine and a strategy plugin.
 *
 * A plugin is a shared library that exports one function, crucible_plugin_v1(). Only fixed-width integers,
 * doubles and plain structs that begin with their size cross; no C++ type, allocation or exception does, so a
 * plugin may be built with another compiler than the engine.
 *
 * C++ authors include <crucible/strategy.h> and never see this file.
 *
 * There is no way to save a strategy's state: a run that is resumed, branched or explained is executed again from
 * its start (docs/decisions/0012-strategies-are-executed-again.md).
 *
 * Versions: within major version 1, structs only grow at their end and functions are only appended. A plugin
 * reads `size` before it uses a field that is newer than itself, and so does the engine.
 *
 * Threads: the engine calls a plugin from one thread; a plugin calls the host only from inside a handler.
 *
 * Units: prices and quantities count the instrument's decimal units (crucible_instrument_v1), money counts
 * 10^-currency_decimals, times are UTC nanoseconds since 1970, durations are nanoseconds.
 */
#ifndef CRUCIBLE_PLUGIN_H_
#define CRUCIBLE_PLUGIN_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define CRUCIBLE_NOEXCEPT noexcept
#else
#define CRUCIBLE_NOEXCEPT
#endif

#define CRUCIBLE_ABI_MAJOR 1u
#define CRUCIBLE_ABI_MINOR 6u

/* Sides of a book and directions of orders. */
enum { CRUCIBLE_NO_SIDE = 0, CRUCIBLE_BUY = 1, CRUCIBLE_SELL = 2 };
/* Order types, times in force, options: the codes of intent records. */
enum { CRUCIBLE_MARKET = 1, CRUCIBLE_LIMIT = 2, CRUCIBLE_STOP = 3, CRUCIBLE_STOP_LIMIT = 4,
       CRUCIBLE_TRAILING_STOP = 5 /* since 1.4 */ };
enum { CRUCIBLE_GTC = 1, CRUCIBLE_IOC = 2, CRUCIBLE_FOK = 3, CRUCIBLE_GTD = 4 };
enum { CRUCIBLE_POST_ONLY = 1, CRUCIBLE_REDUCE_ONLY = 2 };

/* What a host function answers. */
enum {
  CRUCIBLE_OK = 0,
  CRUCIBLE_NOT_FOUND = 1,        /* no such instrument, level, order, timer or parameter */
  CRUCIBLE_INVALID = 2,          /* an argument is out of range; nothing was recorded */
  CRUCIBLE_DENIED = 3,           /* the risk gate stopped the command; the denial is in the journal */
  CRUCIBLE_FULL = 4,             /* a bound was reached (timers, streams, features) */
};

/* What a venue or its feed is doing (crucible_status_event_v1.status). */
enum {
  CRUCIBLE_STATUS_TRADING = 1,
  CRUCIBLE_STATUS_HALTED = 2,
  CRUCIBLE_STATUS_QUOTING = 3,   /* orders rest, nothing matches */
  CRUCIBLE_STATUS_FEED_GAP = 4,  /* messages were lost: the book is stale until the next snapshot */
};

/* States of an order of ours. */
enum {
  CRUCIBLE_ORDER_PENDING = 1,    /* sent, not answered */
  CRUCIBLE_ORDER_WORKING = 2,
  CRUCIBLE_ORDER_FILLED = 3,
  CRUCIBLE_ORDER_CANCELED = 4,
  CRUCIBLE_ORDER_REJECTED = 5,
  CRUCIBLE_ORDER_UNKNOWN = 6,    /* nobody can say; counts as live */
};

/* What happened to an order (crucible_order_event_v1.what). */
enum {
  CRUCIBLE_ACCEPTED = 1, CRUCIBLE_REJECTED = 2, CRUCIBLE_CANCELED = 3, CRUCIBLE_CANCEL_REJECTED = 4,
  CRUCIBLE_AMENDED = 5, CRUCIBLE_AMEND_REJECTED = 6, CRUCIBLE_TRIGGERED = 7,
};

typedef struct crucible_engine crucible_engine; /* owned by the engine; passed back as it came */

typedef struct crucible_instrument_v1 {
  uint32_t size;
  uint32_t id;                 /* 0, 1, ... in (venue, symbol) order */
  const char* venue;           /* valid for the run */
  const char* symbol;
  int32_t price_decimals, quantity_decimals, currency_decimals;
  int32_t inverse;             /* 1: coin-margined contract */
  int64_t tick_size, lot_size, multiplier;
} crucible_instrument_v1;

typedef struct crucible_level_v1 {
  int64_t price, quantity;     /* quantity 0: there is no such level */
  int64_t order_count;         /* 0 where the feed does not say */
} crucible_level_v1;

typedef struct crucible_book_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time, exchange_time;
  crucible_level_v1 bid, ask;  /* best levels after the event */
  uint32_t touch_changed;      /* 1: best price or size of a side is not what it was */
  uint32_t snapshot;           /* 1: the event restated the book */
} crucible_book_event_v1;

typedef struct crucible_trade_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time, exchange_time, price, quantity;
  uint64_t trade_id;           /* 0 where the feed has none */
  uint32_t aggressor;          /* CRUCIBLE_BUY, CRUCIBLE_SELL or 0 */
  uint32_t reserved;
} crucible_trade_event_v1;

typedef struct crucible_bar_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time;                /* end of the bar: nobody knows it earlier */
  int64_t length;
  int64_t open, high, low, close, volume, trades;
} crucible_bar_event_v1;

typedef struct crucible_order_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time, exchange_time;
  uint64_t order_id;
  uint32_t what;
  uint32_t reason;             /* a code of order_codes.h; 0 where there is none */
  int64_t price, open_quantity;
  int64_t queue_ahead;         /* accepted, amended: quantity before us, -1 unknown */
} crucible_order_event_v1;

typedef struct crucible_fill_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time, exchange_time;
  uint64_t order_id;
  uint32_t side, maker;
  int64_t price, quantity, open_quantity, fee;
} crucible_fill_event_v1;

typedef struct crucible_timer_event_v1 {
  uint32_t size, reserved;
  int64_t time;
  uint64_t timer_id;
  int64_t payload;
} crucible_timer_event_v1;

/* Since 1.1. */
typedef struct crucible_status_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time, exchange_time;
  uint32_t status, reserved;
  int64_t reason;              /* the venue's own code; 0 where there is none */
} crucible_status_event_v1;

/* Since 1.2. What the run's regime model says, from bars up to now only. */
typedef struct crucible_regime_v1 {
  uint32_t size;
  uint32_t instrument;         /* whose bars the model reads */
  uint32_t route, route_count; /* active: 0, 1, ... */
  const char* route_name;      /* valid for the run */
  uint32_t regime_count, horizon;
  const double* now;           /* [regime_count] p(regime of the last bar); valid until the handler returns */
  const double* ahead;         /* [regime_count] p(regime `horizon` bars later) */
  uint64_t bars;               /* that the model has read; 0: `now` is where its chain starts */
} crucible_regime_v1;

/* Since 1.2. The router made another route active; parameters are those of the new route from here on. */
typedef struct crucible_regime_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time;
  uint32_t from, to;           /* routes */
  double advantage;            /* expected worth of `to` less that of `from` over the horizon */
} crucible_regime_event_v1;

/* Since 1.3. Tick or lot size of an instrument change: crucible_host_v1.instrument gives the new ones from
 * now on. Orders that rest stay; what is sent later must be on the new grid. */
typedef struct crucible_definition_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time, exchange_time;
  int64_t tick_size, lot_size;
  int64_t previous_tick_size, previous_lot_size;
} crucible_definition_event_v1;

/* Since 1.5. The venue's mark price, and what it says of the next funding. */
typedef struct crucible_mark_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time, exchange_time;
  int64_t mark, index;         /* prices; index 0 where the venue does not say */
  int64_t funding_rate_e12;    /* of the notional, 10^-12; positive: longs pay shorts */
  int64_t next_funding;        /* time; 0 where the record does not say */
} crucible_mark_event_v1;

/* Since 1.5. Funding was settled on a position of the account. */
typedef struct crucible_funding_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time, exchange_time;
  int64_t paid;                /* money; negative: received */
  int64_t position;            /* that it was settled on, signed */
  int64_t rate_e12, mark;
} crucible_funding_event_v1;

/* Since 1.5. The venue closes a position of the account, whose equity is below the maintenance margin. Own orders
 * are cancelled (on_order) before it; its fills come to every strategy (on_fill) after it, under this order id. */
typedef struct crucible_liquidation_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time, exchange_time;
  uint64_t order_id;           /* of the venue's order */
  uint32_t side, reserved;     /* of that order */
  int64_t quantity;
  int64_t bankruptcy_price;    /* 0: none */
  int64_t mark, equity, maintenance; /* at the venue, when it happened */
} crucible_liquidation_event_v1;

/* Since 1.5. A contract gives way to the next of its series. Where the run moves positions, orders in the old
 * contract are being cancelled, and its position follows by market orders of the run's. */
typedef struct crucible_roll_event_v1 {
  uint32_t size;
  uint32_t from, to;           /* instruments */
  uint32_t gap_known;          /* 0: one of the two had no mid yet */
  int64_t time;
  int64_t gap;                 /* mid of the new less mid of the old: add it to earlier prices to compare them */
  int64_t position;            /* held in the old one, signed */
} crucible_roll_event_v1;

/* Since 1.6. A variable at a lag that drives the target of the run's causal graph. */
typedef struct crucible_cause_v1 {
  const char* variable;        /* valid for the run */
  uint32_t lag, reserved;      /* bars */
  double value;                /* partial correlation in the last test, signed */
} crucible_cause_v1;

/* Since 1.6. What the run's live causal graph says of its target, from bars up to now only. */
typedef struct crucible_causes_v1 {
  uint32_t size;
  uint32_t instrument;         /* whose bars the graph reads */
  const char* target;          /* valid for the run */
  uint32_t parent_count;
  uint32_t ready;              /* 0: the window is not full yet, and nothing has been tested */
  const crucible_cause_v1* parents; /* [parent_count] by variable and lag; valid until the handler returns */
  uint64_t bars;               /* that the graph has read */
} crucible_causes_v1;

/* Since 1.6. The parents of the target have changed. */
typedef struct crucible_causes_event_v1 {
  uint32_t size;
  uint32_t instrument;
  int64_t time;
  uint32_t added, withdrawn;   /* links into the target at this bar */
} crucible_causes_event_v1;

typedef struct crucible_order_request_v1 {
  uint32_t size;
  uint32_t instrument;
  uint32_t side, type, tif, options;
  int64_t price;               /* limit; trailing stop: its distance from the market */
  int64_t stop_price;          /* trigger of stop and stop-limit */
  int64_t quantity;
  int64_t display;             /* iceberg: the part shown at a time; 0: all of it */
  int64_t expiry;              /* good-till-date */
} crucible_order_request_v1;

typedef struct crucible_order_v1 {
  uint32_t size;
  uint32_t instrument;
  uint64_t order_id;
  uint32_t side, state;
  int64_t price, stop_price, quantity, filled;
} crucible_order_v1;

typedef struct crucible_position_v1 {
  uint32_t size, reserved;
  int64_t quantity;            /* signed */
  int64_t average_price;       /* of the open position, rounded to price units; 0 when flat */
  int64_t realised, unrealised, fees; /* money */
} crucible_position_v1;

typedef struct crucible_account_v1 {
  uint32_t size, reserved;
  int64_t cash, equity, fees, realised; /* money */
} crucible_account_v1;

/* Since 1.5. A trading day of the run's calendar. */
typedef struct crucible_session_v1 {
  uint32_t size;
  int32_t day;                 /* since 1970-01-01, of the trading day */
  int64_t open, close;         /* times; the session is [open, close) */
} crucible_session_v1;

/* Functions that the engine offers. Every pointer is non-null within `size`. */
typedef struct crucible_host_v1 {
  uint32_t size, abi_minor;

  int64_t (*now)(crucible_engine*);
  uint32_t (*instrument_count)(crucible_engine*);
  int32_t (*instrument)(crucible_engine*, uint32_t instrument, crucible_instrument_v1* out);

  int32_t (*parameter_int)(crucible_engine*, uint32_t index, int64_t* out);
  int32_t (*parameter_double)(crucible_engine*, uint32_t index, double* out);
  int32_t (*parameter_text)(crucible_engine*, uint32_t index, const char** out); /* valid for the run */

  /* Level `index` of one side, 0 is the best. */
  int32_t (*level)(crucible_engine*, uint32_t instrument, uint32_t side, uint32_t index, crucible_level_v1* out);
  int64_t (*quantity_at)(crucible_engine*, uint32_t instrument, uint32_t side, int64_t price);
  int32_t (*position)(crucible_engine*, uint32_t instrument, crucible_position_v1* out);
  int32_t (*account)(crucible_engine*, crucible_account_v1* out);

  int32_t (*submit)(crucible_engine*, const crucible_order_request_v1*, uint64_t* order_id);
  int32_t (*cancel)(crucible_engine*, uint64_t order_id);
  int32_t (*amend)(crucible_engine*, uint64_t order_id, int64_t price, int64_t quantity);
  int32_t (*order)(crucible_engine*, uint64_t order_id, crucible_order_v1* out);
  /* Fills out[0..max) with own live orders of the instrument in id order; returns how many there are. */
  uint32_t (*open_orders)(crucible_engine*, uint32_t instrument, crucible_order_v1* out, uint32_t max);

  /* Calls on_timer at `at` (never before now). */
  int32_t (*set_timer)(crucible_engine*, int64_t at, int64_t payload, uint64_t* timer_id);
  int32_t (*cancel_timer)(crucible_engine*, uint64_t timer_id);

  /* A value that decisions read: recorded with the next order that this handler sends. */
  int32_t (*feature)(crucible_engine*, const char* name, uint64_t* feature_id);
  int32_t (*observe)(crucible_engine*, uint64_t feature_id, double value);

  /* Named random streams: equal seeds and names give equal numbers, whatever else the run does. */
  int32_t (*random_stream)(crucible_engine*, const char* name, uint64_t* stream_id);
  uint64_t (*random_u64)(crucible_engine*, uint64_t stream_id);

  /* Functions whose result is the same on every CPU; those of libm are not. */
  double (*exp)(double);
  double (*log)(double);
  double (*pow)(double, double);
  double (*sin)(double);
  double (*cos)(double);
  double (*tanh)(double);

  /* A line for the user, outside the journal. */
  void (*print)(crucible_engine*, const char* text);
  /* Says why a handler is about to return non-zero; the text is journaled and the run ends. */
  void (*fail)(crucible_engine*, const char* text);

  /* Since 1.2. CRUCIBLE_NOT_FOUND in a run without a regime model. */
  int32_t (*regime)(crucible_engine*, crucible_regime_v1* out);

  /* Since 1.5. The first session that closes after `time`: under way, or the next. CRUCIBLE_NOT_FOUND in a run without
   * a calendar, CRUCIBLE_INVALID for a time before 1680 or after 2259. */
  int32_t (*session)(crucible_engine*, int64_t time, crucible_session_v1* out);

  /* Since 1.6. CRUCIBLE_NOT_FOUND in a run without a causal graph. */
  int32_t (*causes)(crucible_engine*, crucible_causes_v1* out);
} crucible_host_v1;

enum { CRUCIBLE_PARAMETER_INT = 1, CRUCIBLE_PARAMETER_DOUBLE = 2, CRUCIBLE_PARAMETER_TEXT = 3,
       CRUCIBLE_PARAMETER_BOOL = 4, CRUCIBLE_PARAMETER_DURATION = 5 /* "250ms"; read as an int of nanoseconds */ };

typedef struct crucible_parameter_v1 {
  uint32_t size;
  uint32_t type;
  const char* name;
  const char* default_text;
  const char* minimum_text;    /* "" for no bound */
  const char* maximum_text;
  const char* description;     /* what it does, and its unit */
} crucible_parameter_v1;

/* One strategy of a plugin. Handlers return 0, or non-zero after host->fail() to end the run. A null handler
 * is never called. */
typedef struct crucible_strategy_v1 {
  uint32_t size, parameter_count;
  const char* name;
  const char* description;
  const crucible_parameter_v1* const* parameters;
  void* (*create)(const crucible_host_v1*, crucible_engine*) CRUCIBLE_NOEXCEPT; /* null after host->fail() */
  void (*destroy)(void*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_start)(void*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_book)(void*, const crucible_book_event_v1*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_trade)(void*, const crucible_trade_event_v1*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_bar)(void*, const crucible_bar_event_v1*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_order)(void*, const crucible_order_event_v1*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_fill)(void*, const crucible_fill_event_v1*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_timer)(void*, const crucible_timer_event_v1*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_stop)(void*) CRUCIBLE_NOEXCEPT;
  /* A fingerprint of the state, compared at checkpoints. */
  uint64_t (*hash)(void*) CRUCIBLE_NOEXCEPT;
  /* Since 1.1. */
  int32_t (*on_status)(void*, const crucible_status_event_v1*) CRUCIBLE_NOEXCEPT;
  /* Since 1.2. The parameters have other values from now on: read them again. Only in a branch of a run. */
  int32_t (*on_parameters)(void*) CRUCIBLE_NOEXCEPT;
  /* Since 1.2. Before on_bar of the bar that made it happen. */
  int32_t (*on_regime)(void*, const crucible_regime_event_v1*) CRUCIBLE_NOEXCEPT;
  /* Since 1.3. */
  int32_t (*on_definition)(void*, const crucible_definition_event_v1*) CRUCIBLE_NOEXCEPT;
  /* Since 1.5, these four. */
  int32_t (*on_mark)(void*, const crucible_mark_event_v1*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_funding)(void*, const crucible_funding_event_v1*) CRUCIBLE_NOEXCEPT;
  int32_t (*on_liquidation)(void*, const crucible_liquidation_event_v1*) CRUCIBLE_NOEXCEPT;
  /* Before on_book, on_trade or on_bar of the record that decided it. */
  int32_t (*on_roll)(void*, const crucible_roll_event_v1*) CRUCIBLE_NOEXCEPT;
  /* Since 1.6. Before on_bar of the bar that made it happen. */
  int32_t (*on_causes)(void*, const crucible_causes_event_v1*) CRUCIBLE_NOEXCEPT;
} crucible_strategy_v1;

/* Bits of crucible_plugin_info_v1.build_flags: what the compiler said when the plugin was built. */
enum { CRUCIBLE_BUILD_FAST_MATH = 1, CRUCIBLE_BUILD_FMA = 2 };

typedef struct crucible_plugin_info_v1 {
  uint32_t size;
  uint32_t abi_major, abi_minor;
  uint32_t build_flags;
  uint32_t strategy_count, reserved;
  const char* compiler;
  const crucible_strategy_v1* const* strategies;
} crucible_plugin_info_v1;

#define CRUCIBLE_PLUGIN_ENTRY "crucible_plugin_v1"
typedef const crucible_plugin_info_v1* (*crucible_plugin_entry_v1)(void);

#ifdef __cplusplus
}
#endif
#endif
