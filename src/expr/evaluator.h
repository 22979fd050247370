// An Evaluator computes expressions of a program over one event at a time; every shared
// sub-expression at most once.
//
//   evaluator.Reset(event);
//   if (evaluator.Test(when)) use(evaluator.Evaluate(value).text());
//
// Values and texts are valid until the next Reset. One per thread. Never fails: what cannot be
// computed is null and counted. No allocation in steady state. How tests of one field came out is
// remembered by text (text_verdicts.h), so an evaluator is worth keeping. Null, types and
// coercions: docs/content.md and semantics 8.3. Cost: nanoseconds per node that is really needed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/arena.h"
#include "expr/program.h"
#include "expr/text_verdicts.h"

namespace vedette {

// Answers session functions, such as count(field, types). `function` is its number in functions.h.
class SessionFunctions {
 public:
  virtual ~SessionFunctions() = default;
  virtual Value Call(int function, std::span<const Value> args) = 0;
};

class Evaluator {
 public:
  // Texts that an expression makes are not longer than this; what would be is null and counted.
  static constexpr size_t kMaxText = 1 << 20;

  Evaluator(const Program& program, const Lookups& lookups);

  // `event` is read until the next Reset.
  void Reset(const Event& event);

  Value Evaluate(ExprId id) {
    const Node& node = program_.nodes_[id];
    if (node.op == Op::kConstant) return program_.constants_[static_cast<size_t>(node.data)];
    if (node.op == Op::kField) return event_->Get(static_cast<FieldId>(node.data));
    if (stamp_[id] == now_) return memo_[id];
    return Compute(id, node);
  }
  // Null, false, 0, "" and "false" do not hold.
  bool Test(ExprId id) {
    const Node& node = program_.nodes_[id];
    if (node.sole_field != kNoField && node.op != Op::kListContains) {
      const FieldText& text = TextOf(node.sole_field);
      if (text.is_known && text.row.Knows(node.test_number))
        return text.row.Holds(node.test_number);
    }
    return Truth(Evaluate(id));
  }

  // What model variables and session functions read; null: nothing. Set before evaluating what
  // depends on them.
  void SetVariables(const Variables* variables) { variables_ = variables; }
  void SetSession(SessionFunctions* session) { session_ = session; }

  // Type errors, and texts that grew too long, so far.
  uint64_t errors() const { return errors_; }

  // How often each list or table was asked and had the value, by table.
  struct TableUse {
    uint64_t asked = 0;
    uint64_t found = 0;
  };
  const std::vector<TableUse>& table_use() const { return table_use_; }

  static bool Truth(const Value& value);

 private:
  using Node = Program::Node;

  // What is known of the text of a field of this event.
  struct FieldText {
    uint32_t stamp = 0;
    bool is_known = false;  // the field is a text that is worth remembering
    TextVerdicts::Row row;
    TextVerdicts verdicts;
  };

  // Of longer texts nothing is remembered: they hardly come again.
  static constexpr size_t kLongestRemembered = 512;

  FieldText& TextOf(FieldId field) {
    FieldText& text = texts_[field];
    if (text.stamp != now_) LookUp(field, text);
    return text;
  }
  void LookUp(FieldId field, FieldText& text);
  Value Remembered(ExprId id, const Node& node, FieldText& text);

  // By group of ops: here and in evaluator_numbers.cc, evaluator_texts.cc, evaluator_outside.cc.
  Value Compute(ExprId id, const Node& node);
  Value Dispatch(const Node& node);
  Value Logic(const Node& node);
  Value First(const Node& node);
  Value FieldOr(const Node& node);
  Value In(const Node& node);
  Value Compare(const Node& node);
  Value Model(const Node& node);
  Value Arithmetic(const Node& node);
  Value Number(const Node& node);
  Value Extreme(const Node& node);
  Value Text(const Node& node);
  Value TextTest(const Node& node);
  bool TestText(const Node& node, std::string_view text);
  Value Joined(const Node& node);
  Value Path(const Node& node);
  Value Common(const Node& node, std::string_view text);
  Value Formatted(const Node& node, std::string_view spec);
  Value Replaced(const Node& node, std::string_view text);
  Value Address(const Node& node);
  Value Domain(const Node& node);
  Value Clock(const Node& node);
  Value Table(const Node& node);
  Value Entity(const Node& node);

  Value Arg(const Node& node, size_t i) { return Evaluate(program_.arg(node, i)); }
  bool TestArg(const Node& node, size_t i) { return Test(program_.arg(node, i)); }
  // The argument as text (numbers in decimal), or nothing when it is null.
  bool ArgText(const Node& node, size_t i, std::string_view* text);
  // The argument as a whole number, decimals cut off, or nothing when it is none.
  bool ArgWhole(const Node& node, size_t i, int64_t* number);
  std::string_view AsText(const Value& value);
  // `change` for a text, for each item of a list.
  template <typename Change>
  Value ForEachText(const Value& value, Change change);
  std::string_view ChangeCase(std::string_view text, bool lower);
  Value TooLong() {
    ++errors_;
    return {};
  }
  void CountUse(int table, bool found);

  const Program& program_;
  const Lookups& lookups_;
  const Event* event_;
  const Variables* variables_ = nullptr;
  SessionFunctions* session_ = nullptr;
  std::vector<Value> memo_;  // by node; valid where stamp_ is now_
  std::vector<uint32_t> stamp_;
  std::vector<FieldText> texts_;  // by field
  uint32_t now_ = 1;
  Arena arena_{16 * 1024};  // texts and lists of this event
  std::string scratch_;
  uint64_t errors_ = 0;
  std::vector<TableUse> table_use_;
};

// Equality of semantics 8.3: numbers as numbers (also in texts), times also with ISO 8601 texts,
// booleans as booleans, everything else as text; null only equals null.
bool ValuesEqual(const Value& a, const Value& b);

// A value as a number, from numbers, times (nanoseconds) and numeric texts; null when it is none.
Value ToNumber(const Value& value);

}  // namespace vedette
