// A ClusteredMemory is the state of one numeric model: it fits a gamma distribution to each scope's
// numbers by their moments and calls a number beyond the 99 % boundary abnormal.
//
//   Answer a = memory.Ask(probe);        // number, boundary, band
//   memory.Train(probe, a);              // an abnormal number is learned capped at the boundary
//
// mean m = S1/n, variance v = (S2 - S1^2/n)/(n-1), shape k = m^2/v, scale th = v/m,
// boundary b = k th (1 - 1/(9k) + z sqrt(1/(9k)))^3 with z = 2.326347874 (Wilson and Hilferty
// 1931): only operations that IEEE-754 rounds correctly, so b is the same on every machine. With k
// < 0.5 a gamma fits badly, and a number is abnormal when its power of two is higher than any seen
// within the memory. With v = 0, b = m + bin width. The twenty values of semantics 4.6 give b
// = 25.021007. One thread. About 450 bytes a scope. Cost: a dozen divisions.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <boost/container/map.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "model/cold_records.h"
#include "model/eviction.h"
#include "model/magnitude_memory.h"
#include "model/model_spec.h"
#include "model/probe.h"

namespace vedette {

// A gamma distribution by its first two moments, and the boundary of what is normal.
struct GammaFit {
  double mean = 0, variance = 0, shape = 0, scale = 0;
  double boundary = 0;  // 0 when bursty
  bool bursty = false;  // the shape is under 0.5
};
GammaFit FitGamma(uint64_t n, __int128 sum, __int128 sum_of_squares, int64_t bin_width);

class ClusteredMemory {
 public:
  explicit ClusteredMemory(const ModelSpec& spec);

  Answer Ask(const Probe& probe);
  void Train(const Probe& probe, const Answer& answer);

  // Records of the state: `m` the model, `s` scopes by key.
  void TrackChanges() { changes_.Track(true); }
  void SaveChanges(StatePart part);
  Result<void> Load(const StateView& view, const std::string& prefix, StateDamage& damage);

  // Memory: what it is taken to cost, and what can go (eviction.h).
  uint64_t accounted_bytes() const { return kScopeCost * scopes_.size() + kBinCost * bins_; }
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

 private:
  struct Scope {
    Hash128 key;
    Minutes first_seen = 0;
    Minutes last_seen = 0;
    uint64_t n = 0;
    __int128 sum = 0;
    __int128 sum_of_squares = 0;
    // As a std::map, in nodes of 48 bytes instead of 64.
    boost::container::map<int64_t, uint32_t> bins;
    MagnitudeMemory magnitudes;
    uint32_t active_days = 0;
    int64_t day = INT64_MIN;  // the day that is being summed (session_sum) or was last active
    int64_t day_sum = 0;
  };

  static constexpr uint64_t kScopeCost = 512;
  static constexpr uint64_t kBinCost = 48;
  static uint64_t CostOf(const Scope& scope) { return kScopeCost + kBinCost * scope.bins.size(); }
  // Null: never seen. Brings it back when it is cold.
  Scope* FindScope(const Hash128& key);
  Scope& Add(Scope scope);
  static bool ReadScope(std::string_view value, Scope* scope);
  void Judge(const Scope& scope, int64_t number, Minutes now, Answer& answer) const;
  void Learn(Scope& scope, int64_t number, const Answer& answer, Minutes now);
  // Learns the total of a day that is over. False: it is not over.
  bool CloseSession(Scope& scope, const Probe& probe);

  const ModelSpec& spec_;
  MagnitudeScale scale_;
  bool trained_ = false;
  Timestamp since_;
  boost::unordered_flat_map<Hash128, uint32_t, HashOfHash> index_;
  std::deque<Scope> scopes_;  // grows without a copy of all
  uint64_t bins_ = 0;         // of all scopes
  uint64_t evictions_ = 0;
  bool recount_ = false;  // records were lost: say how many there are now
  ChangedKeys changes_;
  ColdRecords cold_{'s'};
};

}  // namespace vedette
