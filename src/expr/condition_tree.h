// A ConditionTree tells which of many conditions hold for an event. Conditions that begin with the
// same parts share them: where a part fails, everything behind it is passed over, so that most
// rules of a type cost nothing on most of its events.
//
//   ConditionTree tree;
//   tree.Add(program, rule.when, 7);                      // kNoExpr: holds always
//   tree.Finish();
//   tree.ForEach(evaluator, [&](uint32_t id) { … });      // 7, when its condition holds
//
// Parts are what `and` joins. They are asked in the order in which they stand in a condition, and
// only when those before them hold. Ids come in no particular order. Built once, then read-only.
// Cost: one test per part whose predecessors hold.
#pragma once

#include <cstdint>
#include <vector>

#include "expr/evaluator.h"

namespace vedette {

class ConditionTree {
 public:
  void Add(const Program& program, ExprId condition, uint32_t id);
  void Finish();

  template <typename Visit>
  void ForEach(Evaluator& evaluator, Visit visit) const {
    for (size_t at = 0; at < steps_.size();) {
      const Step& step = steps_[at];
      if (step.test == kNoExpr) {
        visit(step.next);
        ++at;
      } else {
        at = evaluator.Test(step.test) ? at + 1 : step.next;
      }
    }
  }

 private:
  struct Condition {
    std::vector<ExprId> parts;
    uint32_t id;
  };
  // A test with everything that stands behind it up to `next`, or, without a test, the id `next`.
  struct Step {
    ExprId test;
    uint32_t next;
  };
  using Iterator = std::vector<Condition>::const_iterator;

  void Build(Iterator begin, Iterator end, size_t depth);

  std::vector<Condition> conditions_;
  std::vector<Step> steps_;
};

}  // namespace vedette
