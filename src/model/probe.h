// A Probe asks a model about one event; an Answer is what the model knew before that event.
//
// A model is asked once per event, and rules that share a model share its answer, so "evaluate
// before train" holds by construction. Both are plain values, filled and read within one batch.
#pragma once

#include <cstdint>

#include "core/hash.h"
#include "core/time.h"

namespace vedette {

struct Probe {
  uint32_t model = 0;  // index of the ModelSpec
  bool train = false;  // train_when holds
  bool late = false;   // the event came after the watermark
  Timestamp time;
  Hash128 scope;
  Hash128
      value;  // keys of value memories; of kTop: the member; of kWindowDistinct: what is counted
  Hash128 counter;           // window kinds: scope and count_per
  int64_t number = 0;        // clustered and summed kinds, scaled
  int32_t hour_of_week = 0;  // time_of_week
  int64_t local_day = 0;     // the entity's calendar day, for totals of a day
};

// Severity bands of a clustered answer: how far beyond the boundary.
enum class Band : uint8_t { kNone, kSmall, kMedium, kLarge };

struct Answer {
  bool asked = false;    // the event had a scope and a value, so there is an answer
  bool trained = false;  // the model has learned anything at all
  bool scope_known = false;
  bool saturated = false;    // the scope lost values to its cap
  bool converged = false;    // kinds with a convergence gate
  bool forgotten = false;    // the value was known, but longer ago than the memory
  uint32_t seen = 0;         // sightings of the value in the scope; 0: unknown or forgotten
  uint32_t distinct = 0;     // values of the scope (C)
  uint64_t total = 0;        // sightings of the scope (N)
  uint64_t threshold = 0;    // T: fewer sightings than this are abnormal; 0 when nothing is
  uint32_t active_days = 0;  // distinct days on which the scope was seen
  Timestamp model_since;     // first training of the model
  Timestamp scope_since;     // first sighting of the scope
  Timestamp value_since;     // first sighting of the value in any scope
  bool value_since_known = false;
  Timestamp first_seen;  // of the value in the scope, also when forgotten
  Timestamp last_seen;
  // Of a value that is new to a person: how many colleagues of the peer group are active and known
  // long enough to be asked, and how many of them have it in memory.
  uint32_t peers = 0;
  uint32_t peers_with_value = 0;

  // Numeric kinds.
  int64_t number = 0;   // what was judged: the value, the window's count or sum (scaled)
  double boundary = 0;  // clustered: b
  bool boundary_by_magnitude = false;  // clustered, too bursty for a gamma: judged by magnitude
  Band band = Band::kNone;             // clustered: beyond the boundary, and how far
  int magnitude = -1;                  // window kinds
  int live_magnitude = -1;             // highest one within memory
  bool unusual_hour = false;           // time_of_week
  bool top = false;                    // top
  uint64_t rank_limit = 0;             // top: sightings that a member needs
};

}  // namespace vedette
