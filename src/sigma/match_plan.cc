#include "sigma/match_plan.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/hash.h"
#include "core/text.h"

namespace vedette::sigma {
namespace {

using Node = MatchPlan::Node;
using Source = MatchPlan::Source;

constexpr uint32_t kNone = UINT32_MAX;
constexpr uint32_t kFalse = 0;
constexpr uint32_t kTrue = 1;

// The literal that a text must show for a test to hold, and whether showing it is enough.
struct Gate {
  LiteralIndex::Kind kind = LiteralIndex::Kind::kWhole;
  std::string literal;  // folded
  bool verify = false;
};

std::optional<Gate> GateOfText(const Test& test) {
  using Kind = Pattern::Kind;
  const auto& pieces = test.pattern.pieces();
  const auto is = [&](std::initializer_list<Kind> kinds) {
    return std::equal(pieces.begin(), pieces.end(), kinds.begin(), kinds.end(),
                      [](const Pattern::Piece& piece, Kind kind) { return piece.kind == kind; });
  };
  const auto gate = [&](LiteralIndex::Kind kind, const std::string& text) {
    return Gate{kind, test.cased ? FoldCase(text) : text, test.cased};
  };
  if (pieces.empty()) return Gate{LiteralIndex::Kind::kWhole, ""};
  if (is({Kind::kLiteral})) return gate(LiteralIndex::Kind::kWhole, pieces[0].text);
  if (is({Kind::kLiteral, Kind::kAny})) return gate(LiteralIndex::Kind::kPrefix, pieces[0].text);
  if (is({Kind::kAny, Kind::kLiteral})) return gate(LiteralIndex::Kind::kSuffix, pieces[1].text);
  const Pattern::Piece* longest = nullptr;
  for (const Pattern::Piece& piece : pieces) {
    if (piece.kind == Kind::kLiteral && (!longest || piece.text.size() > longest->text.size()))
      longest = &piece;
  }
  if (longest == nullptr) return {};
  Gate inside = gate(LiteralIndex::Kind::kInside, longest->text);
  // A single byte stands everywhere: it is looked for when somebody asks.
  if (inside.literal.size() < 2) return {};
  inside.verify = test.cased || !is({Kind::kAny, Kind::kLiteral, Kind::kAny});
  return inside;
}

// Literals of which a text must show one; none: it may hold without any.
std::vector<Gate> GatesOf(const Test& test) {
  std::vector<Gate> gates;
  if (test.kind == TestKind::kText) {
    auto gate = GateOfText(test);
    // The empty text that stands for an absent field is no value of the event.
    if (gate && (test.field != kEveryValue || !gate->literal.empty()))
      gates.push_back(std::move(*gate));
  } else if (test.kind == TestKind::kRegex) {
    for (std::string& literal : test.regex->NecessaryLiterals(LiteralIndex::kLeastInside))
      gates.push_back({LiteralIndex::Kind::kInside, std::move(literal), true});
  }
  return gates;
}

uint64_t NextNumber() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

uint32_t RateBySize(const Gate& gate) {
  const size_t size = gate.literal.size();
  switch (gate.kind) {
    case LiteralIndex::Kind::kWhole:
      return size == 0 ? 2000 : 200;
    case LiteralIndex::Kind::kPrefix:
    case LiteralIndex::Kind::kSuffix:
      return size <= 4 ? 4000 : size <= 8 ? 800 : 300;
    case LiteralIndex::Kind::kInside:
      break;
  }
  return size <= 1    ? 30000
         : size == 2  ? 20000
         : size == 3  ? 8000
         : size <= 4  ? 4000
         : size == 5  ? 2000
         : size == 6  ? 1000
         : size <= 8  ? 500
         : size <= 12 ? 200
                      : 50;
}

// How many of 100,000 events are guessed to show a literal: short ones stand everywhere, and a
// field of which rules name few values has few, such as levels and makers.
uint32_t HitRate(const Gate& gate, uint32_t named) {
  return std::max(RateBySize(gate), 100'000 / (2 + named));
}

constexpr uint32_t kNumberHitRate = 500;

// What asking costs, roughly in nanoseconds.
uint32_t AskingCost(const Test& test) {
  switch (test.kind) {
    case TestKind::kNull:
    case TestKind::kExists:
      return 10;
    case TestKind::kRegex:
      return 400;
    case TestKind::kTimePart:
    case TestKind::kNetwork:
    case TestKind::kFieldRef:
      return 100;
    default:
      return 40;
  }
}

}  // namespace

// Builds the plan: simplifies each rule for what is supplied, then indexes what is left.
class MatchPlanner {
 public:
  MatchPlanner(MatchPlan& plan, bool prune)
      : plan_(plan),
        expressions_(plan.collection.expressions()),
        prune_(prune),
        local_of_(expressions_.size(), kNone),
        field_of_(plan.collection.fields().size() + 1, kNone) {
    plan_.nodes.push_back({.kind = NodeKind::kFalse});
    plan_.nodes.push_back({.kind = NodeKind::kTrue});
    notes_.resize(2);
    for (const Test& test : expressions_.tests()) ++values_named_[test.field];
    local_of_[kFalseNode] = kFalse;
    local_of_[kTrueNode] = kTrue;
  }

