// A ReorderBuffer puts the events of a source that cannot be read twice in order of time: a live
// pipe, a listener, a partition.
//
//   ReorderBuffer buffer({});
//   buffer.Add(block);                             // as they arrive
//   while (ParsedBlockPtr run = buffer.Release()) merge.Open(run);
//   buffer.End();                                  // then Release gives the rest
//
// The watermark is the latest time seen less `lateness`: everything before it has been released, in
// order. An event from before the watermark comes too late for its place: it is released at once,
// after what was due by then, marked `late`; when it is more than `max_late` older than the latest
// time, also `train_only`. All this depends on the order of arrival alone, not on how the source
// was cut into blocks. When more than `max_events` wait, the watermark moves past the oldest of
// them, which is counted. Cost: a heap operation per event. One thread. Source:
// semantics 12.1, 12.2.
#pragma once

#include <vector>

#include "engine/parsed_block.h"

namespace vedette {

class ReorderBuffer {
 public:
  struct Options {
    Nanoseconds lateness = std::chrono::minutes(10);
    Nanoseconds max_late = std::chrono::days(7);
    size_t max_events = 1 << 20;
  };

  explicit ReorderBuffer(const Options& options) : options_(options) {}

  // The block's events count as arrived in order of position.
  void Add(const ParsedBlockPtr& block);
  // No more will come: all is due, and the watermark at the end of time.
  void End();

  // The events that are due, with what they live in; null when there are none.
  ParsedBlockPtr Release();

  Timestamp watermark() const { return watermark_; }
  size_t waiting() const { return heap_.size(); }
  uint64_t hurried() const { return hurried_; }  // events that were released early for lack of room

 private:
  struct Entry {
    Event* event;
    ParsedBlockPtr block;
  };
  static bool After(const Entry& a, const Entry& b);
  void AddEvent(Event* event, const ParsedBlockPtr& block);
  void MoveDue();

  Options options_;
  std::vector<Entry> heap_;  // on time and not yet due, the earliest first
  std::vector<Entry> due_;
  std::vector<Timestamp>
      keys_;  // of what is due: its time, or the watermark at which a late one came
  Timestamp latest_{INT64_MIN};
  Timestamp watermark_{INT64_MIN};
  uint64_t hurried_ = 0;
  bool ended_ = false;
};

}  // namespace vedette
