#include "sigma/matcher.h"

#include <algorithm>
#include <bit>

#include "core/text.h"
#include "sigma/leaf.h"
#include "sigma/mark_memo.h"
#include "sigma/match_plan.h"

namespace vedette::sigma {

namespace {

// What is known of a node in one event. The order counts: more is known than before.
enum Truth : uint32_t { kNot = 0, kPerhaps = 1, kHolds = 2 };

}  // namespace

// Everything about one event: what fields hold, and what is known of the nodes. Kept from event to
// event, so that nothing is allocated; `now` tells what belongs to this one.
struct MatchScratch::State {
  struct Field {
    uint32_t stamp = 0;
    uint32_t texts_stamp = 0;
    Presence presence = Presence::kAbsent;
    std::span<const Value> leaves;
    std::vector<Value> every_value;
    std::vector<LeafTexts> texts;
    std::vector<std::string> numbers;  // texts of leaves that are none
    std::string folded;                // of all leaves, behind each other
    std::vector<size_t> ends;
    MarkMemo memo;
  };

  const MatchPlan* plan = nullptr;
  uint64_t plan_number = 0;
  View* view = nullptr;
  uint32_t now = 0;
  std::vector<Field> fields;
  std::vector<uint32_t> known;   // per node: 4 * now + what is known
  std::vector<uint32_t> marked;  // per node: 4 * marking + what is known, while a text is searched
  uint32_t marking = 0;
  MarkMemo::Marks marks;  // of a leaf that is no text
  std::string folded;
  std::string number;
  std::vector<uint64_t> candidates;
  uint64_t events = 0;
  uint64_t looked_at = 0;

  void Begin(const MatchPlan& of, View& event) {
    view = &event;
    ++events;
    if (plan_number != of.number || ++now > UINT32_MAX / 4 - 1) {
      plan = &of;
      plan_number = of.number;
      now = 1;
      fields.clear();
      fields.resize(of.fields.size());
      known.assign(of.nodes.size(), 0);
      marked.assign(of.nodes.size(), 0);
      marking = 0;
      candidates.assign((of.rules.size() + 63) / 64, 0);
    }
  }

  // --- What fields hold ---

  Field& Load(uint32_t index) {
    Field& field = fields[index];
    if (field.stamp == now) return field;
    field.stamp = now;
    const FieldId id = plan->fields[index].id;
    if (id == kEveryValue) {
      field.presence = Presence::kPresent;
      field.every_value.clear();
      view->AppendEveryValue(field.every_value);
      field.leaves = field.every_value;
    } else {
      const Leaves leaves = view->Get(id);
      field.presence = leaves.presence;
      field.leaves = leaves.values;
    }
    return field;
  }

  // With the texts, which few tests need.
  const Field& LoadTexts(uint32_t index) {
    Field& field = Load(index);
    if (field.texts_stamp == now) return field;
    field.texts_stamp = now;
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
    const std::string_view all = field.folded;
    for (size_t i = 0, from = 0; i < count; from = field.ends[i++]) {
      if (field.texts[i].text) field.texts[i].folded = all.substr(from, field.ends[i] - from);
    }
    return field;
  }

  // --- What the indexes find ---

  void Find(uint32_t index) {
    const MatchPlan::Field& of = plan->fields[index];
    if (!of.has_literals && of.numbers.empty()) return;
    Field& field = Load(index);
    for (const Value& leaf : field.leaves) {
      if (leaf.kind() == ValueKind::kString) {
        Take(field.memo.Get(leaf.text(), [&](MarkMemo::Marks& fresh) { Search(of, leaf, fresh); }));
      } else {
        marks.nodes.clear();
        marks.rules.clear();
        Search(of, leaf, marks);
        Take(marks);
      }
    }
    // A source that writes an empty text for "no value".
    if (field.presence == Presence::kAbsentOrEmpty && of.has_literals) {
      const Value empty = Value::String("");
      Take(field.memo.Get("", [&](MarkMemo::Marks& fresh) { Search(of, empty, fresh); }));
    }
  }

