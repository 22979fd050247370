// A Record is one raw log as read: the values of the paths that content asks for, by path id.
//
//   record.Begin();
//   record.Set(id, Value::String(text));
//   Value v = record.Get(id);
//
// Values point into the line or into the record's own arena, and are good until the next Begin;
// Keep makes one good for as long as the line and another arena. Reused from record to record
// without allocating. One per thread. Cost of Set and Get: a few instructions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "event/value.h"
#include "parse/key_hash.h"
#include "parse/path_table.h"

namespace vedette {

enum class Format : uint8_t { kJson, kCef, kLeef, kKv, kCsv, kDelimited, kText };
inline constexpr size_t kFormatCount = 7;

class Record {
 public:
  explicit Record(const PathTable& paths) : slots_(paths.size()), present_(paths.size()) {}

  void Begin() {
    if (++now_ == 0) {
      for (Slot& slot : slots_) slot.stamp = 0;
      now_ = 1;
    }
    present_count_ = 0;
    arena_.Reset();
  }

  // Of a path that was set before, the last value stays.
  void Set(PathId id, Value value) {
    if (id == kNoPath || value.is_null()) return;
    Slot& slot = slots_[id];
    if (slot.stamp != now_) {
      slot.stamp = now_;
      present_[present_count_++] = id;
    }
    slot.value = value;
    slot.is_hashed = false;
  }
  // Appends to a list value.
  void Append(PathId id, Value value);

  Value Get(PathId id) const { return Has(id) ? slots_[id].value : Value(); }
  bool Has(PathId id) const { return id != kNoPath && slots_[id].stamp == now_; }
  // Null: it is not there.
  const Value* Find(PathId id) const {
    return slots_[id].stamp == now_ ? &slots_[id].value : nullptr;
  }
  // Hash of a text that is there or of what `as_text` makes of another value; computed once.
  template <typename AsText>
  uint64_t HashOf(PathId id, AsText as_text) const {
    const Slot& slot = slots_[id];
    if (!slot.is_hashed) {
      slot.is_hashed = true;
      slot.hash = HashKey(slot.value.is_text() ? slot.value.text() : as_text(slot.value));
    }
    return slot.hash;
  }
  // Every path that is there, in the order of arrival.
  std::span<const PathId> present() const { return {present_.data(), present_count_}; }

  // For what readers make: texts whose escapes were undone, lists.
  Arena& arena() { return arena_; }

  // The text itself, or a copy of it when it stands in the record's arena.
  std::string_view Keep(std::string_view text, Arena& arena) const {
    return arena_.Contains(text.data()) ? arena.Copy(text) : text;
  }

 private:
  struct Slot {
    Value value;
    uint32_t stamp = 0;
    mutable bool is_hashed = false;
    mutable uint64_t hash = 0;
  };

  std::vector<Slot> slots_;
  uint32_t now_ = 0;
  std::vector<PathId> present_;  // room for every path
  size_t present_count_ = 0;
  Arena arena_{64 * 1024};
};

inline void Record::Append(PathId id, Value value) {
  if (id == kNoPath || value.is_null()) return;
  const Value before = Get(id);
  const uint32_t count = before.is_list() ? before.size() : 0;
  // Room doubles, so that long lists stay linear.
  if ((count & (count - 1)) == 0) {
    Value* grown = arena_.Array<Value>(count == 0 ? 1 : 2 * size_t{count});
    for (uint32_t i = 0; i < count; ++i) grown[i] = before.items()[i];
    grown[count] = value;
    Set(id, Value::List(grown, count + 1));
  } else {
    const_cast<Value*>(before.items())[count] = value;
    Set(id, Value::List(before.items(), count + 1));
  }
}

}  // namespace vedette
