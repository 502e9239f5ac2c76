// The story of an order: what was decided on which grounds, what the venue said, and what caused each.
//
// Explain() gathers it from the run's own stream, from the inputs that its causes name, and by re-executing the run
// up to the decision for the book of that moment. The result is data: who shows it decides how.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/book/book.h"
#include "framework/engine/blame.h"
#include "framework/engine/engine.h"
#include "framework/engine/source.h"
#include "framework/event/event.h"
#include "framework/event/instrument.h"
#include "framework/event/order_codes.h"

namespace crucible::engine {

struct OrderStory {
  std::optional<Event> intent;  // kIntent
  std::optional<Event> terms;   // kIntentTerms
  std::vector<Event> features;  // kFeatureRead
  std::optional<Event> denial;  // kRiskDenial of the submission
  // Everything after it, in the order it was recorded: changes asked for, replies, fills with their details.
  std::vector<Event> later;
  std::vector<Attack> attacks;  // of the whole run
};

// kNotFound: the run has no such order; the message says how many it has.
absl::StatusOr<OrderStory> CollectOrder(RecordReader& run, OrderId order);

// The order that a record is about; 0 for kinds that are about none.
OrderId OrderOf(const Event& event);

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
};

struct WhyBook {
  std::vector<book::LevelView> bids, asks;  // best first
};

struct WhyFeature {
  std::string name;  // "?" when the run does not say
  double value = 0;
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
  std::optional<WhyBook> venue_book;   // after that record, in exchange order; absent for bars and responsive markets
  std::vector<Guilt> blame;            // of a fill or an elected stop: indices into Why::attacks
};

struct Why {
  OrderId order;
  WhyRecord intent;
  Event terms;
  std::uint32_t strategy = 0;  // ordinal
  WhyCause cause;
  std::optional<WhyBook> book;  // as the strategy knew it; absent for bars
  std::vector<WhyFeature> features;
  std::optional<Event> denial;
  std::vector<WhyStep> steps;
  std::vector<Attack> attacks;  // of the whole run, in a simulated market
};

// What an explanation is made from. Borrowed by Explain.
class WhySources {
 public:
  virtual ~WhySources() = default;
  virtual absl::StatusOr<std::unique_ptr<RecordReader>> Run() = 0;
  virtual std::size_t inputs() const = 0;
  // One record of an input, or of the run (input 0). kDataLoss: there is none.
  virtual absl::StatusOr<Event> Record(CauseRef where) = 0;
  // Run-level id of an input's own.
  virtual InstrumentId RunId(std::uint16_t input, std::uint32_t instrument) const = 0;
  // The groups of one input in exchange order, as its venues saw them.
  virtual absl::StatusOr<std::unique_ptr<Source>> Market(std::uint16_t input) = 0;
  // For the one re-execution.
  virtual absl::StatusOr<std::unique_ptr<Engine>> MakeEngine(RecordSink& sink) = 0;
  virtual book::BookOptions BookFor(InstrumentId instrument) const = 0;
  virtual bool HasBook(InstrumentId instrument) const = 0;  // false: bars only
  // The venue's book is the one that the input's records build; false for a venue that makes its own market of them.
  virtual bool VenueFollowsInput() const { return true; }
  // Names of features by id.
  virtual absl::StatusOr<std::map<std::uint64_t, std::string>> FeatureNames() = 0;
};

// `levels`: of each side of a book. kNotFound: no such order. kDataLoss: a cause or the decision cannot be reached.
absl::StatusOr<Why> Explain(WhySources& sources, OrderId order, std::size_t levels);

}  // namespace crucible::engine
