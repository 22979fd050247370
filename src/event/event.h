// An Event is one thing that happened: a type, a time, fields, and the part of its raw record that
// content asks for.
//
//   Value user = event.Get(schema.known().user);    // null when absent
//   event.Set(arena, field, Value::String("ada"));  // keeps slots ordered by field id
//
// Fields are packed: a presence bitmap and slots in order of field id, so reading a field is a
// popcount. Everything that an event points to lives in the arena of its batch; an Event is valid
// as long as that batch. Reading is thread-safe, Set is not. Cost: Get a few instructions; Set
// moves the slots behind (in order of id: none).
#pragma once

#include <bit>
#include <cstdint>

#include "core/arena.h"
#include "core/hash.h"
#include "core/time.h"
#include "event/raw_names.h"
#include "event/schema.h"
#include "event/value.h"

namespace vedette {

using ParserId = uint16_t;
using SourceId = uint32_t;

inline constexpr ParserId kNoParser = 0xffff;

// Where a raw log came from: the source (a file), the byte at which its line starts, and the record
// within the line when a line holds several.
struct Position {
  uint64_t offset = 0;
  SourceId source = 0;
  uint32_t record = 0;
};

class Event {
 public:
  Timestamp time;
  Hash128 id;
  Position position;
  EventTypeId type = kNoEventType;
  ProductId product = kNoProduct;
  ParserId parser = kNoParser;
  bool late = false;            // came after the watermark had passed its time
  bool train_only = false;      // so late that it may teach but not judge
  bool future_clamped = false;  // was dated ahead of the ingest time and set back to it

  bool Has(FieldId field) const { return (presence_[field >> 6] >> (field & 63)) & 1; }

  Value Get(FieldId field) const { return Has(field) ? slots_[Rank(field)] : Value(); }

  // A null value removes the field.
  void Set(Arena& arena, FieldId field, Value value);

  // As Set, for a value that is not null and a field behind all that the event has: how parsers
  // fill an event.
  void Append(Arena& arena, FieldId field, Value value) {
    if (count_ == capacity_) Grow(arena);
    slots_[count_++] = value;
    presence_[field >> 6] |= uint64_t{1} << (field & 63);
  }

  // Calls `visit(FieldId, Value)` in order of field id.
  template <typename Visit>
  void ForEach(Visit visit) const {
    size_t slot = 0;
    for (size_t word = 0; word < kWords; ++word) {
      for (uint64_t bits = presence_[word]; bits != 0; bits &= bits - 1) {
        visit(static_cast<FieldId>(word * 64 + static_cast<size_t>(std::countr_zero(bits))),
              slots_[slot++]);
      }
    }
  }

  size_t field_count() const { return count_; }

  // The raw value of that path, or null. Entries are ordered by id; see SetRaw.
  Value Raw(RawId id) const;

  struct RawEntry {
    RawId id;
    Value value;
  };
  // `entries` are ordered by id and live in the batch's arena.
  void SetRaw(const RawEntry* entries, uint16_t count) {
    raw_ = entries;
    raw_count_ = count;
  }
  const RawEntry* raw_entries() const { return raw_; }
  uint16_t raw_count() const { return raw_count_; }

 private:
  static constexpr size_t kWords = kMaxFields / 64;

  size_t Rank(FieldId field) const {
    const size_t word = field >> 6;
    size_t rank =
        static_cast<size_t>(std::popcount(presence_[word] & ((uint64_t{1} << (field & 63)) - 1)));
    for (size_t i = 0; i < word; ++i) rank += static_cast<size_t>(std::popcount(presence_[i]));
    return rank;
  }

  void Grow(Arena& arena);

  uint64_t presence_[kWords] = {};
  Value* slots_ = nullptr;
  const RawEntry* raw_ = nullptr;
  uint16_t count_ = 0;
  uint16_t capacity_ = 0;
  uint16_t raw_count_ = 0;
};

}  // namespace vedette