  void AddRule(RuleIndex index) {
    const DetectionRule& rule = plan_.collection.rules()[index];
    const uint32_t root = Simplify(rule.condition);
    RuleCoverage coverage;
    coverage.rule = index;
    coverage.unsupplied = UnsuppliedIn(rule.condition);
    if (!coverage.unsupplied.empty()) {
      coverage.state =
          root == kFalse ? RuleCoverage::State::kInactive : RuleCoverage::State::kDegraded;
    }
    plan_.coverage.push_back(std::move(coverage));
    if (root != kFalse) roots_.emplace_back(index, root);
  }

  void Finish() {
    std::sort(roots_.begin(), roots_.end());
    AddKeywordsToFields();
    FindWhatDecides();
    ChooseWitnesses();
    ListParts();
    ListHits();
    plan_.asked.resize(plan_.supplied.size());
    for (MatchPlan::Field& field : plan_.fields) {
      field.literals.Build();
      field.numbers.Build();
      if (field.id != kEveryValue) plan_.asked[field.id] = true;
    }
  }

 private:
  using Hits = std::vector<MatchPlan::HitNode>;

  // What is known of a node while planning.
  struct Notes {
    uint64_t rate = 0;  // of a found node: how often it is found
    uint64_t cost = 0;  // of asking it
    std::vector<uint32_t> children;
  };

  uint32_t AddNode(Node node, Notes notes) {
    plan_.nodes.push_back(node);
    notes_.push_back(std::move(notes));
    return static_cast<uint32_t>(plan_.nodes.size() - 1);
  }

  // --- Simplifying ---

  uint32_t Simplify(NodeId global) {
    if (local_of_[global] != kNone) return local_of_[global];
    uint32_t local = kFalse;
    switch (expressions_.kind(global)) {
      case NodeKind::kTest:
        local = AddTest(expressions_.test(global));
        break;
      case NodeKind::kNot: {
        const uint32_t child = Simplify(expressions_.children(global)[0]);
        local = child == kFalse ? kTrue : child == kTrue ? kFalse : Intern(NodeKind::kNot, {child});
        break;
      }
      default: {
        std::vector<uint32_t> children;
        for (NodeId child : expressions_.children(global)) children.push_back(Simplify(child));
        local = Combine(expressions_.kind(global), std::move(children));
      }
    }
    return local_of_[global] = local;
  }

