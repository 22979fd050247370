// A ValueMemory is the state of one profile or categorical model: every scope, and every value that
// a scope has shown.
//
//   Answer a = memory.Ask(probe);     // the state before the event
//   memory.Train(probe);
//   memory.SaveChanges(part);         // for a checkpoint; Load brings all back
//
// Memory: 40 to 60 bytes per (scope, value), about 110 per scope. A scope keeps at most
// `max_values` values: at the cap the one seen longest ago goes (ties: the smallest key), and the
// scope is saturated from then on. Values that were not seen for longer than the model's memory are
// gone; CloseDay frees them. One thread at a time. Cost: two hash look-ups. Source: semantics
// sections 4.2, 4.4 and 4.5.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

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
  bool IsSettled(const Hash128& scope, Timestamp now) const;

  // True when the scope has shown the value within the model's memory.
  bool Knows(const Hash128& scope, const Hash128& value, Timestamp now);

  void Prefetch(const Probe& probe) const { entries_.Prefetch(Combine(probe.scope, probe.value)); }

  // Records of the state: `m` the model, `s` scopes by number, `e` entries, `v` ages of values.
  void TrackChanges();
  void SaveChanges(StatePart part);
  Result<void> Load(const StateView& view, const std::string& prefix, StateDamage& damage);

  // Memory: what it is taken to cost, and what can go (eviction.h).
  uint64_t accounted_bytes() const;
  void VisitUnits(const VisitUnit& visit) const;
  uint64_t Evict(const Age& limit);
  uint64_t evictions() const { return evictions_; }
  size_t entry_count() const { return entries_.size() + values_.size(); }

  // Frees what is forgotten at the end of a UTC day, and halves counts where the model says so.
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
    uint32_t active_days = 0;
    uint32_t last_active_day = 0;
    bool saturated = false;
    bool changed = false;   // since the last checkpoint
    CountHistogram counts;  // categorical only
  };
  // Values of a saturated scope, oldest first; an item is stale when its value was seen again
  // since.
  using AgeQueue = std::set<std::pair<Minutes, Hash128>>;

  bool Forgotten(Minutes last_seen, Minutes now) const {
    return now > last_seen &&
           static_cast<int64_t>(now - last_seen) * kNanosPerMinute > spec_.memory.count();
  }
  Scope& ScopeOf(const Probe& probe, uint32_t* index);
  void Forget(Entry& entry);
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
  std::map<uint32_t, AgeQueue> age_queues_;
  uint64_t evictions_ = 0;

  bool tracks_changes_ = false;
  bool changed_ = false;
  std::vector<uint32_t> changed_scopes_;
};

}  // namespace vedette
