#include "expr/condition_tree.h"

#include <algorithm>
#include <tuple>

namespace vedette {
namespace {

void AppendParts(const Program& program, ExprId condition, std::vector<ExprId>* parts) {
  if (condition == kNoExpr) return;
  const Program::Node& node = program.node(condition);
  if (node.op != Op::kAnd) {
    parts->push_back(condition);
    return;
  }
  for (size_t i = 0; i < node.arg_count; ++i) AppendParts(program, program.arg(node, i), parts);
}

}  // namespace

void ConditionTree::Add(const Program& program, ExprId condition, uint32_t id) {
  Condition added{{}, id};
  AppendParts(program, condition, &added.parts);
  conditions_.push_back(std::move(added));
}

void ConditionTree::Finish() {
  std::sort(conditions_.begin(), conditions_.end(), [](const Condition& a, const Condition& b) {
    return std::tie(a.parts, a.id) < std::tie(b.parts, b.id);
  });
  Build(conditions_.begin(), conditions_.end(), 0);
  conditions_.clear();
}

// Of sorted conditions that agree in their first `depth` parts.
void ConditionTree::Build(Iterator begin, Iterator end, size_t depth) {
  while (begin != end) {
    if (begin->parts.size() == depth) {
      steps_.push_back({kNoExpr, begin->id});
      ++begin;
      continue;
    }
    const ExprId test = begin->parts[depth];
    const Iterator behind = std::find_if(
        begin, end, [&](const Condition& other) { return other.parts[depth] != test; });
    const size_t step = steps_.size();
    steps_.push_back({test, 0});
    Build(begin, behind, depth + 1);
    steps_[step].next = static_cast<uint32_t>(steps_.size());
    begin = behind;
  }
}

}  // namespace vedette
