// A ModelStore holds the state of every model and answers probes in order.
//
//   ModelStore store(specs);
//   Answer a = store.AskAndTrain(probe);     // before, then learn
//   store.CloseDay(day);                     // when the watermark passes the end of a UTC day
//   store.LimitMemory(4 << 30);              // what goes beyond it is forgotten, or, with KeepCold:
//   if (store.over_limit()) { checkpoint(); store.Cool(); }   // left to the state until asked for
//
// `specs` outlives the store and does not change. One thread at a time. Everything depends on the
// order of probes alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/clustered.h"
#include "model/model_spec.h"
#include "model/probe.h"
#include "model/time_of_week.h"
#include "model/top.h"
#include "model/value_memory.h"
#include "model/windows.h"

namespace vedette {

class ModelStore {
 public:
  explicit ModelStore(const std::vector<ModelSpec>& specs);

  // The state before this event; then, if the probe says so, trains.
  Answer AskAndTrain(const Probe& probe);

  // For `seen_before` and `if_seen`: whether a profile knows the value now. False for other kinds.
  bool Knows(uint32_t model, const Hash128& scope, const Hash128& value, Timestamp now);

  // Whether a profile or categorical model knows the scope well enough to compare with it.
  bool IsSettled(uint32_t model, const Hash128& scope, Timestamp now);

  // What a profile or categorical model knows of a scope: `visit(key, entry)`.
  template <typename Visit>
  void ForEachValue(uint32_t model, const Hash128& scope, Visit visit) {
    if (auto* memory = std::get_if<ValueMemory>(states_[model].get()))
      memory->ForEachValue(scope, visit);
  }

  void Prefetch(const Probe& probe) const;
  // Before the first event: the day before it. Again after Load, for models that were not there.
  void BeginAfter(int64_t day);
  void CloseDay(int64_t day);

  // What all models may take up together, in bytes; 0: no limit. A model's own limit is in its
  // spec. Looked at every few thousand probes; then what was not seen for longest is forgotten, in
  // any model, until a sixteenth is free.
  void LimitMemory(uint64_t bytes) { memory_limit_ = bytes; }
  uint64_t accounted_bytes() const;
  // From now on nothing is forgotten for want of memory: what it cannot hold stays in `view`, with
  // the model's records under `prefix`, and is brought back when a probe asks for it, so that a
  // limit changes no answer. To be said of every model, before its Load. When over_limit(), write
  // a checkpoint, and call Cool when all of it is in the view: the scopes that were not seen for
  // longest leave memory until a quarter is free.
  void KeepCold(uint32_t model, const StateView& view, const std::string& prefix);
  bool over_limit() const;  // never without KeepCold
  void Cool();
  // A scope could not be brought back: answers since then are worth nothing.
  std::optional<Error> failure() const;
  // How many probes were answered; part of what a checkpoint keeps, since it says when memory is
  // looked at next.
  uint64_t probes() const { return probes_; }
  void set_probes(uint64_t probes) { probes_ = probes; }

  // Checkpoints. From TrackChanges on, SaveChanges gives what changed since the last time; Load
  // belongs to a new store. Each works on one model, whose records are its own.
  void TrackChanges();
  void SaveChanges(uint32_t model, StatePart part);
  Result<void> Load(uint32_t model, const StateView& view, const std::string& prefix,
                    StateDamage& damage);

  struct Size {
    size_t scopes = 0;
    size_t entries = 0;
    size_t bytes = 0;
    uint64_t evictions = 0;
    uint64_t cold_scopes = 0;  // of those scopes, not in memory
    uint64_t returned = 0;     // scopes that were brought back
  };
  Size size(uint32_t model) const;
  size_t model_count() const { return states_.size(); }

 private:
  using State =
      std::variant<ValueMemory, ClusteredMemory, WindowMemory, TimeOfWeekMemory, TopMemory>;

  void KeepWithinLimits();
  uint64_t BytesOf(size_t model) const;
  // Up to which age units of these models have to go so that this much is freed.
  template <typename VisitAll>
  static Age OldestUpTo(uint64_t bytes, VisitAll visit_all);
  void EvictFrom(size_t first, size_t last, uint64_t bytes);
  void CoolFrom(size_t first, size_t last, uint64_t bytes);
  uint64_t GrowthReserve() const;

  const std::vector<ModelSpec>& specs_;
  std::vector<std::unique_ptr<State>> states_;
  uint64_t memory_limit_ = 0;
  bool limits_models_ = false;
  bool keeps_cold_ = false;
  uint64_t probes_ = 0;
};

}  // namespace vedette
