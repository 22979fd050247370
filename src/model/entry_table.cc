#include "model/entry_table.h"

#include <utility>

#include "core/check.h"

namespace vedette {

Entry& EntryTable::Insert(const Hash128& key) {
  CHECK((key.high | key.low) != 0);
  if ((size_ + 1) * 5 > capacity_ * 4)
    Rebuild(capacity_ == 0 ? kFirstCapacity : capacity_ + capacity_ / 2);
  size_t slot = Home(key);
  while (slots_[slot].used()) slot = slot + 1 == capacity_ ? 0 : slot + 1;
  slots_[slot] = Entry{};
  slots_[slot].key = key;
  ++size_;
  return slots_[slot];
}

void EntryTable::Erase(Entry* entry) {
  Touch(*entry);
  size_t hole = static_cast<size_t>(entry - slots_.get());
  slots_[hole] = Entry{};
  --size_;
  // Moves back what the hole would hide: an entry whose home does not lie cyclically in (hole,
  // slot].
  for (size_t slot = hole;;) {
    slot = slot + 1 == capacity_ ? 0 : slot + 1;
    if (!slots_[slot].used()) return;
    const size_t home = Home(slots_[slot].key);
    const bool reachable =
        hole <= slot ? (home > hole && home <= slot) : (home > hole || home <= slot);
    if (reachable) continue;
    slots_[hole] = slots_[slot];
    slots_[slot] = Entry{};
    hole = slot;
  }
}

void EntryTable::Rebuild(size_t capacity) {
  std::unique_ptr<Entry[]> old = std::exchange(slots_, std::make_unique<Entry[]>(capacity));
  const size_t old_capacity = std::exchange(capacity_, capacity);
  for (size_t i = 0; i < old_capacity; ++i) {
    if (!old[i].used()) continue;
    size_t slot = Home(old[i].key);
    while (slots_[slot].used()) slot = slot + 1 == capacity_ ? 0 : slot + 1;
    slots_[slot] = old[i];
  }
}

}  // namespace vedette