  uint32_t Combine(NodeKind kind, std::vector<uint32_t> children) {
    const uint32_t neutral = kind == NodeKind::kAnd ? kTrue : kFalse;
    const uint32_t decisive = kind == NodeKind::kAnd ? kFalse : kTrue;
    std::sort(children.begin(), children.end());
    children.erase(std::unique(children.begin(), children.end()), children.end());
    if (std::find(children.begin(), children.end(), decisive) != children.end()) return decisive;
    std::erase(children, neutral);
    if (children.empty()) return neutral;
    if (children.size() == 1) return children[0];
    if (kind == NodeKind::kOr) {
      // What the indexes find is decided together, whatever else must be asked.
      const auto asked = std::stable_partition(children.begin(), children.end(), [&](uint32_t c) {
        return plan_.nodes[c].source == Source::kFound;
      });
      if (asked != children.end() && asked - children.begin() > 1) {
        const uint32_t found = Intern(NodeKind::kOr, {children.begin(), asked});
        children.erase(children.begin(), asked);
        children.push_back(found);
      }
    }
    return Intern(kind, std::move(children));
  }

  uint32_t Intern(NodeKind kind, std::vector<uint32_t> children) {
    std::sort(children.begin(), children.end());
    std::string key(1, static_cast<char>(kind));
    key.append(reinterpret_cast<const char*>(children.data()), children.size() * sizeof(uint32_t));
    const auto [at, added] = ids_.try_emplace(HashBytes(key, 0), 0);
    if (!added) return at->second;

    Node node{.kind = kind};
    Notes notes;
    bool all_found = true;
    for (uint32_t child : children) {
      notes.cost = std::min<uint64_t>(notes.cost + notes_[child].cost + 1, 1'000'000);
      notes.rate += notes_[child].rate;
      all_found &= plan_.nodes[child].source == Source::kFound;
    }
    if (kind == NodeKind::kOr && all_found) {
      node.source = Source::kFound;
      notes.cost = 1;
    }
    // The cheapest question first, of equal ones the one that settles the matter more often.
    std::stable_sort(children.begin(), children.end(), [&](uint32_t a, uint32_t b) {
      if (notes_[a].cost != notes_[b].cost) return notes_[a].cost < notes_[b].cost;
      return kind == NodeKind::kAnd && notes_[a].rate < notes_[b].rate;
    });
    node.first = static_cast<uint32_t>(plan_.children.size());
    node.count = static_cast<uint32_t>(children.size());
    plan_.children.insert(plan_.children.end(), children.begin(), children.end());
    notes.children = std::move(children);
    return at->second = AddNode(node, std::move(notes));
  }

  bool IsSupplied(FieldId field) const { return field == kEveryValue || plan_.supplied[field]; }

  uint32_t FieldOf(FieldId id) {
    uint32_t& field = field_of_[id == kEveryValue ? field_of_.size() - 1 : id];
    if (field == kNone) {
      field = static_cast<uint32_t>(plan_.fields.size());
      plan_.fields.emplace_back().id = id;
    }
    return field;
  }

  uint32_t AddTest(const Test& test) {
    if (!IsSupplied(test.field)) return kFalse;
    if (test.kind == TestKind::kFieldRef && !IsSupplied(test.other)) return kFalse;
    Node node{.kind = NodeKind::kTest, .test = &test, .field = FieldOf(test.field)};
    if (test.kind == TestKind::kFieldRef) node.other = FieldOf(test.other);
    Notes notes;
    const std::vector<Gate> gates = GatesOf(test);
    const bool number = test.kind == TestKind::kNumber;
    if (!gates.empty() || number) {
      node.source = Source::kFound;
      notes = {number ? kNumberHitRate : 0, 1, {}};
      for (const Gate& gate : gates) notes.rate += HitRate(gate, values_named_[test.field]);
    } else {
      notes.cost = AskingCost(test);
    }
    const uint32_t id = AddNode(node, std::move(notes));
    if (test.field == kEveryValue) keywords_.push_back(id);
    FileUnder(node.field, id, gates);
    return id;
  }

  // Lets texts of a field tell of a test.
  void FileUnder(uint32_t field, uint32_t id, const std::vector<Gate>& gates) {
    for (const Gate& gate : gates) {
      const std::string key =
          std::to_string(field) + "," + std::to_string(static_cast<int>(gate.kind)) + gate.literal;
      const uint32_t hit = HitFor(key);
      if (hits_[hit].empty()) plan_.fields[field].literals.Add(gate.kind, gate.literal, hit);
      hits_[hit].push_back({id, gate.verify});
    }
    const Test& test = *plan_.nodes[id].test;
    if (test.kind == TestKind::kNumber) {
      const std::string text = test.number.ToText();
      const uint32_t hit = HitFor(std::to_string(field) + "#" + text);
      if (hits_[hit].empty()) plan_.fields[field].numbers.Add(HashBytes64(text, 0), hit);
      hits_[hit].push_back({id, true});
    }
  }

