// A PathTable gives small ids to the raw paths that content names, and tells a reader, key by key,
// what is worth keeping.
//
//   PathId id = paths.Intern("AdditionalFields.DriveLetter");       // while parsers are loaded
//   const PathNode* node = paths.root().Child("AdditionalFields");  // while a record is read; null: nobody asks
//
// Paths are spelled as in docs/content.md: keys joined by dots, "[0]" and "[*]" for list items. A
// key that itself has the dots is found too. Loading: one thread; afterwards read-only and shared.
// Cost of Child: one short hash and a compare.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parse/key_hash.h"

namespace vedette {

using PathId = uint16_t;
inline constexpr PathId kNoPath = UINT16_MAX;

class PathNode {
 public:
  // The node of a key, or null.
  const PathNode* Child(std::string_view key) const {
    if (table_.empty()) return nullptr;
    for (size_t slot = HashKey(key) & mask_;; slot = (slot + 1) & mask_) {
      const Slot& s = table_[slot];
      if (s.node == nullptr) return nullptr;
      if (s.key.size() == key.size() && SameBytes(s.key.data(), key.data(), key.size()))
        return s.node;
    }
  }
  const PathNode* Item(size_t index) const {
    for (const auto& [i, node] : items_) {
      if (i == index) return node;
    }
    return nullptr;
  }
  const PathNode* EveryItem() const { return every_item_; }

  PathId id() const { return id_; }  // kNoPath: only deeper paths are asked for
  bool HasDeeper() const { return deeper_; }
  // Whether it or a deeper path was named to MarkEarly.
  bool IsEarly() const { return early_; }

 private:
  friend class PathTable;
  struct Slot {
    std::string key;
    const PathNode* node = nullptr;
  };
  void Add(std::string_view key, PathNode* node);
  void Rehash(size_t size);

  PathId id_ = kNoPath;
  bool deeper_ = false;
  bool early_ = false;
  std::vector<Slot> table_;
  size_t mask_ = 0;
  size_t keys_ = 0;
  std::vector<std::pair<size_t, PathNode*>> items_;
  PathNode* every_item_ = nullptr;
};

class PathTable {
 public:
  PathTable() { nodes_.push_back(std::make_unique<PathNode>()); }

  PathId Intern(std::string_view path);
  // Marks the nodes on the way to some paths, one flag by id: those that a reader needs who wants
  // only these. Once, when all paths are known.
  void MarkEarly(const std::vector<bool>& paths) { MarkEarly(*nodes_[0], paths); }
  const PathNode& root() const { return *nodes_[0]; }
  size_t size() const { return names_.size(); }
  const std::string& name(PathId id) const { return names_[id]; }

 private:
  static bool MarkEarly(PathNode& node, const std::vector<bool>& paths);
  PathNode* NewNode();
  PathNode* KeyNode(PathNode* parent, std::string_view key);

  std::vector<std::unique_ptr<PathNode>> nodes_;
  std::map<std::string, PathId, std::less<>> ids_;
  std::vector<std::string> names_;
};

}  // namespace vedette
