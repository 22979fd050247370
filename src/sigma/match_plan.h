// A MatchPlan is what a matcher prepares: the rules of one log source as a graph of their own, an
// index of literals per field, and for each rule the parts without which it cannot match. Internal
// to the matcher.
#pragma once

#include <algorithm>
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
    uint32_t field = 0;              // of the test: index into `fields`
    uint32_t other = 0;              // likewise, of the field it is compared with
    uint32_t only_field = kNoField;  // the one that decides it alone, if there is one
  };

  struct Field {
    FieldId id = kEveryValue;
    LiteralIndex literals;  // of folded texts, keywords among them; ids are positions in `hits`
    WordTable numbers;      // hash of the number's text to positions in `hits`
  };

  // What a found literal says: of nodes that they hold, or that they may, and of rules that they
  // are candidates.
  struct Hit {
    uint32_t first_node = 0;  // into hit_nodes
    uint32_t node_count = 0;
    uint32_t first_rule = 0;  // into hit_rules
    uint32_t rule_count = 0;
  };
  struct HitNode {
    uint32_t node = 0;
    bool verify = false;
  };

  // Matches if all its parts hold.
  struct Rule {
    RuleIndex index = 0;
    uint32_t first_part = 0;  // into parts
    uint32_t part_count = 0;
  };

  MatchPlan(const Collection& rules, const std::vector<RuleIndex>& which,
            const Matcher::Supplies& supplies, bool prune);

  std::span<const uint32_t> ChildrenOf(const Node& node) const {
    return {children.data() + node.first, node.count};
  }
  std::span<const HitNode> NodesOf(const Hit& hit) const {
    return {hit_nodes.data() + hit.first_node, hit.node_count};
  }
  std::span<const uint32_t> RulesOf(const Hit& hit) const {
    return {hit_rules.data() + hit.first_rule, hit.rule_count};
  }
  std::span<const uint32_t> PartsOf(const Rule& rule) const {
    return {parts.data() + rule.first_part, rule.part_count};
  }
  // The bit that stands for a field in masks; fields from the 64th on share one.
  static uint64_t BitOf(uint32_t field) { return uint64_t{1} << std::min(field, 63U); }

  const uint64_t number;  // never given twice, unlike an address
  const Collection& collection;
  const bool prune;
  std::vector<bool> supplied;  // by FieldId
  std::vector<bool> asked;     // by FieldId: is one of `fields`
  std::vector<RuleCoverage> coverage;
  std::vector<Node> nodes;
  std::vector<uint64_t> found_by;  // per found node: the fields whose texts tell of it; else 0
  std::vector<uint32_t> children;
  std::vector<Field> fields;
  std::vector<Hit> hits;
  std::vector<HitNode> hit_nodes;
  std::vector<uint32_t> hit_rules;  // positions in `rules`
  std::vector<Rule> rules;          // ascending by index
  std::vector<uint32_t> parts;      // nodes, of all rules
  std::vector<uint32_t> always;     // rules that are always candidates
};

}  // namespace vedette::sigma
