// KnownKeys remembers the keys of records as they were met, and which key followed which: records
// of one kind repeat their keys in the same order, so the next key costs one comparison and only a
// new one is looked up.
//
//   KnownKeys keys;
//   keys.Restart();                                              // before each record
//   const KnownKey* key = keys.Guess(node, spelling);            // a key that came next before, or null
//   if (key == nullptr) key = keys.Find(node, spelling);         // and is remembered
//
// Only speed depends on what is remembered, never an answer. Bounded: beyond the bound a key is
// answered without being remembered. One per thread.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/text.h"
#include "parse/key_hash.h"
#include "parse/path_table.h"

namespace vedette {

struct KnownKey {
  std::string_view spelling;
  const PathNode* parent = nullptr;
  const PathNode* child = nullptr;  // null: nobody asks
  bool is_label = false;            // ends in "Label"
  bool is_plain = true;      // holds no backslash, so that it reads in a text as it is spelled
  KnownKey* base = nullptr;  // of a label: the key that it speaks about
  const KnownKey* said = nullptr;  // of a label: what it said last
  KnownKey* next[2] = {};          // what came after it, the latest first

  // Of the record in hand; for readers that look up values by key.
  uint32_t stamp = 0;
  std::string_view value;
  std::string_view raw;  // before escapes were undone
};

class KnownKeys {
 public:
  KnownKeys() : slots_(256) {}
  KnownKeys(const KnownKeys&) = delete;
  KnownKeys& operator=(const KnownKeys&) = delete;

  void Restart() { last_ = &start_; }
  // Where guessing stands, to come back to it behind another record.
  KnownKey* Pause() const { return last_; }
  void Resume(KnownKey* last) { last_ = last; }
  // Starts behind a place of its own, for records within records.
  void RestartBelow(const PathNode* parent) { last_ = FindOrAdd(parent, "\n"); }

  // The key of that spelling below `parent` if it came next before.
  KnownKey* Guess(const PathNode* parent, std::string_view spelling) {
    if (last_ == nullptr) return nullptr;
    for (size_t i = 0; i < 2; ++i) {
      KnownKey* key = last_->next[i];
      if (key == nullptr || key->spelling.size() != spelling.size() || key->parent != parent ||
          !SameBytes(key->spelling.data(), spelling.data(), spelling.size()))
        continue;
      if (i > 0) std::swap(last_->next[0], last_->next[1]);
      last_ = key;
      return key;
    }
    return nullptr;
  }

  // The key of that spelling, which now is the one that came next. Null when there is no room for a
  // new one; ask the node then.
  KnownKey* Find(const PathNode* parent, std::string_view spelling) {
    KnownKey* key = FindOrAdd(parent, spelling);
    if (last_ != nullptr && key != nullptr && key->is_plain) {
      last_->next[1] = last_->next[0];
      last_->next[0] = key;
    }
    last_ = key;
    return key;
  }

  // Without guessing. `lower`: the node is asked for the key in lower case.
  KnownKey* FindOrAdd(const PathNode* parent, std::string_view spelling, bool lower = false) {
    size_t at = Hash(parent, spelling) & (slots_.size() - 1);
    for (; slots_[at] != nullptr; at = (at + 1) & (slots_.size() - 1)) {
      KnownKey* key = slots_[at];
      if (key->parent == parent && key->spelling == spelling) return key;
    }
    if (keys_.size() >= kMostKeys || spelling.size() > kMostKeyBytes) return nullptr;
    if (2 * (keys_.size() + 1) > slots_.size()) Grow();
    KnownKey* key = &keys_.emplace_back();
    key->parent = parent;
    key->spelling = arena_.Copy(spelling);
    key->child = lower ? parent->Child(ToLower(spelling)) : parent->Child(spelling);
    Put(key);
    key->is_plain = spelling.find('\\') == std::string_view::npos;
    key->is_label = EndsWith(spelling, "Label") && spelling.size() > 5;
    if (key->is_label) {
      // The deque keeps the address of `key`.
      KnownKey* base = FindOrAdd(parent, spelling.substr(0, spelling.size() - 5));
      key->base = base;
    }
    return key;
  }

 private:
  static constexpr size_t kMostKeys = 16 * 1024;
  static constexpr size_t kMostKeyBytes = 256;

  static size_t Hash(const PathNode* parent, std::string_view spelling) {
    return static_cast<size_t>(HashKey(spelling) ^
                               (reinterpret_cast<uintptr_t>(parent) * 0x9e3779b97f4a7c15ULL >> 17));
  }
  void Put(KnownKey* key) {
    size_t at = Hash(key->parent, key->spelling) & (slots_.size() - 1);
    while (slots_[at] != nullptr) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = key;
  }
  void Grow() {
    slots_.assign(slots_.size() * 2, nullptr);
    for (KnownKey& key : keys_) Put(&key);
  }

  std::deque<KnownKey> keys_;
  std::vector<KnownKey*> slots_;
  Arena arena_{64 * 1024};
  KnownKey start_;
  KnownKey* last_ = nullptr;
};

}  // namespace vedette
