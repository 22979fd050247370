// A ModelStore holds the state of every model and answers probes in order.
//
//   ModelStore store(specs);
//   Answer a = store.AskAndTrain(probe);     // before, then learn
//   store.CloseDay(day);                     // when the watermark passes the end of a UTC day
//
// `specs` outlives the store and does not change. One thread at a time. Everything depends on the
// order of probes alone.
#pragma once

#include <memory>
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
  bool IsSettled(uint32_t model, const Hash128& scope, Timestamp now) const;

  void Prefetch(const Probe& probe) const;
  void CloseDay(int64_t day);

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
  };
  Size size(uint32_t model) const;
  size_t model_count() const { return states_.size(); }

 private:
  using State =
      std::variant<ValueMemory, ClusteredMemory, WindowMemory, TimeOfWeekMemory, TopMemory>;

  std::vector<std::unique_ptr<State>> states_;
};

}  // namespace vedette
