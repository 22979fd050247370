// Why a rule matched: its identifiers are evaluated once more, plainly, and what held is noted.
#include <algorithm>

#include "core/text.h"
#include "sigma/leaf.h"
#include "sigma/match_plan.h"
#include "sigma/matcher.h"

namespace vedette::sigma {

namespace {

class Explainer {
 public:
  Explainer(const MatchPlan& plan, View& view, std::vector<Evidence>& evidence)
      : plan_(plan), view_(view), evidence_(evidence) {}

  void Explain(const Identifier& identifier) {
    identifier_ = &identifier.name;
    const size_t before = evidence_.size();
    if (!Holds(identifier.node)) evidence_.resize(before);
  }

 private:
  const Expressions& expressions() const { return plan_.collection.expressions(); }

  // Notes what holds below a node that holds; what is noted below one that does not is taken back.
  bool Holds(NodeId id) {
    const size_t before = evidence_.size();
    bool truth = id == kTrueNode;
    switch (expressions().kind(id)) {
      case NodeKind::kFalse:
      case NodeKind::kTrue:
        break;
      case NodeKind::kTest:
        truth = TestHolds(expressions().test(id));
        break;
      case NodeKind::kNot:
        truth = !Holds(expressions().children(id)[0]);
        evidence_.resize(before);
        break;
      case NodeKind::kAnd:
        truth = true;
        for (NodeId child : expressions().children(id)) truth = truth && Holds(child);
        break;
      case NodeKind::kOr:
        for (NodeId child : expressions().children(id)) truth |= Holds(child);
        break;
    }
    if (!truth) evidence_.resize(before);
    return truth;
  }

  bool TestHolds(const Test& test) {
    const bool keyword = test.field == kEveryValue;
    if (!keyword && !plan_.supplied[test.field]) return false;
    std::vector<Value> every;
    Leaves leaves;
    if (keyword) {
      view_.AppendEveryValue(every);
      leaves = Leaves::Of(every);
    } else {
      leaves = view_.Get(test.field);
    }
    if (test.kind == TestKind::kExists || test.kind == TestKind::kNull) {
      const bool there = leaves.presence == Presence::kPresent;
      const bool null = !there || std::any_of(leaves.values.begin(), leaves.values.end(),
                                              [](const Value& leaf) { return leaf.is_null(); });
      if (!(test.kind == TestKind::kExists ? there == test.truth : null)) return false;
      Note(test, {});
      return true;
    }
    if (leaves.presence == Presence::kAbsentOrEmpty && test.kind == TestKind::kText &&
        test.pattern.pieces().empty()) {
      Note(test, {});
      return true;
    }
    for (const Value& leaf : leaves.values) {
      if (!LeafFits(test, leaf)) continue;
      std::string scratch;
      Note(test, LeafText(leaf, scratch).value_or(""));
      return true;
    }
    return false;
  }

  bool LeafFits(const Test& test, const Value& leaf) {
    if (test.kind == TestKind::kFieldRef) {
      if (!plan_.supplied[test.other]) return false;
      const Leaves others = view_.Get(test.other);
      return std::any_of(others.values.begin(), others.values.end(),
                         [&](const Value& other) { return LeavesAgree(test.mode, leaf, other); });
    }
    std::string scratch;
    LeafTexts texts;
    std::string folded;
    texts.text = LeafText(leaf, scratch);
    if (texts.text) {
      folded = FoldCase(*texts.text);
      texts.folded = folded;
    }
    return LeafHolds(test, leaf, texts);
  }

  void Note(const Test& test, std::string_view value) {
    evidence_.push_back(
        {*identifier_,
         test.field == kEveryValue ? std::string() : plan_.collection.fields().name(test.field),
         test.modifiers, test.written, std::string(value)});
  }

  const MatchPlan& plan_;
  View& view_;
  std::vector<Evidence>& evidence_;
  const std::string* identifier_ = nullptr;
};

}  // namespace

void Matcher::Explain(RuleIndex rule, View& view, std::vector<Evidence>& evidence) const {
  evidence.clear();
  Explainer explainer(*plan_, view, evidence);
  for (const Identifier& identifier : plan_->collection.rules()[rule].identifiers)
    explainer.Explain(identifier);
}

}  // namespace vedette::sigma
