// An EntryTable remembers, for one model, every (scope, value): when it was first and last seen and
// how often. 32 bytes an entry, 40 to 60 all in: the table is kept between 53 % and 80 % full.
//
//   Entry* entry = table.Find(key);                 // nullptr: never seen
//   Entry& entry = table.Insert(key);               // a new, zeroed entry; the key must be absent
//   table.Prefetch(key);                            // before a batch of look-ups
//   table.Touch(entry);                             // it will change: for the next checkpoint
//
// Open addressing with linear probing; the home slot is the key's high half scaled to the capacity,
// so slots lie in key order and growth is one sequential pass. References stay valid until the next
// Insert or Erase. Keys are keyed hashes (core/hash.h), never zero. One thread at a time; shards
// never share a table. Cost: one or two cache misses a look-up. Source: D. Lemire, "Fast Random
// Integer Generation in an Interval" (scaling); D. E. Knuth, TAOCP 6.4 R (deletion).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/hash.h"
#include "core/state_records.h"
#include "core/time.h"

namespace vedette {

// Minutes since the epoch in 32 bits, good until the year 10136.
using Minutes = uint32_t;

inline Minutes ToMinutes(Timestamp t) { return t.ns < 0 ? 0 : static_cast<Minutes>(t.minutes()); }
// Minutes of damaged records may lie beyond what a time can be.
inline Timestamp FromMinutes(Minutes m) {
  constexpr int64_t kMost = INT64_MAX / kNanosPerMinute;
  return {std::min<int64_t>(m, kMost) * kNanosPerMinute};
}

struct Entry {
  Hash128 key;
  Minutes first_seen = 0;
  Minutes last_seen = 0;
  uint32_t count = 0;
  uint32_t scope : 31 = 0;   // number of its scope record within the model
  uint32_t changed : 1 = 0;  // since the last checkpoint; see EntryTable::Touch

  bool used() const { return (key.high | key.low) != 0; }
};
static_assert(sizeof(Entry) == 32);

class EntryTable {
 public:
  Entry* Find(const Hash128& key) {
    if (size_ == 0) return nullptr;
    for (size_t slot = Home(key);; slot = slot + 1 == capacity_ ? 0 : slot + 1) {
      if (slots_[slot].key == key) return &slots_[slot];
      if (!slots_[slot].used()) return nullptr;
    }
  }

  Entry& Insert(const Hash128& key);

  // Room for that many without growing.
  void Reserve(size_t entries) {
    if (entries * 5 > capacity_ * 4) Rebuild(entries + entries / 4 + 1);
  }

  // Removes the entry; the ones behind it may move.
  void Erase(Entry* entry);

  void Prefetch(const Hash128& key) const {
    if (capacity_ > 0) __builtin_prefetch(&slots_[Home(key)]);
  }

  // Calls `visit(const Entry&)` for every entry, in slot order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t slot = 0; slot < capacity_; ++slot) {
      if (slots_[slot].used()) visit(slots_[slot]);
    }
  }

  // Removes every entry for which `drop(Entry&)` says so. One pass over the table.
  template <typename Drop>
  size_t EraseIf(Drop drop) {
    size_t dropped = 0;
    for (size_t slot = 0; slot < capacity_; ++slot) {
      if (slots_[slot].used() && drop(slots_[slot])) {
        Touch(slots_[slot]);
        slots_[slot] = Entry{};
        ++dropped;
      }
    }
    size_ -= dropped;
    if (dropped > 0) Rebuild(capacity_);
    return dropped;
  }

  // The same for entries that are kept elsewhere: they do not count as changed, and the table
  // shrinks to what is left.
  template <typename Drop>
  size_t TakeOut(Drop drop) {
    size_t dropped = 0;
    for (size_t slot = 0; slot < capacity_; ++slot) {
      if (!slots_[slot].used() || !drop(slots_[slot])) continue;
      slots_[slot] = Entry{};
      ++dropped;
    }
    size_ -= dropped;
    if (dropped > 0) Rebuild(size_ + size_ / 2 + kFirstCapacity);
    return dropped;
  }

  // From now on remembers which entries were touched or erased.
  void TrackChanges() { changed_.Track(true); }
  void Touch(Entry& entry) {
    if (entry.changed || !changed_.on()) return;
    entry.changed = 1;
    changed_.Add(entry.key);
  }
  // Calls `visit(key, const Entry*)` for each, in order of key; null when it is gone.
  template <typename Visit>
  void TakeChanged(Visit visit) {
    for (const Hash128& key : changed_.Take()) {
      Entry* entry = Find(key);
      if (entry != nullptr) entry->changed = 0;
      visit(key, static_cast<const Entry*>(entry));
    }
  }

  size_t size() const { return size_; }
  size_t bytes() const { return capacity_ * sizeof(Entry); }

 private:
  static constexpr size_t kFirstCapacity = 12;

  size_t Home(const Hash128& key) const {
    return static_cast<size_t>((static_cast<unsigned __int128>(key.high) * capacity_) >> 64);
  }
  void Rebuild(size_t capacity);

  std::unique_ptr<Entry[]> slots_;
  size_t capacity_ = 0;
  size_t size_ = 0;
  ChangedKeys changed_;
};

}  // namespace vedette
