#include "sigma/expressions.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace vedette::sigma {

std::string_view ComparisonName(Comparison comparison) {
  constexpr std::array<std::string_view, 6> kNames = {"eq", "neq", "lt", "lte", "gt", "gte"};
  return kNames[static_cast<size_t>(comparison)];
}

bool Holds(Comparison comparison, std::strong_ordering order) {
  switch (comparison) {
    case Comparison::kEq:
      return order == 0;
    case Comparison::kNeq:
      return order != 0;
    case Comparison::kLt:
      return order < 0;
    case Comparison::kLte:
      return order <= 0;
    case Comparison::kGt:
      return order > 0;
    case Comparison::kGte:
      return order >= 0;
  }
  return false;
}

std::string Test::Key() const {
  std::string key = fmt::format("t{},{},", static_cast<int>(kind), field);
  switch (kind) {
    case TestKind::kText:
      key += cased ? 'c' : 'f';
      for (const Pattern::Piece& piece : pattern.pieces())
        key += fmt::format("{}{}:{}", static_cast<int>(piece.kind), piece.text.size(), piece.text);
      break;
    case TestKind::kNumber:
      key += number.ToText();
      break;
    case TestKind::kBool:
    case TestKind::kExists:
      key += truth ? '1' : '0';
      break;
    case TestKind::kNull:
      break;
    case TestKind::kRegex:
      key += regex->pattern();
      break;
    case TestKind::kNetwork:
      key += network.network.is_v4 ? '4' : '6';
      key += static_cast<char>(network.bits);
      key.append(reinterpret_cast<const char*>(network.network.bytes.data()), 16);
      break;
    case TestKind::kCompare:
    case TestKind::kTimePart:
      key += fmt::format("{},{},{}", static_cast<int>(part), static_cast<int>(comparison),
                         number.ToText());
      break;
    case TestKind::kFieldRef:
      key += fmt::format("{},{}", static_cast<int>(mode), other);
      break;
  }
  return key;
}

Expressions::Expressions() {
  nodes_.push_back({NodeKind::kFalse});
  nodes_.push_back({NodeKind::kTrue});
}

NodeId Expressions::Intern(std::string_view key, Node node) {
  const auto [at, added] = ids_.try_emplace(HashBytes(key, 0), static_cast<NodeId>(nodes_.size()));
  if (added) nodes_.push_back(node);
  return at->second;
}

NodeId Expressions::AddTest(Test test) {
  const size_t before = nodes_.size();
  const NodeId id = Intern(test.Key(), {NodeKind::kTest, static_cast<uint32_t>(tests_.size()), 0});
  if (nodes_.size() > before) tests_.push_back(std::move(test));
  return id;
}

NodeId Expressions::And(std::vector<NodeId> children) {
  return Combine(NodeKind::kAnd, std::move(children));
}
NodeId Expressions::Or(std::vector<NodeId> children) {
  return Combine(NodeKind::kOr, std::move(children));
}

NodeId Expressions::Combine(NodeKind kind, std::vector<NodeId> children) {
  const bool is_and = kind == NodeKind::kAnd;
  const NodeId neutral = is_and ? kTrueNode : kFalseNode;
  const NodeId decisive = is_and ? kFalseNode : kTrueNode;
  std::vector<NodeId> flat;
  for (NodeId child : children) {
    if (nodes_[child].kind == kind) {
      const auto inner = this->children(child);
      flat.insert(flat.end(), inner.begin(), inner.end());
    } else if (child != neutral) {
      flat.push_back(child);
    }
  }
  std::sort(flat.begin(), flat.end());
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  if (std::find(flat.begin(), flat.end(), decisive) != flat.end()) return decisive;
  if (flat.empty()) return neutral;
  if (flat.size() == 1) return flat[0];
  std::string key(is_and ? "a" : "o");
  key.append(reinterpret_cast<const char*>(flat.data()), flat.size() * sizeof(NodeId));
  const auto first = static_cast<uint32_t>(children_.size());
  const size_t before = nodes_.size();
  const NodeId id = Intern(key, {kind, first, static_cast<uint32_t>(flat.size())});
  if (nodes_.size() > before) children_.insert(children_.end(), flat.begin(), flat.end());
  return id;
}

NodeId Expressions::Not(NodeId child) {
  if (child == kFalseNode) return kTrueNode;
  if (child == kTrueNode) return kFalseNode;
  if (nodes_[child].kind == NodeKind::kNot) return children(child)[0];
  const auto first = static_cast<uint32_t>(children_.size());
  const size_t before = nodes_.size();
  const NodeId id = Intern("n" + std::to_string(child), {NodeKind::kNot, first, 1});
  if (nodes_.size() > before) children_.push_back(child);
  return id;
}

}  // namespace vedette::sigma
