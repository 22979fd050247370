// Expressions hold the logic of all rules as one graph without repetitions: equal tests, and equal
// combinations of them, exist once, whichever rules they come from.
//
//   NodeId a = expressions.AddTest(test);
//   NodeId both = expressions.And({a, b});       // And({b, a}) is the same node
//
// Constants are folded while building. A node's children have smaller numbers. Plain data once
// built; building is for one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/hash.h"
#include "core/ip.h"
#include "expr/linear_regex.h"
#include "sigma/number.h"
#include "sigma/pattern.h"
#include "sigma/view.h"

namespace vedette::sigma {

enum class Comparison : uint8_t { kEq, kNeq, kLt, kLte, kGt, kGte };
std::string_view ComparisonName(Comparison comparison);  // as Sigma writes it: "gte"
bool Holds(Comparison comparison, std::strong_ordering order);

enum class TestKind : uint8_t {
  kText,      // the whole text fits `pattern`
  kNumber,    // equals `number`
  kBool,      // equals `truth`
  kNull,      // absent, or null
  kExists,    // is present (`truth`), or is not
  kRegex,     // `regex` matches somewhere in the text
  kNetwork,   // is an address in `network`
  kCompare,   // `comparison` with `number`
  kTimePart,  // `comparison` of a part of the time with `number`
  kFieldRef,  // compared with the field `other`
};
enum class TimePart : uint8_t { kMinute, kHour, kDay, kWeek, kMonth, kYear };
enum class RefMode : uint8_t { kEquals, kContains, kStartsWith, kEndsWith };

// Keywords test every value of the event.
inline constexpr FieldId kEveryValue = kNoField;

// One question to one field. Holds if any leaf satisfies it.
struct Test {
  TestKind kind = TestKind::kText;
  FieldId field = kEveryValue;
  bool cased = false;  // kText: compare with case; else `pattern` is folded
  bool truth = false;
  Comparison comparison = Comparison::kEq;
  TimePart part = TimePart::kMinute;
  RefMode mode = RefMode::kEquals;
  FieldId other = kNoField;
  Pattern pattern;
  Number number;
  Cidr network;
  std::shared_ptr<const LinearRegex> regex;
  std::string written;    // the value as the rule writes it
  std::string modifiers;  // as the rule writes them: "contains|all"; empty for plain equality

  // Equal keys mean the same question; how it was written does not count.
  std::string Key() const;
};

using NodeId = uint32_t;
inline constexpr NodeId kFalseNode = 0;
inline constexpr NodeId kTrueNode = 1;

enum class NodeKind : uint8_t { kFalse, kTrue, kTest, kAnd, kOr, kNot };

class Expressions {
 public:
  Expressions();

  NodeId AddTest(Test test);
  NodeId And(std::vector<NodeId> children);
  NodeId Or(std::vector<NodeId> children);
  NodeId Not(NodeId child);

  size_t size() const { return nodes_.size(); }
  NodeKind kind(NodeId node) const { return nodes_[node].kind; }
  const Test& test(NodeId node) const { return tests_[nodes_[node].first]; }
  // Of kAnd and kOr at least two, ascending; of kNot one.
  std::span<const NodeId> children(NodeId node) const {
    return {children_.data() + nodes_[node].first, nodes_[node].count};
  }
  const std::vector<Test>& tests() const { return tests_; }

 private:
  struct Node {
    NodeKind kind = NodeKind::kFalse;
    uint32_t first = 0;  // into tests_ or children_
    uint32_t count = 0;
  };

  NodeId Combine(NodeKind kind, std::vector<NodeId> children);
  NodeId Intern(std::string_view key, Node node);

  std::vector<Node> nodes_;
  std::vector<Test> tests_;
  std::vector<NodeId> children_;
  boost::unordered_flat_map<Hash128, NodeId, HashOfHash> ids_;  // by hash of the key
};

}  // namespace vedette::sigma