  // So that a text is searched once for what rules ask of its field and of every value.
  void AddKeywordsToFields() {
    for (const uint32_t id : keywords_) {
      const std::vector<Gate> gates = GatesOf(*plan_.nodes[id].test);
      for (uint32_t field = 0; field < plan_.fields.size(); ++field) {
        if (plan_.fields[field].id != kEveryValue) FileUnder(field, id, gates);
      }
    }
  }

  // Children come before parents.
  void FindWhatDecides() {
    plan_.found_by.resize(plan_.nodes.size());
    for (uint32_t id = kTrue + 1; id < plan_.nodes.size(); ++id) {
      Node& node = plan_.nodes[id];
      uint64_t& found_by = plan_.found_by[id];
      if (node.kind == NodeKind::kTest) {
        const bool keyword = node.test->field == kEveryValue;
        if (node.source == Source::kFound)
          found_by = keyword ? UINT64_MAX : MatchPlan::BitOf(node.field);
        if (!keyword && node.test->kind != TestKind::kFieldRef) node.only_field = node.field;
        continue;
      }
      const auto children = plan_.ChildrenOf(node);
      node.only_field = plan_.nodes[children[0]].only_field;
      for (const uint32_t child : children) {
        if (plan_.nodes[child].only_field != node.only_field) node.only_field = kNoField;
        if (node.source == Source::kFound) found_by |= plan_.found_by[child];
      }
    }
  }

  void ListParts() {
    for (const auto& [index, root] : roots_) {
      const Node& node = plan_.nodes[root];
      const auto first = static_cast<uint32_t>(plan_.parts.size());
      if (node.kind == NodeKind::kAnd) {
        const auto children = plan_.ChildrenOf(node);
        plan_.parts.insert(plan_.parts.end(), children.begin(), children.end());
      } else {
        plan_.parts.push_back(root);
      }
      plan_.rules.push_back({index, first, static_cast<uint32_t>(plan_.parts.size()) - first});
    }
  }

  uint32_t HitFor(std::string_view key) {
    const auto [at, added] =
        hit_ids_.try_emplace(HashBytes(key, 0), static_cast<uint32_t>(hits_.size()));
    if (added) hits_.emplace_back();
    return at->second;
  }

  // Fields that a condition asks and the source does not supply, ascending.
  const std::vector<FieldId>& UnsuppliedIn(NodeId global) {
    if (const auto known = fields_of_.find(global); known != fields_of_.end()) return known->second;
    std::vector<FieldId> fields;
    if (expressions_.kind(global) == NodeKind::kTest) {
      const Test& test = expressions_.test(global);
      for (FieldId field : {test.field, test.other}) {
        if (!IsSupplied(field)) fields.push_back(field);
      }
    } else if (global > kTrueNode) {
      for (NodeId child : expressions_.children(global)) {
        const auto& inner = UnsuppliedIn(child);
        fields.insert(fields.end(), inner.begin(), inner.end());
      }
    }
    std::sort(fields.begin(), fields.end());
    fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
    return fields_of_[global] = std::move(fields);
  }

  // --- Pruning ---

  struct Witness {
    uint64_t rate = 0;
    std::vector<uint32_t> nodes;  // found nodes; one of them must hold
  };

  const std::optional<Witness>& WitnessOf(uint32_t id) {
    const auto known = witnesses_.find(id);
    if (known != witnesses_.end()) return known->second;
    std::optional<Witness> best;
    const Node& node = plan_.nodes[id];
    if (node.source == Source::kFound) {
      best = Witness{notes_[id].rate, {id}};
    } else if (node.kind == NodeKind::kAnd) {
      for (uint32_t child : notes_[id].children) {
        const auto& witness = WitnessOf(child);
        if (witness && (!best || witness->rate < best->rate)) best = witness;
      }
    } else if (node.kind == NodeKind::kOr) {
      best = Witness{};
      for (uint32_t child : notes_[id].children) {
        const auto& witness = WitnessOf(child);
        if (!witness) {
          best.reset();
          break;
        }
        best->rate += witness->rate;
        best->nodes.insert(best->nodes.end(), witness->nodes.begin(), witness->nodes.end());
      }
    }
    return witnesses_[id] = std::move(best);
  }

