// The merge: events of all blocks in one order of time and id, each once.
//
// A Merge holds the blocks whose time has come and gives out their events one by one:
//
//   merge.Open(block);                              // every block whose first event is not after HeadTime()
//   for (; !merge.empty(); merge.Pop()) use(merge.Head());
//
// A SeenIds remembers which events came within the last while of event time, to tell duplicates:
//
//   if (seen.IsDuplicate(event)) …                  // remembers it otherwise
#pragma once

#include <deque>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "engine/parsed_block.h"

namespace vedette {

class Merge {
 public:
  // Of a block with at least one event.
  void Open(ParsedBlockPtr block);

  bool empty() const { return heap_.empty(); }
  size_t open_blocks() const { return heap_.size(); }
  // The next event in order, and its block. Not when empty.
  Event* Head() const { return heap_.front().at[0]; }
  // When it takes its turn: its time, or, when it came late, the time that had been reached.
  Timestamp HeadTime() const { return heap_.front().time; }
  const ParsedBlockPtr& HeadBlock() const { return heap_.front().block; }
  void Pop();

 private:
  struct Cursor {
    Event* const* at;
    Event* const* end;
    Timestamp time;  // of the event at hand, so that most comparisons touch no event
    ParsedBlockPtr block;

    void ReadTime() {
      time = block->keys.empty()
                 ? at[0]->time
                 : block->keys[static_cast<size_t>(at - block->batch.events.data())];
    }
  };
  static bool Before(const Cursor& a, const Cursor& b);
  void SiftDown();

  std::vector<Cursor> heap_;  // the smallest first
};

// An event is a duplicate of one that was remembered at most `window` before or after its time.
// What was remembered longer ago than `window`, by the latest time seen, is forgotten; so is the
// oldest when there are more than `limit`, which is counted. Memory: about 60 bytes per event of
// the window.
class SeenIds {
 public:
  explicit SeenIds(Nanoseconds window, size_t limit = 32 << 20) : window_(window), limit_(limit) {}

  bool IsDuplicate(const Event& event);
  size_t size() const { return seen_.size(); }
  uint64_t forgotten_early() const { return forgotten_early_; }

  struct Entry {
    Timestamp time;
    Hash128 id;
  };
  // As remembered, in order; Restore belongs to a new SeenIds.
  std::vector<Entry> entries() const { return {order_.begin(), order_.end()}; }
  void Restore(const std::vector<Entry>& entries);

 private:
  void ForgetOldest();

  Nanoseconds window_;
  size_t limit_;
  boost::unordered_flat_map<Hash128, Timestamp, HashOfHash> seen_;
  std::deque<Entry> order_;  // as remembered
  Timestamp latest_{INT64_MIN};
  uint64_t forgotten_early_ = 0;
};

}  // namespace vedette
