#include "sigma/matcher.h"

#include <algorithm>
#include <bit>

#include "core/text.h"
#include "sigma/leaf.h"
#include "sigma/match_plan.h"

namespace vedette::sigma {

// Everything about one event: what fields hold, and what is known of the nodes. Kept from event to
// event, so that nothing is allocated; `now` tells what belongs to this one.
struct MatchScratch::State {
  struct Field {
    uint32_t stamp = 0;
    Presence presence = Presence::kAbsent;
    std::vector<Value> leaves;
    std::vector<LeafTexts> texts;
    std::vector<std::string> numbers;  // texts of leaves that are none
    std::string folded;                // of all leaves, behind each other
    std::vector<size_t> ends;
  };

  const MatchPlan* plan = nullptr;
  uint64_t plan_number = 0;
  View* view = nullptr;
  uint32_t now = 0;
  std::vector<Field> fields;
  std::vector<uint32_t> known;  // per node: 2 * now + truth
  std::vector<uint64_t> tried;  // per node: the leaf on which it was verified last
  uint64_t leaf_number = 0;     // of all leaves that were searched
  std::vector<uint64_t> candidates;
  uint64_t events = 0;
  uint64_t looked_at = 0;

  void Begin(const MatchPlan& of, View& event) {
    view = &event;
    ++events;
    if (plan_number != of.number || ++now > UINT32_MAX / 2 - 1) {
      plan = &of;
      plan_number = of.number;
      now = 1;
      fields.assign(of.fields.size(), {});
      known.assign(of.nodes.size(), 0);
      tried.assign(of.nodes.size(), 0);
      candidates.assign((of.rules.size() + 63) / 64, 0);
    }
  }

  // --- What fields hold ---

  Field& Load(uint32_t index) {
    Field& field = fields[index];
    if (field.stamp == now) return field;
    field.stamp = now;
    const FieldId id = plan->fields[index].id;
    field.leaves.clear();
    if (id == kEveryValue) {
      field.presence = Presence::kPresent;
      view->AppendEveryValue(field.leaves);
    } else {
      const Leaves leaves = view->Get(id);
      field.presence = leaves.presence;
      field.leaves.assign(leaves.values.begin(), leaves.values.end());
    }
    TakeTexts(field);
    return field;
  }

  static void TakeTexts(Field& field) {
    const size_t count = field.leaves.size();
    field.texts.assign(count, {});
    if (field.numbers.size() < count) field.numbers.resize(count);
    field.folded.clear();
    field.ends.clear();
    for (size_t i = 0; i < count; ++i) {
      field.texts[i].text = LeafText(field.leaves[i], field.numbers[i]);
      if (field.texts[i].text) AppendFolded(field.folded, *field.texts[i].text);
      field.ends.push_back(field.folded.size());
    }
    const std::string_view folded = field.folded;
    for (size_t i = 0, from = 0; i < count; from = field.ends[i++]) {
      if (field.texts[i].text) field.texts[i].folded = folded.substr(from, field.ends[i] - from);
    }
  }

  // --- What the indexes find ---

  void Find(uint32_t index) {
    const MatchPlan::Field& of = plan->fields[index];
    if (!of.has_literals && of.numbers.empty()) return;
    const Field& field = Load(index);
    for (size_t i = 0; i < field.leaves.size(); ++i) {
      const Value& leaf = field.leaves[i];
      const LeafTexts& texts = field.texts[i];
      ++leaf_number;
      if (of.has_literals && texts.folded)
        of.literals.Find(*texts.folded, [&](uint32_t hit) { TakeHit(hit, leaf, texts); });
      if (of.numbers.empty()) continue;
      if (const auto number = LeafNumber(leaf)) {
        for (uint32_t hit : of.numbers.Find(HashBytes64(number->ToText(), 0)))
          TakeHit(hit, leaf, texts);
      }
    }
    // A source that writes an empty text for "no value".
    if (field.presence == Presence::kAbsentOrEmpty && of.has_literals) {
      const LeafTexts empty{"", ""};
      ++leaf_number;
      of.literals.Find("", [&](uint32_t hit) { TakeHit(hit, Value::String(""), empty); });
    }
  }

  void TakeHit(uint32_t hit, const Value& leaf, const LeafTexts& texts) {
    const MatchPlan::Hit& range = plan->hits[hit];
    for (uint32_t i = range.first; i < range.first + range.count; ++i) {
      const MatchPlan::HitNode& target = plan->hit_nodes[i];
      if (known[target.node] == 2 * now + 1) continue;
      if (target.verify) {
        // Once per leaf, however many of its literals were found.
        if (tried[target.node] == leaf_number) continue;
        tried[target.node] = leaf_number;
        if (!LeafHolds(*plan->nodes[target.node].test, leaf, texts)) continue;
      }
      SetFound(target.node);
    }
  }

