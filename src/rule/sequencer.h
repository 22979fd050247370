// A Sequencer follows sequences, and tells of each as one event when it is over: an event of its
// own type, with the fields of the first step, how many steps there were, and what ended them.
//
//   Sequencer sequencer(rules.sequences(), schema.event_type_count(), evaluator, hash_seed);
//   for (Event* e : sequencer.Weave(events)) …       // these, and what became due between them
//   for (Event* e : sequencer.Finish()) …            // the input is over: so is what is open
//
// Gaps of more than `idle` end a sequence, and so does the step that would make it longer than
// `longest`; such an end is told with the time at which it was certain (last step + idle), before
// the first event that is later. Events that end it at once are told of right behind them. Events
// come in order of time; late ones are no steps and are counted. The events that are made live
// until the next call. One thread. Memory: about 1.5 KB for each open sequence, 200,000 at most:
// beyond that the one that ends first ends early, as `capacity`. Cost: a comparison for an event
// that is none of its business. Source: semantics 4.12.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "core/state_records.h"
#include "event/event.h"
#include "expr/evaluator.h"
#include "rule/sequence_spec.h"

namespace vedette {

class Sequencer {
 public:
  struct Counts {
    uint64_t opened = 0;
    uint64_t told = 0;
    uint64_t early = 0;  // ended for want of room
    uint64_t late = 0;   // steps and ends that came too late to count
  };

  // Everything outlives the sequencer.
  Sequencer(const std::vector<SequenceSpec>& specs, size_t event_types, Evaluator& evaluator,
            uint64_t hash_seed);

  const std::vector<Event*>& Weave(const std::vector<Event*>& events);
  const std::vector<Event*>& Finish();

  // Records of the state: `o` open sequences, `n` the counts of the run. `Load` belongs to a new
  // sequencer.
  void TrackChanges() { changes_.Track(true); }
  void SaveChanges(StatePart part, const Schema& schema);
  Result<void> Load(const StateView& view, const std::string& prefix, const Schema& schema,
                    StateDamage& damage);
  // Another run begins: it counts for itself, and its sources are numbered anew.
  void BeginRun();

  const Counts& counts() const { return counts_; }
  size_t open() const { return open_.size(); }
  void set_most_open(size_t most) { most_open_ = most; }

 private:
  struct Open {
    uint32_t spec = 0;
    uint64_t steps = 0;
    Timestamp first, last;
    Hash128 last_id;
    Position last_position;
    ProductId product = kNoProduct;
    ParserId parser = kNoParser;
    std::vector<boost::unordered_flat_set<uint64_t>> distinct;
    std::unique_ptr<Arena> arena;  // what the fields of the first step point to
    Event fields;
  };
  // What an event type is to a sequence.
  struct Part {
    uint32_t spec;
    int end;  // index of the end, or -1: a step
  };
  using Deadline = std::pair<Timestamp, Hash128>;

  Timestamp DeadlineOf(const Open& sequence) const;
  void Take(const Event& event);
  void Step(const Event& event, uint32_t spec, const Hash128& key);
  bool KeyOf(const SequenceSpec& spec, Hash128* key);
  void Begin(Open& sequence, const Event& event, uint32_t spec);
  // Ends what is over before `now`, in order of time.
  void EndDue(Timestamp now);
  void End(const Hash128& key, std::string_view by, Timestamp when, const Event* ended_by);

  const std::vector<SequenceSpec>& specs_;
  Evaluator& evaluator_;
  uint64_t hash_seed_;
  size_t most_open_ = 200'000;
  std::vector<std::vector<Part>> parts_;  // by event type
  boost::unordered_flat_map<Hash128, Open, HashOfHash> open_;
  std::set<Deadline> deadlines_;
  Counts counts_;
  ChangedKeys changes_;

  Arena arena_{64 * 1024};  // of the events that are handed out
  std::vector<Event*> woven_;
  std::string scratch_;
};

// Under which the sequence of a scope is kept; the scope is normalised.
Hash128 SequenceKey(std::string_view id, std::string_view scope, uint64_t hash_seed);

// Calls `visit` with every text that the record of an open sequence holds, for whoever looks for a
// name in it. False: the record is damaged.
bool ForEachTextOfSequence(std::string_view record,
                           const std::function<void(std::string_view)>& visit);

}  // namespace vedette
