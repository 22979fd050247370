#include "parse/path_table.h"

#include "core/text.h"

namespace vedette {

namespace {

// Whether brackets around a number or '*' stand in the path.
bool HasIndex(std::string_view path) {
  for (size_t open = path.find('['); open != std::string_view::npos;
       open = path.find('[', open + 1)) {
    const size_t close = path.find(']', open);
    if (close == std::string_view::npos) return false;
    const std::string_view index = path.substr(open + 1, close - open - 1);
    if (index == "*" || ParseInt(index)) return true;
  }
  return false;
}

}  // namespace

void PathNode::Rehash(size_t size) {
  std::vector<Slot> old = std::move(table_);
  table_ = std::vector<Slot>(size);
  mask_ = size - 1;
  for (Slot& slot : old) {
    if (slot.node == nullptr) continue;
    size_t at = HashKey(slot.key) & mask_;
    while (table_[at].node != nullptr) at = (at + 1) & mask_;
    table_[at] = std::move(slot);
  }
}

void PathNode::Add(std::string_view key, PathNode* node) {
  if ((keys_ + 1) * 2 > table_.size()) Rehash(table_.empty() ? 8 : table_.size() * 2);
  size_t at = HashKey(key) & mask_;
  while (table_[at].node != nullptr) at = (at + 1) & mask_;
  table_[at] = {std::string(key), node};
  ++keys_;
  deeper_ = true;
}

bool PathTable::MarkEarly(PathNode& node, const std::vector<bool>& paths) {
  node.early_ = node.id_ != kNoPath && paths[node.id_];
  const auto mark = [&](const PathNode* child) {
    if (child != nullptr && MarkEarly(const_cast<PathNode&>(*child), paths)) node.early_ = true;
  };
  for (const PathNode::Slot& slot : node.table_) mark(slot.node);
  for (const auto& [index, item] : node.items_) mark(item);
  mark(node.every_item_);
  return node.early_;
}

PathNode* PathTable::NewNode() {
  nodes_.push_back(std::make_unique<PathNode>());
  return nodes_.back().get();
}

PathNode* PathTable::KeyNode(PathNode* parent, std::string_view key) {
  if (const PathNode* found = parent->Child(key)) return const_cast<PathNode*>(found);
  PathNode* node = NewNode();
  parent->Add(key, node);
  return node;
}

PathId PathTable::Intern(std::string_view path) {
  // Quotes around a key only tell people that its dots belong to it; a key with dots is found
  // either way.
  std::string plain(path);
  std::erase(plain, '\'');
  if (const auto known = ids_.find(plain); known != ids_.end()) return known->second;
  const auto id = static_cast<PathId>(names_.size());
  ids_.emplace(plain, id);
  names_.push_back(plain);

  PathNode* node = nodes_[0].get();
  std::string_view rest = plain;
  while (!rest.empty()) {
    // A list index only around a number or '*'.
    const size_t close = rest.find(']');
    if (rest[0] == '[' && close != std::string_view::npos) {
      const std::string_view index = rest.substr(1, close - 1);
      const auto number = ParseInt(index);
      if (index == "*" || (number && *number >= 0)) {
        node->deeper_ = true;
        if (index == "*") {
          if (node->every_item_ == nullptr) node->every_item_ = NewNode();
          node = node->every_item_;
        } else {
          const auto i = static_cast<size_t>(*number);
          if (const PathNode* item = node->Item(i)) {
            node = const_cast<PathNode*>(item);
          } else {
            PathNode* added = NewNode();
            node->items_.emplace_back(i, added);
            node = added;
          }
        }
        rest.remove_prefix(close + 1);
        if (!rest.empty() && rest[0] == '.') rest.remove_prefix(1);
        continue;
      }
    }
    size_t end = rest.find('.');
    const size_t bracket = rest.find('[');
    if (bracket != std::string_view::npos && bracket > 0 && bracket < end) {
      const size_t stop = rest.find(']', bracket);
      const std::string_view index =
          stop == std::string_view::npos ? "" : rest.substr(bracket + 1, stop - bracket - 1);
      if (index == "*" || ParseInt(index)) end = bracket;
    }
    // A key with the dots in it goes straight to the end.
    if (end != std::string_view::npos && end < rest.size() && !HasIndex(rest)) {
      PathNode* dotted = KeyNode(node, rest);
      dotted->id_ = id;
    }
    if (end == 0) {
      rest.remove_prefix(1);
      continue;
    }
    node = KeyNode(node, rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
    if (!rest.empty() && rest[0] == '.') rest.remove_prefix(1);
  }
  node->id_ = id;
  return id;
}

}  // namespace vedette
