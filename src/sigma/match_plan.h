// A MatchPlan is what a matcher prepares: the rules of one log source as a graph of their own, an
// index of literals per field, and for each rule the parts without which it cannot match. Internal
// to the matcher.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "sigma/collection.h"
#include "sigma/literal_index.h"
#include "sigma/matcher.h"

namespace vedette::sigma {

struct MatchPlan {
  // How the truth of a node becomes known.
  enum class Source : uint8_t {
    kFound,  // by the indexes: false unless a literal was found; then true, or to be verified
    kAsked,  // by evaluating it when somebody asks
  };

  struct Node {
    NodeKind kind = NodeKind::kFalse;
    Source source = Source::kAsked;
    uint32_t first = 0;  // children, the cheapest question first
    uint32_t count = 0;
    const Test* test = nullptr;
    uint32_t field = 0;         // of the test: index into `fields`
    uint32_t other = 0;         // likewise, of the field it is compared with
    uint32_t first_parent = 0;  // of a found node: `or`-nodes that are found with it
    uint32_t parent_count = 0;
    uint32_t first_rule = 0;  // of a found node: rules that it makes candidates
    uint32_t rule_count = 0;
  };

  struct Field {
    FieldId id = kEveryValue;
    LiteralIndex literals;  // of folded texts; ids are positions in `hits`
    bool has_literals = false;
    WordTable numbers;  // hash of the number's text to positions in `hits`
  };

  // What a found literal says of one test: that it holds, or that it may.
  struct Hit {
    uint32_t first = 0;  // into hit_nodes
    uint32_t count = 0;
  };
  struct HitNode {
    uint32_t node = 0;
    bool verify = false;
  };

  struct Rule {
    RuleIndex index = 0;
    uint32_t root = 0;
  };

  MatchPlan(const Collection& rules, const std::vector<RuleIndex>& which,
            const Matcher::Supplies& supplies, bool prune);

  std::span<const uint32_t> ChildrenOf(const Node& node) const {
    return {children.data() + node.first, node.count};
  }

  const uint64_t number;  // never given twice, unlike an address
  const Collection& collection;
  std::vector<bool> supplied;  // by FieldId
  std::vector<RuleCoverage> coverage;
  std::vector<Node> nodes;
  std::vector<uint8_t> is_found;  // per node: its source is kFound; small, and read at every step
  std::vector<uint32_t> children;
  std::vector<Field> fields;
  std::vector<Hit> hits;
  std::vector<HitNode> hit_nodes;
  std::vector<uint32_t> parents;
  std::vector<uint32_t> witness_rules;  // positions in `rules`
  std::vector<Rule> rules;              // ascending by index
  std::vector<uint32_t> always;         // rules that are always candidates
};

}  // namespace vedette::sigma
