// A TopMemory is the state of one top model: who of a scope does something most, over the last
// thirty days.
//
//   Answer a = memory.Ask(probe);     // top, number (the member's count with this event), rank_limit
//   memory.Train(probe);
//
// A member is on top when the scope has at least ten members with a count, the member ranks within
// K = max(1, ceil(5 %)) and strictly above rank K + 1, has at least twice the median, and was not
// on top when yesterday closed (it is the arrival that is told, not the stay). With `rank:
// percentile` a member is on top from the 90 % threshold T of CountHistogram on. The event that is
// judged counts. One thread. 50 to 60 bytes a member and 20 for each further day on which it did
// something; cost: one pass over the scope's members. Source: semantics 4.9.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "model/cold_records.h"
#include "model/entry_table.h"
#include "model/eviction.h"
#include "model/model_spec.h"
#include "model/probe.h"

namespace vedette {

class TopMemory {
 public:
  explicit TopMemory(const ModelSpec& spec) : spec_(spec) {}

  Answer Ask(const Probe& probe);
  void Train(const Probe& probe);

  // Records of the state: `m` the model, `s` scopes by key, with their members.
  void TrackChanges() { changes_.Track(true); }
  void SaveChanges(StatePart part);
  Result<void> Load(const StateView& view, const std::string& prefix, StateDamage& damage);

  // Memory: what it is taken to cost, and what can go (eviction.h).
  uint64_t accounted_bytes() const { return bytes_; }
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
  size_t bytes() const;

  // What a member needs to be on top of these counts, by the rule above without the look at
  // yesterday; 0 when nobody can be. Pure.
  static uint64_t Limit(std::vector<uint32_t> counts, bool by_percentile);

 private:
  static constexpr int kDays = 30;

  using Counts = boost::unordered_flat_map<Hash128, uint32_t, HashOfHash>;
  // How often a member did it on one day, in 20 bytes.
  struct Done {
    uint32_t member[4];
    uint32_t count;

    static Done Of(const Hash128& member, uint32_t count);
    Hash128 key() const;
  };
  struct Day {
    int64_t day;
    std::vector<Done> done;  // by member
  };
  struct Scope {
    Minutes first_seen = 0;
    int64_t day = INT64_MIN;
    Counts totals;          // over the thirty days up to `day`; none is zero
    Counts today;           // of `day`
    std::vector<Day> days;  // before `day`, ascending
    uint64_t done = 0;      // how many items all of these have
    boost::unordered_flat_set<Hash128, HashOfHash> top_yesterday;
  };

  // A slot of a table that may be half empty; an item of a day.
  static constexpr uint64_t kScopeCost = 1024;
  static constexpr uint64_t kSlotCost = 64;
  static constexpr uint64_t kDoneCost = 24;
  static uint64_t CostOf(const Scope& scope) {
    return kScopeCost + kSlotCost * (scope.totals.size() + scope.today.size()) +
           kDoneCost * scope.done;
  }
  static Age AgeOf(const Hash128& key, const Scope& scope) {
    return {ToMinutes({scope.day * kNanosPerDay}), key};
  }
  // Null: never seen. Brings it back when it is cold.
  Scope* FindScope(const Hash128& key);
  static bool ReadScope(std::string_view value, Scope* scope);
  // False: the day is not later.
  bool Advance(Scope& scope, int64_t day);
  static void DropBefore(Scope& scope, int64_t day);
  static void Add(Scope& scope, int64_t day, const Hash128& member, uint32_t count);
  static std::vector<uint32_t> CountsOf(const Scope& scope);
  static void WriteMembers(const Scope& scope, RecordWriter& out);

  const ModelSpec& spec_;
  bool trained_ = false;
  Timestamp since_;
  boost::unordered_flat_map<Hash128, Scope, HashOfHash> scopes_;
  uint64_t bytes_ = 0;  // what all scopes are taken to cost
  uint64_t evictions_ = 0;
  bool recount_ = false;  // records were lost: say how many there are now
  ChangedKeys changes_;
  ColdRecords cold_{'s'};
};

}  // namespace vedette
