// The story of an order: what was decided on which grounds, what the venue said, and what caused each.
//
// Explain() gathers it from the order's own records, from the records that their causes name, and from the books of
// those moments. Where records and books come from is the caller's affair (WhySources): `crucible why` executes the run
// again up to the decision, a report has merged run and sessions already. The result is data: why_text.h says it in
// sentences.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "framework/base/status.h"
#include "framework/book/book.h"
#include "framework/engine/blame.h"
#include "framework/engine/source.h"
#include "framework/event/event.h"
#include "framework/event/instrument.h"
#include "framework/event/order_codes.h"

namespace crucible::engine {

class Engine;

// The records about one order.
struct OrderStory {
  std::optional<Event> intent;  // kIntent
  std::optional<Event> terms;   // kIntentTerms
  std::vector<Event> features;  // kFeatureRead
  std::optional<Event> denial;  // kRiskDenial of the submission
  // Everything after it, in the order it was recorded: changes asked for, replies, fills with their details.
  std::vector<Event> later;
};

// Takes the records of a run in order, and keeps those about orders.
class StoryCollector {
 public:
  // `only`: of this order; {}: of every order.
  explicit StoryCollector(OrderId only = {}) : only_(only) {}
  void Add(const Event& event);
  // In the order in which the run speaks of them first.
  std::vector<OrderStory> Take() { return std::move(stories_); }

 private:
  OrderStory* Find(OrderId order);

  OrderId only_;
  std::vector<OrderStory> stories_;
  absl::flat_hash_map<std::uint64_t, std::size_t> places_;  // by order; lookup only
  OrderId open_;  // whose group is not at its end: terms and fill details name no order
};

struct CollectedOrder {
  OrderStory story;
  std::vector<Attack> attacks;  // of the whole run, in a simulated market
};

// kNotFound: the run has no such order; the message says how many it has.
absl::StatusOr<CollectedOrder> CollectOrder(RecordReader& run, OrderId order);

// The order that a record is about; 0 for kinds that are about none.
OrderId OrderOf(const Event& event);
// Whether a reply's fourth slot is a reason.
bool SaysReason(Kind kind);

// A record and where it stands.
struct WhyRecord {
  CauseRef where;            // input 0 is the run itself
  Event event;
  InstrumentId instrument;   // run-level; the event of an input carries the input's own
};

// Causes backwards: until a market record, a reply to an order of ours, or the run's start.
struct WhyCause {
  std::vector<WhyRecord> chain;    // the nearest first
  std::uint64_t timers_skipped = 0;  // before the last of the chain: each set by the one before
  CauseRef beyond;                 // the next cause, of an input that is not at hand; seq 0: the chain is whole
};

struct WhyBook {
  enum class State : std::uint8_t { kKnown, kBarsOnly, kNotAtHand };
  State state = State::kKnown;
  std::vector<book::LevelView> bids, asks;  // best first
};
// The best `levels` of each side.
WhyBook BestLevels(const book::Book& book, std::size_t levels);

struct WhyFeature {
  std::string name;  // "?" when the run does not say
  double value = 0;
};

// Tick and lot size at the venue.
struct WhyGrid {
  PriceDelta tick_size;
  Quantity lot_size;
  CauseRef since;    // the record that made them so; seq 0: they were so from the start
  Nanos since_time;  // when we knew it
};

// What happened to the order after the decision: a reply, a fill, or something that was asked for.
struct WhyStep {
  WhyRecord record;
  std::optional<Event> detail;  // of a fill
  // Legs of the way; absent where the step has none.
  std::optional<Duration> to_venue;    // acknowledgement or rejection: since the decision
  std::optional<Duration> from_venue;  // every reply: until we heard of it
  std::optional<Quantity> queue_ahead;  // as far as the venue knows it
  std::optional<WhyCause> cause;       // of a fill: the market record that filled us
  std::optional<WhyBook> venue_book;   // where a market record caused it: after that record, in exchange order
  std::optional<WhyGrid> grid;         // of a refusal for its sake
  std::vector<Guilt> blame;            // of a fill or an elected stop: indices into Why::attacks
};

struct Why {
  OrderId order;
  WhyRecord intent;
  Event terms;
  std::uint32_t strategy = 0;  // ordinal
  WhyCause cause;
  WhyBook book;  // as the strategy knew it
  std::vector<WhyFeature> features;
  std::optional<Event> denial;
  std::vector<WhyStep> steps;
  std::vector<Attack> attacks;  // those that a step blames
};

// What an explanation is made from. Borrowed by Explain.
class WhySources {
 public:
  virtual ~WhySources() = default;
  virtual std::size_t inputs() const = 0;
  // One record of an input, or of the run (input 0). kNotFound: that input is not at hand. kDataLoss: it has no such
  // record.
  virtual absl::StatusOr<Event> Record(CauseRef where) = 0;
  // Run-level id of an input's own.
  virtual InstrumentId RunId(std::uint16_t input, std::uint32_t instrument) const = 0;
  // As the strategy knew it when it decided.
  virtual absl::StatusOr<WhyBook> BookAtDecision(const Event& intent) = 0;
  // The venue's, after the group that holds `record`; nothing for a venue that makes its own market of that input.
  virtual absl::StatusOr<std::optional<WhyBook>> VenueBookAfter(CauseRef record, InstrumentId instrument) = 0;
  // What held at the venue at `time`; nothing where it is not at hand.
  virtual std::optional<WhyGrid> GridAt(InstrumentId instrument, Nanos time) const = 0;
  // By id.
  virtual const std::map<std::uint64_t, std::string>& FeatureNames() const = 0;

  // The first of the timers of the run that set one another up to the one with this sequence, and how many lie between.
  // Explain keeps them from one explanation to the next, so that each timer is read once.
  struct TimerChain {
    CauseRef first;
    std::uint64_t skipped = 0;
  };
  std::map<std::uint64_t, TimerChain> timer_chains;
};

// `attacks`: of the whole run. kDataLoss: a cause or the decision cannot be reached.
absl::StatusOr<Why> Explain(WhySources& sources, const OrderStory& story, std::span<const Attack> attacks);

// What lies behind any record of the run: the record itself, then its causes backwards. kDataLoss: as Explain.
absl::StatusOr<WhyCause> CausesOf(WhySources& sources, CauseRef record);

// Executes until the decision. kDataLoss: the execution never reaches it.
absl::StatusOr<WhyBook> BookAtDecision(Engine& engine, const Event& intent, std::size_t levels);

// A market record of an input, and whose book is asked for.
struct BookMoment {
  std::uint64_t seq = 0;
  InstrumentId instrument;
  friend auto operator<=>(const BookMoment& a, const BookMoment& b) = default;
};
// The venue's books after the groups that hold `moments`, in their order. `source` gives one input's groups as its
// venues saw them. REQUIRES: `moments` ascend. kDataLoss: the input never reaches one.
absl::StatusOr<std::vector<WhyBook>> VenueBooks(Source& source, std::span<const BookMoment> moments,
                                                const std::function<book::BookOptions(InstrumentId)>& options,
                                                std::size_t levels);

}  // namespace crucible::engine