  void Take(const MarkMemo::Marks& found) {
    for (const uint32_t node : found.nodes) {
      uint32_t& state = known[node / 2];
      state = std::max(state, 4 * now + kPerhaps + node % 2);
    }
    for (const uint32_t rule : found.rules) candidates[rule / 64] |= uint64_t{1} << (rule % 64);
  }

  void Search(const MatchPlan::Field& of, const Value& leaf, MarkMemo::Marks& found) {
    if (++marking > UINT32_MAX / 4 - 1) {
      marked.assign(marked.size(), 0);
      marking = 1;
    }
    const auto text = LeafText(leaf, number);
    if (of.has_literals && text) {
      folded.clear();
      AppendFolded(folded, *text);
      of.literals.Find(folded, [&](uint32_t hit) { TakeHit(hit, found); });
    }
    if (of.numbers.empty()) return;
    if (const auto value = LeafNumber(leaf)) {
      for (uint32_t hit : of.numbers.Find(HashBytes64(value->ToText(), 0))) TakeHit(hit, found);
    }
  }

  void TakeHit(uint32_t hit, MarkMemo::Marks& found) {
    const MatchPlan::Hit& range = plan->hits[hit];
    for (uint32_t i = range.first; i < range.first + range.count; ++i) {
      const MatchPlan::HitNode& target = plan->hit_nodes[i];
      Mark(target.node, target.verify ? kPerhaps : kHolds, found);
    }
  }

  void Mark(uint32_t id, Truth truth, MarkMemo::Marks& found) {
    uint32_t& state = marked[id];
    if (state >= 4 * marking + truth) return;
    const bool first = state / 4 != marking;
    state = 4 * marking + truth;
    found.nodes.push_back(2 * id + (truth == kHolds));
    const MatchPlan::Node& node = plan->nodes[id];
    if (first) {
      const auto rules = plan->witness_rules.begin() + node.first_rule;
      found.rules.insert(found.rules.end(), rules, rules + node.rule_count);
    }
    for (uint32_t i = node.first_parent; i < node.first_parent + node.parent_count; ++i)
      Mark(plan->parents[i], truth, found);
  }

  // --- What is asked ---

  bool Ask(uint32_t id) {
    const uint32_t state = known[id];
    const bool seen = state / 4 == now;
    if (seen && state % 4 != kPerhaps) return state % 4 == kHolds;
    if (!seen && plan->is_found[id]) return false;
    const bool truth = Evaluate(plan->nodes[id]);
    known[id] = 4 * now + (truth ? kHolds : kNot);
    return truth;
  }

  bool Evaluate(const MatchPlan::Node& node) {
    const auto children = plan->ChildrenOf(node);
    const auto ask = [&](uint32_t child) { return Ask(child); };
    switch (node.kind) {
      case NodeKind::kFalse:
        return false;
      case NodeKind::kTrue:
        return true;
      case NodeKind::kTest:
        return AskTest(node);
      case NodeKind::kNot:
        return !Ask(children[0]);
      case NodeKind::kAnd:
        return std::all_of(children.begin(), children.end(), ask);
      case NodeKind::kOr:
        return std::any_of(children.begin(), children.end(), ask);
    }
    return false;
  }

  bool AskTest(const MatchPlan::Node& node) {
    const Test& test = *node.test;
    switch (test.kind) {
      case TestKind::kExists:
        return (Load(node.field).presence == Presence::kPresent) == test.truth;
      case TestKind::kNull: {
        const Field& field = Load(node.field);
        return field.presence != Presence::kPresent ||
               std::any_of(field.leaves.begin(), field.leaves.end(),
                           [](const Value& leaf) { return leaf.is_null(); });
      }
      case TestKind::kFieldRef: {
        for (const Value& a : Load(node.field).leaves) {
          for (const Value& b : Load(node.other).leaves) {
            if (LeavesAgree(test.mode, a, b)) return true;
          }
        }
        return false;
      }
      default:
        break;
    }
    const Field& field = LoadTexts(node.field);
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
