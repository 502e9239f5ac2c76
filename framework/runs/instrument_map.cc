#include "framework/runs/instrument_map.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"
#include "framework/base/time_text.h"

namespace crucible::runs {
namespace {

using Definition = journal::Journal::TimedDefinition;
using Key = std::pair<std::string, std::string>;

Key KeyOf(const Instrument& instrument) { return {instrument.venue, instrument.symbol}; }

bool SameGrid(const Instrument& a, const Instrument& b) {
  return a.tick_size == b.tick_size && a.lot_size == b.lot_size;
}

// `instrument` with the grid of `of`: equal to `of` if nothing else differs.
Instrument WithGridOf(Instrument instrument, const Instrument& of) {
  instrument.tick_size = of.tick_size;
  instrument.lot_size = of.lot_size;
  return instrument;
}

std::string GridText(const Instrument& instrument) {
  return absl::StrFormat("tick %s, lot %s",
                         FormatDecimal(instrument.tick_size.units, instrument.price_decimals),
                         FormatDecimal(instrument.lot_size.units, instrument.quantity_decimals));
}

std::string ContractText(const Instrument& instrument) {
  return absl::StrFormat(
      "%s settled in %s, %d, %d and %d decimals of price, quantity and currency, %s, multiplier %d",
      instrument.currency, instrument.settle_currency, instrument.price_decimals,
      instrument.quantity_decimals, instrument.currency_decimals,
      instrument.contract == Contract::kInverse ? "inverse" : "linear", instrument.multiplier);
}

bool Overlap(const Session& a, const Session& b) {
  return a.first_time <= b.last_time && b.first_time <= a.last_time;
}

// In a session's own order; at least one.
std::vector<const Definition*> DefinitionsOf(const Session& session, const Key& key) {
  std::vector<const Definition*> found;
  for (const Definition& definition : session.definitions) {
    if (KeyOf(definition.instrument) == key) found.push_back(&definition);
  }
  return found;
}

// Of sessions that play at once; nothing orders what they say of one instrument.
absl::Status CheckTogether(const Session& a, const Session& b, const Key& key) {
  const std::vector<const Definition*> first = DefinitionsOf(a, key);
  for (const Session* session : {&a, &b}) {
    for (const Definition* definition : DefinitionsOf(*session, key)) {
      if (SameGrid(definition->instrument, first.front()->instrument)) continue;
      return absl::FailedPreconditionError(absl::StrFormat(
          "%s is defined differently in %s (%s) and in %s (%s, record %d), which overlap in time",
          FullName(definition->instrument), a.path, GridText(first.front()->instrument), session->path,
          GridText(definition->instrument), definition->seq));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<InstrumentMap> InstrumentMap::Create(std::span<const Session> sessions) {
  InstrumentMap map;
  map.NameInstruments(sessions);
  if (map.instruments_.empty()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s defines no instrument: nothing in it can be traded; `crucible inspect` says what its files held",
        sessions.front().path));
  }
  for (std::size_t s = 0; s < sessions.size(); ++s) CRUCIBLE_RETURN_IF_ERROR(map.CheckSession(sessions, s));
  map.CollectChanges(sessions);
  return map;
}

void InstrumentMap::NameInstruments(std::span<const Session> sessions) {
  struct First {
    std::size_t session;
    const Definition* definition;  // the earliest of all sessions
  };
  std::map<Key, First> first;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    for (const Definition& definition : sessions[s].definitions) {
      First& known = first.try_emplace(KeyOf(definition.instrument), First{s, &definition}).first->second;
      if (definition.time < known.definition->time) known.definition = &definition;
    }
  }
  std::map<Key, InstrumentId> id_of;
  for (const auto& [key, one] : first) {
    id_of[key] = {static_cast<std::uint32_t>(instruments_.size())};
    instruments_.push_back(one.definition->instrument);
    first_session_.push_back(one.session);
  }
  for (const Session& session : sessions) {
    std::vector<InstrumentId>& ids = ids_.emplace_back();
    for (const Instrument& instrument : session.instruments) ids.push_back(id_of[KeyOf(instrument)]);
  }
}

absl::Status InstrumentMap::CheckSession(std::span<const Session> sessions, std::size_t s) const {
  const Session& session = sessions[s];
  if (const auto hole = std::ranges::find(session.instruments, Instrument{});
      hole != session.instruments.end()) {
    return absl::DataLossError(
        absl::StrFormat("%s: no record defines instrument %d, but one defines instrument %d", session.path,
                        hole - session.instruments.begin(), session.instruments.size() - 1));
  }
  for (const Definition& definition : session.definitions) {
    const std::size_t id = ids_[s][definition.id.value].value;
    const Instrument& known = instruments_[id];
    if (WithGridOf(definition.instrument, known) == known) continue;
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is defined differently in record %d of %s and at the start of the run: %s; "
                        "before: %s. Within a run only "
                        "tick and lot size may change: run what comes before and after apart",
                        FullName(definition.instrument), definition.seq, session.path,
                        ContractText(definition.instrument), ContractText(known)));
  }
  for (const InstrumentId id : ids_[s]) {
    const Session& other = sessions[first_session_[id.value]];
    if (session.completeness != other.completeness || session.window_levels != other.window_levels) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%s is %s in %s and %s in %s; run them apart", FullName(instruments_[id.value]),
          decode::Name(session.completeness), session.path, decode::Name(other.completeness), other.path));
    }
    for (std::size_t before = 0; before < s; ++before) {
      if (std::ranges::find(ids_[before], id) == ids_[before].end() || !Overlap(sessions[before], session))
        continue;
      CRUCIBLE_RETURN_IF_ERROR(CheckTogether(sessions[before], session, KeyOf(instruments_[id.value])));
    }
  }
  return absl::OkStatus();
}

void InstrumentMap::CollectChanges(std::span<const Session> sessions) {
  std::vector<Change> all;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    for (const Definition& definition : sessions[s].definitions) {
      all.push_back({s, definition});
      all.back().definition.id = ids_[s][definition.id.value];
    }
  }
  std::ranges::stable_sort(all, {}, [](const Change& change) { return change.definition.time; });
  std::vector<Instrument> now = instruments_;
  for (Change& change : all) {
    Instrument& known = now[change.definition.id.value];
    if (SameGrid(known, change.definition.instrument)) continue;
    known = change.definition.instrument;
    changes_.push_back(std::move(change));
  }
}

InstrumentMap::InForce InstrumentMap::At(InstrumentId id, Nanos time) const {
  InForce found{&instruments_[id.value], nullptr};
  for (const Change& change : changes_) {
    if (change.definition.id == id && change.definition.exchange_time <= time)
      found = {&change.definition.instrument, &change};
  }
  return found;
}

absl::Status InstrumentMap::RequireConstant(std::size_t instrument) const {
  for (const Change& change : changes_) {
    if (change.definition.id.value != instrument) continue;
    return absl::FailedPreconditionError(
        absl::StrFormat("%s changes to %s at %s (input %d, record %d): a market in which others answer takes "
                        "one definition; choose "
                        "another venue.fill_model, or end before",
                        FullName(instruments_[instrument]), GridText(change.definition.instrument),
                        FormatTimestamp(change.definition.time), change.session + 1, change.definition.seq));
  }
  return absl::OkStatus();
}

}  // namespace crucible::runs