  void SetFound(uint32_t id) {
    if (known[id] == 2 * now + 1) return;
    known[id] = 2 * now + 1;
    const MatchPlan::Node& node = plan->nodes[id];
    for (uint32_t i = node.first_rule; i < node.first_rule + node.rule_count; ++i) {
      const uint32_t rule = plan->witness_rules[i];
      candidates[rule / 64] |= uint64_t{1} << (rule % 64);
    }
    for (uint32_t i = node.first_parent; i < node.first_parent + node.parent_count; ++i)
      SetFound(plan->parents[i]);
  }

  // --- What is asked ---

  bool Ask(uint32_t id) {
    const uint32_t state = known[id];
    if (state >> 1 == now) return state & 1;
    if (plan->is_found[id]) return false;
    const MatchPlan::Node& node = plan->nodes[id];
    bool truth = false;
    switch (node.kind) {
      case NodeKind::kFalse:
        break;
      case NodeKind::kTrue:
        truth = true;
        break;
      case NodeKind::kTest:
        truth = AskTest(node);
        break;
      case NodeKind::kNot:
        truth = !Ask(plan->children[node.first]);
        break;
      case NodeKind::kAnd: {
        const auto children = plan->ChildrenOf(node);
        truth = std::all_of(children.begin(), children.end(), [&](uint32_t c) { return Ask(c); });
        break;
      }
      case NodeKind::kOr: {
        const auto children = plan->ChildrenOf(node);
        truth = std::any_of(children.begin(), children.end(), [&](uint32_t c) { return Ask(c); });
        break;
      }
    }
    known[id] = 2 * now + truth;
    return truth;
  }

  bool AskTest(const MatchPlan::Node& node) {
    const Test& test = *node.test;
    const Field& field = Load(node.field);
    switch (test.kind) {
      case TestKind::kExists:
        return (field.presence == Presence::kPresent) == test.truth;
      case TestKind::kNull:
        return field.presence != Presence::kPresent ||
               std::any_of(field.leaves.begin(), field.leaves.end(),
                           [](const Value& leaf) { return leaf.is_null(); });
      case TestKind::kFieldRef: {
        for (const Value& a : field.leaves) {
          for (const Value& b : Load(node.other).leaves) {
            if (LeavesAgree(test.mode, a, b)) return true;
          }
        }
        return false;
      }
      default:
        break;
    }
    for (size_t i = 0; i < field.leaves.size(); ++i) {
      if (LeafHolds(test, field.leaves[i], field.texts[i])) return true;
    }
    return false;
  }
};

Matcher::Matcher(const Collection& rules, const std::vector<RuleIndex>& which,
                 const Supplies& supplies, Options options)
    : plan_(std::make_unique<MatchPlan>(rules, which, supplies, options.prune)) {}
Matcher::Matcher(const Collection& rules, const std::vector<RuleIndex>& which,
                 const Supplies& supplies)
    : Matcher(rules, which, supplies, Options{}) {}
Matcher::Matcher(const Collection& rules, const std::vector<RuleIndex>& which)
    : Matcher(rules, which, nullptr, Options{}) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;

const std::vector<RuleCoverage>& Matcher::coverage() const { return plan_->coverage; }

void Matcher::Match(View& view, MatchScratch& scratch, std::vector<RuleIndex>& matched) const {
  matched.clear();
  MatchScratch::State& state = *scratch.state_;
  const MatchPlan& plan = *plan_;
  state.Begin(plan, view);
  for (uint32_t field = 0; field < plan.fields.size(); ++field) state.Find(field);
  for (uint32_t rule : plan.always) state.candidates[rule / 64] |= uint64_t{1} << (rule % 64);
  for (size_t word = 0; word < state.candidates.size(); ++word) {
    for (uint64_t bits = state.candidates[word]; bits != 0; bits &= bits - 1) {
      const MatchPlan::Rule& rule =
          plan.rules[word * 64 + static_cast<size_t>(std::countr_zero(bits))];
      ++state.looked_at;
      if (state.Ask(rule.root)) matched.push_back(rule.index);
    }
    state.candidates[word] = 0;
  }
}

MatchScratch::MatchScratch() : state_(std::make_unique<State>()) {}
MatchScratch::~MatchScratch() = default;
MatchScratch::MatchScratch(MatchScratch&&) noexcept = default;
uint64_t MatchScratch::events() const { return state_->events; }
uint64_t MatchScratch::candidates() const { return state_->looked_at; }

}  // namespace vedette::sigma
