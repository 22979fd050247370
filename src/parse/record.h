// A Record is one raw log as read: the values of the paths that content asks for, by path id.
//
//   record.Begin(line);
//   record.Set(id, Value::String(text));
//   Value v = record.Get(id);
//
// Values point into the line, into the reader's buffers or into the record's own arena, and are good until the next Begin. Reused from record
// to record without allocating. One per thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "event/value.h"
#include "parse/path_table.h"

namespace vedette {

enum class Format : uint8_t { kJson, kCef, kLeef, kKv, kCsv, kDelimited, kText };
inline constexpr size_t kFormatCount = 7;

class Record {
 public:
  explicit Record(const PathTable& paths) : values_(paths.size()), stamps_(paths.size(), 0) {}

  void Begin() {
    ++now_;
    present_.clear();
    arena_.Reset();
  }

  // Of a path that was set before, the last value stays.
  void Set(PathId id, Value value) {
    if (id == kNoPath || value.is_null()) return;
    if (stamps_[id] != now_) {
      stamps_[id] = now_;
      present_.push_back(id);
    }
    values_[id] = value;
  }
  // Appends to a list value.
  void Append(PathId id, Value value);

  Value Get(PathId id) const { return id != kNoPath && stamps_[id] == now_ ? values_[id] : Value(); }
  bool Has(PathId id) const { return id != kNoPath && stamps_[id] == now_; }
  const std::vector<PathId>& present() const { return present_; }

  Arena& arena() { return arena_; }

 private:
  std::vector<Value> values_;
  std::vector<uint32_t> stamps_;
  uint32_t now_ = 0;
  std::vector<PathId> present_;
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
