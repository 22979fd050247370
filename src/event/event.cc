#include "event/event.h"

#include <algorithm>
#include <cstring>

namespace vedette {

// Enough for nearly all events of security products, also once they are enriched.
constexpr uint16_t kFirstSlots = 40;

void Event::Grow(Arena& arena) {
  capacity_ = static_cast<uint16_t>(capacity_ == 0 ? kFirstSlots : capacity_ * 2);
  Value* grown = arena.Array<Value>(capacity_);
  if (count_ > 0) std::memcpy(static_cast<void*>(grown), slots_, count_ * sizeof(Value));
  slots_ = grown;
}

void Event::Set(Arena& arena, FieldId field, Value value) {
  const size_t rank = Rank(field);
  if (Has(field)) {
    if (value.is_null()) {
      std::memmove(static_cast<void*>(slots_ + rank), slots_ + rank + 1,
                   (count_ - rank - 1) * sizeof(Value));
      presence_[field >> 6] &= ~(uint64_t{1} << (field & 63));
      --count_;
    } else {
      slots_[rank] = value;
    }
    return;
  }
  if (value.is_null()) return;
  if (count_ == capacity_) Grow(arena);
  std::memmove(static_cast<void*>(slots_ + rank + 1), slots_ + rank,
               (count_ - rank) * sizeof(Value));
  slots_[rank] = value;
  presence_[field >> 6] |= uint64_t{1} << (field & 63);
  ++count_;
}

Value Event::Raw(RawId id) const {
  const RawEntry* end = raw_ + raw_count_;
  const RawEntry* found = std::lower_bound(
      raw_, end, id, [](const RawEntry& e, RawId wanted) { return e.id < wanted; });
  return found != end && found->id == id ? found->value : Value();
}

}  // namespace vedette
