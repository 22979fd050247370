// What the records of one model amount to, without its content: for lists of what a state holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/state_records.h"
#include "core/time.h"
#include "model/model_spec.h"

namespace vedette {

struct RecordSummary {
  uint64_t scopes = 0;
  uint64_t entries = 0;  // values of scopes, counters of windows, members of tops
  uint64_t bytes = 0;    // keys and all
  uint64_t evictions = 0;
  std::optional<Timestamp> since;   // first training
  std::optional<Timestamp> oldest;  // first sighting of a scope
  std::optional<Timestamp> newest;  // sighting of a value; only kinds that keep it
};

// Records that do not hold together count as bytes alone.
Result<RecordSummary> SummarizeRecords(ModelKind kind, const StateView& view,
                                       const std::string& prefix);

}  // namespace vedette
