// A TimeOfWeekMemory is the state of one time-of-week model: 168 hourly counts a scope, on the
// scope's own wall clock.
//
//   Answer a = memory.Ask(probe);     // unusual_hour
//   memory.Train(probe);
//
// Counts are smoothed around the circle, s[h] = c[h-1] + 2 c[h] + c[h+1], so that Sunday 23 h lies
// next to Monday 00 h; an hour is unusual when s[h] lies under the threshold of CountHistogram over
// s with q = `percentile`, once the scope has converged (N points in C used hours). One thread.
// About 700 bytes a scope. Source: semantics 4.7.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "model/cold_records.h"
#include "model/entry_table.h"
#include "model/eviction.h"
#include "model/model_spec.h"
#include "model/probe.h"

namespace vedette {

inline constexpr int kHoursOfWeek = 168;

class TimeOfWeekMemory {
 public:
  explicit TimeOfWeekMemory(const ModelSpec& spec) : spec_(spec) {}

  Answer Ask(const Probe& probe);
  void Train(const Probe& probe);

  // Records of the state: `m` the model, `s` scopes by key.
  void TrackChanges() { changes_.Track(true); }
  void SaveChanges(StatePart part);
  Result<void> Load(const StateView& view, const std::string& prefix, StateDamage& damage);

  // Memory: what it is taken to cost, and what can go (eviction.h).
  uint64_t accounted_bytes() const { return kScopeCost * scopes_.size(); }
  void VisitUnits(const VisitUnit& visit) const;
  uint64_t Evict(const Age& limit);
  uint64_t evictions() const { return evictions_; }

  // Scopes that memory cannot hold: see ModelStore::KeepCold.
  void KeepCold(const StateView& view, const std::string& prefix) { cold_.Open(view, prefix); }
  void VisitScopes(const VisitUnit& visit) const { VisitUnits(visit); }
  void Cool(const Age& limit);
  const ColdRecords& cold() const { return cold_; }
  const std::optional<Error>& failure() const { return cold_.failure(); }

  size_t scope_count() const { return scopes_.size(); }
  size_t bytes() const { return scopes_.size() * sizeof(Scope); }

 private:
  struct Scope {
    Hash128 key;
    Minutes first_seen = 0;
    Minutes last_seen = 0;
    uint64_t total = 0;
    uint32_t used_hours = 0;
    std::array<uint32_t, kHoursOfWeek> counts{};

    uint64_t Smoothed(int hour) const;
    uint64_t Threshold(uint64_t q_ppm) const;
  };

  static constexpr uint64_t kScopeCost = 900;
  // Null: never seen. Brings it back when it is cold.
  Scope* FindScope(const Hash128& key);
  Scope& Add(const Scope& scope);
  static bool ReadScope(std::string_view value, Scope* scope);

  const ModelSpec& spec_;
  bool trained_ = false;
  Timestamp since_;
  boost::unordered_flat_map<Hash128, uint32_t, HashOfHash> index_;
  std::deque<Scope> scopes_;  // grows without a copy of all
  uint64_t evictions_ = 0;
  bool recount_ = false;  // records were lost: say how many there are now
  ChangedKeys changes_;
  ColdRecords cold_{'s'};
};

}  // namespace vedette
