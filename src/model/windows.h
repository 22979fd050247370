// A WindowMemory is the state of one window model: how much of something happened within a sliding
// window, judged by its order of magnitude against what the scope has reached before.
//
//   Answer a = memory.Ask(probe);        // number includes this event; magnitude, live_magnitude
//   memory.Train(probe, a);
//
// Time is cut into panes of one period, aligned to the epoch; the window is the current pane and
// the ones before it that make up its length. `counter` splits the counting (per user), `scope`
// holds the baseline (per department). Distinct values are counted exactly, up to 65,536 per
// counter, then no further. 4, 8 and 16 in powers of two fire once each, growth in between never.
// One thread. About 270 bytes a scope, 16 per pane in use, 24 per distinct value. Source:
// semantics 4.8.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "model/cold_records.h"
#include "model/eviction.h"
#include "model/magnitude_memory.h"
#include "model/model_spec.h"
#include "model/probe.h"

namespace vedette {

class WindowMemory {
 public:
  // `scale` is the one of the spec's base.
  WindowMemory(const ModelSpec& spec, MagnitudeScale scale);

  Answer Ask(const Probe& probe);
  void Train(const Probe& probe, const Answer& answer);

  // Drops counters whose window has passed.
  void CloseDay(int64_t day);

  // Records of the state: `m` the model, `s` scopes and `c` counters by key.
  void TrackChanges() {
    changes_.Track(true);
    counter_changes_.Track(true);
  }
  void SaveChanges(StatePart part);
  Result<void> Load(const StateView& view, const std::string& prefix, StateDamage& damage);

  // Memory: what it is taken to cost, and what can go (eviction.h).
  uint64_t accounted_bytes() const { return kScopeCost * scopes_.size() + counter_bytes_; }
  void VisitUnits(const VisitUnit& visit) const;
  uint64_t Evict(const Age& limit);
  uint64_t evictions() const { return evictions_; }

  // Scopes and counters that memory cannot hold: see ModelStore::KeepCold.
  void KeepCold(const StateView& view, const std::string& prefix) {
    cold_scopes_.Open(view, prefix);
    cold_counters_.Open(view, prefix);
  }
  void VisitScopes(const VisitUnit& visit) const { VisitUnits(visit); }
  void Cool(const Age& limit);
  const ColdRecords& cold() const { return cold_scopes_; }
  const std::optional<Error>& failure() const {
    return cold_scopes_.failure() ? cold_scopes_.failure() : cold_counters_.failure();
  }

  size_t scope_count() const { return scopes_.size(); }
  size_t bytes() const;

 private:
  struct Pane {
    int64_t index;
    int64_t amount;
  };
  struct Counter {
    std::vector<Pane> panes;                                 // ascending by index
    boost::unordered_flat_map<uint64_t, int64_t> last_pane;  // of each distinct value
    int64_t newest = INT64_MIN;
    Hash128 scope;
  };
  struct Scope {
    Hash128 key;
    Minutes first_seen = 0;
    Minutes last_seen = 0;
    MagnitudeMemory magnitudes;
  };

  static constexpr uint64_t kScopeCost = 384;
  // With its slot in a table that may be half empty; the smallest table of distinct values has
  // fifteen slots.
  static uint64_t CostOf(const Counter& counter) {
    const uint64_t distinct = counter.last_pane.size();
    return 224 + 24 * counter.panes.size() + (distinct == 0 ? 0 : 256 + 32 * distinct);
  }
  Age AgeOf(const Hash128& key, const Counter& counter) const {
    return {ToMinutes({counter.newest * spec_.period.count()}), key};
  }
  int64_t PaneOf(Timestamp time) const {
    return Timestamp::FloorDiv(time.ns, spec_.period.count());
  }
  // Null: never seen. Brings it back when it is cold.
  Scope* FindScope(const Hash128& key);
  Scope& AddScope(Scope scope);
  // A counter that is cold, if anything is left of it.
  void ReturnCounter(const Hash128& key);
  // Moves a counter on to the day that was closed last. False: its window has passed.
  bool CatchUp(Counter& counter) const;
  static bool ReadScope(std::string_view value, Scope* scope);
  bool ReadCounter(std::string_view value, Counter* counter) const;
  // What the window holds at that pane, with this probe's own contribution.
  int64_t Add(const Probe& probe);
  int64_t AddTo(Counter& counter, const Probe& probe);
  int64_t AddDistinct(Counter& counter, const Probe& probe, int64_t pane);
  void Trim(Counter& counter, int64_t pane) const;

  const ModelSpec& spec_;
  MagnitudeScale scale_;
  int64_t pane_count_;
  bool trained_ = false;
  Timestamp since_;
  boost::unordered_flat_map<Hash128, Counter, HashOfHash> counters_;
  uint64_t counter_bytes_ = 0;  // what all of them are taken to cost
  boost::unordered_flat_map<Hash128, uint32_t, HashOfHash> index_;
  std::deque<Scope> scopes_;  // grows without a copy of all
  int64_t closed_day_ = INT64_MIN;
  uint64_t evictions_ = 0;
  ChangedKeys changes_;
  ChangedKeys counter_changes_;
  bool day_changed_ = false;  // since the last checkpoint
  ColdRecords cold_scopes_{'s'};
  ColdRecords cold_counters_{'c'};
};

}  // namespace vedette
