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
    MarkMemo::Marks without_leaf[3];  // by presence
    // What is known of the field as it is in this event, kept for the next event that has the same;
    // null: nothing is kept.
    MarkMemo::Marks* kept = nullptr;
  };

  const MatchPlan* plan = nullptr;
  uint64_t plan_number = 0;
  View* view = nullptr;
  uint32_t now = 0;
  std::vector<Field> fields;
  std::vector<uint32_t> known;  // per node: 4 * now + what is known
  std::vector<uint64_t> seen;   // per hit: the last search that met it
  uint64_t searches = 0;
  uint64_t taken = 0;     // mask of fields: their marks are in `known`
  MarkMemo::Marks marks;  // of a leaf that is no text
  std::vector<Value> beyond;
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
      seen.assign(of.hits.size(), 0);
      searches = 0;
      candidates.assign((of.rules.size() + 63) / 64, 0);
      for (size_t i = 0; i < fields.size(); ++i) {
        const Value empty = Value::String("");
        const auto at = static_cast<size_t>(Presence::kAbsentOrEmpty);
        Search(of.fields[i], empty, fields[i].without_leaf[at]);
      }
    }
    taken = 0;
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
    Field& field = fields[index];
    field.kept = nullptr;
    if (of.literals.empty() && of.numbers.empty()) return;
    std::span<const Value> leaves;
    if (of.id == kEveryValue) {
      beyond.clear();
      view->AppendValuesBeyond(plan->asked, beyond);
      leaves = beyond;
    } else {
      Load(index);
      leaves = field.leaves;
      if (leaves.empty()) {
        field.kept = &field.without_leaf[static_cast<size_t>(field.presence)];
      } else if (leaves.size() == 1 && leaves[0].kind() == ValueKind::kString) {
        field.kept = &MarksOf(of, field, leaves[0]);
      }
    }
    if (field.kept != nullptr) {
      AddCandidates(*field.kept);
      return;
    }
    for (const Value& leaf : leaves) {
      const MarkMemo::Marks& found = MarksOf(of, field, leaf);
      AddCandidates(found);
      Take(found);
    }
  }

  MarkMemo::Marks& MarksOf(const MatchPlan::Field& of, Field& field, const Value& leaf) {
    const auto search = [&](MarkMemo::Marks& fresh) { Search(of, leaf, fresh); };
    if (leaf.kind() == ValueKind::kString) return field.memo.Get(leaf.text(), search);
    marks.Clear();
    search(marks);
    return marks;
  }

  void AddCandidates(const MarkMemo::Marks& found) {
    for (const uint32_t rule : found.rules) candidates[rule / 64] |= uint64_t{1} << (rule % 64);
  }

  void Take(const MarkMemo::Marks& found) {
    for (const uint32_t hit : found.hits) {
      for (const MatchPlan::HitNode& target : plan->NodesOf(plan->hits[hit])) {
        uint32_t& state = known[target.node];
        state = std::max(state, 4 * now + (target.verify ? kPerhaps : kHolds));
      }
    }
  }

  // What was found in the fields of a mask becomes known: only when somebody asks.
  void TakeFields(uint64_t mask) {
    mask &= ~taken;
    taken |= mask;
    for (; mask != 0; mask &= mask - 1) {
      const auto first = static_cast<size_t>(std::countr_zero(mask));
      const size_t end = first == 63 ? fields.size() : first + 1;
      for (size_t i = first; i < end && i < fields.size(); ++i) {
        if (fields[i].kept != nullptr) Take(*fields[i].kept);
      }
    }
  }

  // --- What is remembered ---

  // Takes away the candidates that a field, as it is in this event, is known to exclude.
  void DropExcluded() {
    for (const Field& field : fields) {
      if (field.kept == nullptr || field.kept->excluded.empty()) continue;
      const uint64_t* const excluded = field.kept->excluded.data();
      for (size_t word = 0; word < candidates.size(); ++word) candidates[word] &= ~excluded[word];
    }
  }

  void Exclude(size_t rule, const MatchPlan::Node& part) {
    if (part.only_field == kNoField || !plan->prune) return;
    MarkMemo::Marks* const kept = fields[part.only_field].kept;
    if (kept == nullptr) return;
    if (kept->excluded.empty()) kept->excluded.resize(candidates.size());
    kept->excluded[rule / 64] |= uint64_t{1} << (rule % 64);
  }

  void Search(const MatchPlan::Field& of, const Value& leaf, MarkMemo::Marks& found) {
    ++searches;
    const auto text = LeafText(leaf, number);
    if (text && text->size() >= of.literals.least()) {
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
    if (seen[hit] == searches) return;
    seen[hit] = searches;
    found.hits.push_back(hit);
    const auto rules = plan->RulesOf(plan->hits[hit]);
    found.rules.insert(found.rules.end(), rules.begin(), rules.end());
  }

  // --- What is asked ---

  bool AskRule(size_t position) {
    for (const uint32_t part : plan->PartsOf(plan->rules[position])) {
      if (Ask(part)) continue;
      Exclude(position, plan->nodes[part]);
      return false;
    }
    return true;
  }

  bool Ask(uint32_t id) {
    const uint64_t found_by = plan->found_by[id];
    if ((found_by & ~taken) != 0) TakeFields(found_by);
    const uint32_t state = known[id];
    const bool seen = state / 4 == now;
    if (seen && state % 4 != kPerhaps) return state % 4 == kHolds;
    if (!seen && found_by != 0) return false;
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
  state.DropExcluded();
  for (size_t word = 0; word < state.candidates.size(); ++word) {
    for (uint64_t bits = state.candidates[word]; bits != 0; bits &= bits - 1) {
      const size_t position = word * 64 + static_cast<size_t>(std::countr_zero(bits));
      ++state.looked_at;
      if (state.AskRule(position)) matched.push_back(plan.rules[position].index);
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
