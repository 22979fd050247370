// A ValueMemory is the state of one profile or categorical model: every scope, and every value that
// a scope has shown.
//
//   Answer a = memory.Ask(probe);     // the state before the event
//   memory.Train(probe);
//   memory.SaveChanges(part);         // for a checkpoint; Load brings all back
//   memory.KeepCold(view, prefix);    // from now on scopes may be left to the state
//
// Memory: 40 to 60 bytes per (scope, value), about 110 per scope. A scope keeps at most
// `max_values` values: at the cap the one seen longest ago goes (ties: the smallest key), and the
// scope is saturated from then on. Values that were not seen for longer than the model's memory are
// gone; CloseDay frees them. One thread at a time. Cost: two hash look-ups. Source: semantics
// sections 4.2, 4.4 and 4.5.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "model/cold_records.h"
#include "model/count_histogram.h"
#include "model/entry_table.h"
#include "model/eviction.h"
#include "model/model_spec.h"
#include "model/probe.h"

namespace vedette {

class ValueMemory {
 public:
  explicit ValueMemory(const ModelSpec& spec) : spec_(spec) {}

  Answer Ask(const Probe& probe);
  void Train(const Probe& probe);

  // Whether the scope was seen in the last thirty days and has been known for fourteen.
  bool IsSettled(const Hash128& scope, Timestamp now);

  // True when the scope has shown the value within the model's memory.
  bool Knows(const Hash128& scope, const Hash128& value, Timestamp now);

  void Prefetch(const Probe& probe) const { entries_.Prefetch(Combine(probe.scope, probe.value)); }

  // What was known of the scope, as of the day that was closed last: `visit(key, Entry)`, by key.
  template <typename Visit>
  void ForEachValue(const Hash128& scope, Visit visit) {
    uint32_t number = 0;
    if (FindScope(scope, &number) == nullptr) return;
    entries_.ForEach([&](const Entry& entry) {
      if (entry.scope == number && entry.count > 0) visit(entry.key, entry);
    });
  }

  // Records of the state: `m` the model, `s` scopes, `e` entries by scope, `v` ages of values.
  void TrackChanges();
  void SaveChanges(StatePart part);
  Result<void> Load(const StateView& view, const std::string& prefix, StateDamage& damage);

  // Memory: what it is taken to cost, and what can go (eviction.h).
  uint64_t accounted_bytes() const;
  void VisitUnits(const VisitUnit& visit) const;
  uint64_t Evict(const Age& limit);
  uint64_t evictions() const { return evictions_; }
  // With a place for what memory cannot hold nothing is forgotten for want of it: right after all
  // changes are in `view`, scopes (and ages of values) up to an age may leave memory, and come back
  // when they are asked for. Before Load, which then leaves all of them where they are.
  void KeepCold(const StateView& view, const std::string& prefix);
  void Cool(const Age& limit);
  void VisitScopes(const VisitUnit& visit) const;
  const ColdRecords& cold() const { return cold_scopes_; }
  const std::optional<Error>& failure() const {
    return cold_scopes_.failure() ? cold_scopes_.failure() : cold_values_.failure();
  }
  size_t entry_count() const { return entries_.size() + values_.size(); }

  // Frees what is forgotten at the end of a UTC day, and halves counts where the model says so.
  // Days are closed in order; the first event lies in the day after BeginAfter, which says nothing
  // to a memory that has closed a day.
  void BeginAfter(int64_t day);
  void CloseDay(int64_t day);

  struct Size {
    size_t scopes = 0;
    size_t entries = 0;
    size_t bytes = 0;
    uint64_t evictions = 0;
  };
  Size size() const;

 private:
  struct Scope {
    Hash128 key;
    Minutes first_seen = 0;
    Minutes last_seen = 0;
    uint64_t total = 0;
    uint32_t distinct = 0;
    uint32_t entries = 0;  // with those that were forgotten and are not freed yet
    uint32_t active_days = 0;
    uint32_t last_active_day = 0;
    bool saturated = false;
    bool changed = false;   // since the last checkpoint
    CountHistogram counts;  // categorical only
  };
  // An entry that went, and whose it was.
  struct Erased {
    Hash128 scope, entry;
    friend auto operator<=>(const Erased&, const Erased&) = default;
  };
  // Values of a saturated scope, oldest first; an item is stale when its value was seen again
  // since.
  using AgeQueue = std::set<std::pair<Minutes, Hash128>>;

  bool Forgotten(Minutes last_seen, Minutes now) const {
    return now > last_seen &&
           static_cast<int64_t>(now - last_seen) * kNanosPerMinute > spec_.memory.count();
  }
  struct Counts {
    uint64_t scopes = 0, entries = 0, values = 0, broken = 0;

    // What is not there, or does not hold together, which is then not there either.
    uint64_t Missing(const Counts& found) const {
      const auto less = [](uint64_t a, uint64_t b) { return a > b ? a - b : 0; };
      return broken +
             std::max(found.broken, less(scopes, found.scopes) + less(entries, found.entries) +
                                        less(values, found.values));
    }
  };
  static int64_t ReadScope(RecordReader& in, Scope* scope);
  uint64_t CostOf(const Scope& scope) const;
  // Null: never seen. Brings it back when it is cold.
  Scope* FindScope(const Hash128& key, uint32_t* number);
  Scope* Return(const Hash128& key, uint32_t* number);
  Entry* FindValueAge(const Hash128& value);
  uint32_t NewNumber(const Hash128& key);
  Scope& ScopeOf(const Probe& probe, uint32_t* index);
  void Forget(Entry& entry);
  void NoteErased(const Entry& entry);
  // What the days that were closed since did to an entry of a scope that was not in memory. False:
  // it is gone.
  bool CatchUp(Entry& entry, int64_t closed_day) const;
  bool IsOver(const Entry& entry, int64_t day) const;
  // Puts an entry as it was saved into the table. False: its days are over.
  bool Adopt(Entry entry, uint32_t number, int64_t closed_day);
  Result<void> LoadModel(const StateView& view, const std::string& prefix, Counts* want);
  Result<void> Survey(const StateView& view, const std::string& prefix, uint64_t* lost);
  Result<void> LoadAll(const StateView& view, const std::string& prefix, StateDamage& damage,
                       uint64_t* lost);
  void EvictOldest(uint32_t scope);
  void Touch(uint32_t scope);
  void FillAgeQueues();
  void FillAgeQueue(uint32_t scope);

  const ModelSpec& spec_;
  bool trained_ = false;
  Timestamp since_;
  boost::unordered_flat_map<Hash128, uint32_t, HashOfHash> scope_index_;
  std::vector<Scope> scopes_;           // by number; one that is gone has no key
  std::vector<uint32_t> free_numbers_;  // of those
  EntryTable entries_;
  EntryTable values_;  // per value in any scope, when some rule asks
  int64_t closed_day_ = INT64_MIN;
  ColdRecords cold_scopes_{'s'};
  ColdRecords cold_values_{'v'};
  uint64_t cold_entries_ = 0;  // of cold scopes
  const StateView* cold_view_ = nullptr;
  std::string cold_prefix_;  // of their entries
  std::map<uint32_t, AgeQueue> age_queues_;
  uint64_t evictions_ = 0;

  bool tracks_changes_ = false;
  bool changed_ = false;
  std::vector<uint32_t> changed_scopes_;
  std::vector<Hash128> erased_scopes_;
  std::vector<Erased> erased_;  // entries that went while their scope stayed
};

}  // namespace vedette
