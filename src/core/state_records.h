// What remembers something across restarts keeps it as records: keys and values, both bytes.
//
// Parts of the engine that remember (models, the judge, sessions) declare what they need here, and
// the store fulfils it:
//
//   StateChanges changes;
//   memory.SaveChanges(changes.At("m7/"));       // what changed since the last time
//   db.Write(changes);                           // all of it or nothing
//
//   Result<void> read = view.ForEach("m7/", [&](std::string_view key, std::string_view value) {…});
//
// A StateChanges is filled by one thread and handed on whole. Changes apply in order.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/hash.h"
#include "core/record.h"
#include "core/result.h"

namespace vedette {

class StateChanges {
 public:
  enum class Kind : uint8_t { kPut, kErase, kErasePrefix };

  void Put(std::string_view key, std::string_view value) { Add(Kind::kPut, key, value); }
  void Erase(std::string_view key) { Add(Kind::kErase, key, {}); }
  // Every record whose key begins so.
  void ErasePrefix(std::string_view prefix) { Add(Kind::kErasePrefix, prefix, {}); }

  // Calls `visit(Kind, key, value)` in order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    const std::string_view bytes = bytes_;
    for (size_t at = 0; at < bytes.size();) {
      const auto kind = static_cast<Kind>(bytes[at]);
      uint32_t sizes[2];
      bytes.copy(reinterpret_cast<char*>(sizes), sizeof(sizes), at + 1);
      at += 1 + sizeof(sizes);
      visit(kind, bytes.substr(at, sizes[0]), bytes.substr(at + sizes[0], sizes[1]));
      at += sizes[0] + sizes[1];
    }
  }

  size_t count() const { return count_; }
  size_t bytes() const { return bytes_.size(); }
  bool empty() const { return count_ == 0; }

 private:
  void Add(Kind kind, std::string_view key, std::string_view value) {
    const uint32_t sizes[2] = {static_cast<uint32_t>(key.size()),
                               static_cast<uint32_t>(value.size())};
    bytes_.push_back(static_cast<char>(kind));
    bytes_.append(reinterpret_cast<const char*>(sizes), sizeof(sizes));
    bytes_.append(key).append(value);
    ++count_;
  }

  std::string bytes_;
  size_t count_ = 0;
};

// Where the records of one part go: all its keys begin with the same bytes.
class StatePart {
 public:
  StatePart(StateChanges& changes, std::string prefix)
      : changes_(changes), key_(std::move(prefix)), prefix_bytes_(key_.size()) {}

  StatePart At(std::string_view more) const {
    return {changes_, key_.substr(0, prefix_bytes_).append(more)};
  }
  // The key is `kind` and what follows.
  void Put(char kind, std::string_view rest, std::string_view value) {
    changes_.Put(Key(kind, rest), value);
  }
  void Put(char kind, const Hash128& hash, std::string_view value) {
    changes_.Put(Key(kind, hash), value);
  }
  void Erase(char kind, std::string_view rest) { changes_.Erase(Key(kind, rest)); }
  void Erase(char kind, const Hash128& hash) { changes_.Erase(Key(kind, hash)); }

 private:
  std::string_view Key(char kind, std::string_view rest);
  std::string_view Key(char kind, const Hash128& hash);

  StateChanges& changes_;
  std::string key_;
  size_t prefix_bytes_;
};

class StateView {
 public:
  using Visit = std::function<void(std::string_view key, std::string_view value)>;
  virtual ~StateView() = default;

  // Every record whose key begins with `prefix`, in order of key; `key` comes without the prefix.
  // An error when one cannot be read; those before it were visited.
  virtual Result<void> ForEach(std::string_view prefix, const Visit& visit) const = 0;
  // The record of exactly that key, or nothing.
  virtual Result<std::optional<std::string>> Get(std::string_view key) const = 0;
  // Where the records are, for messages; empty: in memory.
  virtual Place place() const { return {}; }
};

// Records in memory, for tests, comparisons and small states.
class StateTable : public StateView {
 public:
  void Apply(const StateChanges& changes);
  Result<void> ForEach(std::string_view prefix, const Visit& visit) const override;
  Result<std::optional<std::string>> Get(std::string_view key) const override;
  const std::map<std::string, std::string, std::less<>>& records() const { return records_; }

 private:
  std::map<std::string, std::string, std::less<>> records_;
};

// What could not be understood while a state was read: each a record that is left out.
struct StateDamage {
  uint64_t records = 0;
  std::vector<std::string> what;  // one sentence per part, not per record
  std::vector<std::string> keys;  // of those that are there: a repair erases them

  void Add(uint64_t broken, const std::string& part) {
    if (broken == 0) return;
    records += broken;
    what.push_back(part);
  }
};

// Keys that changed since the last save. Off, it remembers nothing.
class ChangedKeys {
 public:
  void Track(bool on) { on_ = on; }
  bool on() const { return on_; }
  void Add(const Hash128& key) {
    if (on_) keys_.push_back(key);
  }
  // Each once, in order. Empty afterwards.
  std::vector<Hash128> Take();

 private:
  bool on_ = false;
  std::vector<Hash128> keys_;
};

// Puts one record for each key that changed, or erases it when there is nothing under the key any
// more. `find(key)` answers a pointer, null when there is nothing; `write(item, out)` fills the
// record. True: something had changed.
//
//   SaveChanged(changes_, part, 's', FindIn(scopes_), [](const Scope& s, RecordWriter& out) {…});
template <typename Find, typename Write>
bool SaveChanged(ChangedKeys& changes, StatePart& part, char kind, Find find, Write write) {
  const std::vector<Hash128> keys = changes.Take();
  std::string value;
  for (const Hash128& key : keys) {
    const auto* item = find(key);
    if (item == nullptr) {
      part.Erase(kind, key);
      continue;
    }
    value.clear();
    RecordWriter out(value);
    write(*item, out);
    part.Put(kind, key, value);
  }
  return !keys.empty();
}

// What a map has under a key, for SaveChanged. The map outlives the answer.
template <typename Map>
auto FindIn(const Map& map) {
  return [&map](const Hash128& key) {
    const auto at = map.find(key);
    return at == map.end() ? nullptr : &at->second;
  };
}

// The same for items in a list, with a map from key to place.
template <typename Index, typename Items>
auto FindIn(const Index& index, const Items& items) {
  return [&](const Hash128& key) {
    const auto at = index.find(key);
    return at == index.end() ? nullptr : &items[at->second];
  };
}

}  // namespace vedette