  void ChooseWitnesses() {
    rules_of_.resize(plan_.nodes.size());
    for (uint32_t i = 0; i < roots_.size(); ++i) {
      const auto& witness = WitnessOf(roots_[i].second);
      if (!prune_ || !witness) {
        plan_.always.push_back(i);
      } else {
        for (uint32_t node : witness->nodes) rules_of_[node].push_back(i);
      }
    }
  }

  // What a literal says of tests it says of the `or`-nodes above that are found with them.
  void ListHits() {
    std::vector<std::vector<uint32_t>> parents_of(plan_.nodes.size());
    for (uint32_t id = 0; id < plan_.nodes.size(); ++id) {
      const Node& node = plan_.nodes[id];
      if (node.kind != NodeKind::kOr || node.source != Source::kFound) continue;
      for (uint32_t child : notes_[id].children) parents_of[child].push_back(id);
    }
    const std::function<void(uint32_t, bool, std::map<uint32_t, bool>&)> spread =
        [&](uint32_t id, bool verify, std::map<uint32_t, bool>& found) {
          const auto [at, added] = found.try_emplace(id, verify);
          if (!added && at->second <= verify) return;
          at->second = verify;
          for (const uint32_t parent : parents_of[id]) spread(parent, verify, found);
        };
    for (const Hits& tests : hits_) {
      std::map<uint32_t, bool> found;
      for (const auto& [id, verify] : tests) spread(id, verify, found);
      MatchPlan::Hit hit{.first_node = static_cast<uint32_t>(plan_.hit_nodes.size()),
                         .node_count = static_cast<uint32_t>(found.size()),
                         .first_rule = static_cast<uint32_t>(plan_.hit_rules.size())};
      for (const auto& [id, verify] : found) {
        plan_.hit_nodes.push_back({id, verify});
        plan_.hit_rules.insert(plan_.hit_rules.end(), rules_of_[id].begin(), rules_of_[id].end());
      }
      hit.rule_count = static_cast<uint32_t>(plan_.hit_rules.size()) - hit.first_rule;
      plan_.hits.push_back(hit);
    }
  }

  MatchPlan& plan_;
  const Expressions& expressions_;
  bool prune_;
  std::vector<uint32_t> local_of_;
  std::unordered_map<NodeId, std::vector<FieldId>> fields_of_;
  std::vector<uint32_t> field_of_;
  std::vector<Notes> notes_;
  std::vector<std::pair<RuleIndex, uint32_t>> roots_;
  std::vector<uint32_t> keywords_;                      // tests of every value
  std::unordered_map<FieldId, uint32_t> values_named_;  // how many tests a field has
  // By hash of what they are made of.
  boost::unordered_flat_map<Hash128, uint32_t, HashOfHash> ids_;
  boost::unordered_flat_map<Hash128, uint32_t, HashOfHash> hit_ids_;
  std::vector<Hits> hits_;
  std::vector<std::vector<uint32_t>> rules_of_;  // by node: those that it makes candidates
  std::unordered_map<uint32_t, std::optional<Witness>> witnesses_;
};

MatchPlan::MatchPlan(const Collection& rules, const std::vector<RuleIndex>& which,
                     const Matcher::Supplies& supplies, bool prune)
    : number(NextNumber()), collection(rules), prune(prune) {
  for (FieldId field = 0; field < rules.fields().size(); ++field)
    supplied.push_back(!supplies || supplies(field));
  MatchPlanner planner(*this, prune);
  for (RuleIndex rule : which) planner.AddRule(rule);
  planner.Finish();
}

}  // namespace vedette::sigma
