// An Evaluator computes expressions of a program over one event at a time; every shared sub-expression at most once.
//
//   evaluator.Reset(event);
//   if (evaluator.Test(when)) use(evaluator.Evaluate(value).text());
//
// Values and texts are valid until the next Reset. One per thread. Never fails: what cannot be computed is null and counted. No allocation
// in steady state. Null, types and coercions: docs/content.md and semantics 8.3. Cost: nanoseconds per node that is really needed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/arena.h"
#include "expr/program.h"

namespace vedette {

// Answers session functions, such as count(field, types). `function` is its number in functions.h.
class SessionFunctions {
 public:
  virtual ~SessionFunctions() = default;
  virtual Value Call(int function, std::span<const Value> args) = 0;
};

class Evaluator {
 public:
  Evaluator(const Program& program, const Lookups& lookups);

  void Reset(const Event& event);

  Value Evaluate(ExprId id);
  // Null, false, 0, "" and "false" do not hold.
  bool Test(ExprId id) { return Truth(Evaluate(id)); }

  // What model variables and session functions read; null: nothing. Set before evaluating what depends on them.
  void SetVariables(const Variables* variables) { variables_ = variables; }
  void SetSession(SessionFunctions* session) { session_ = session; }

  // Type errors so far.
  uint64_t errors() const { return errors_; }

  // How often each list or table was asked and had the value.
  struct TableUse {
    uint64_t asked = 0;
    uint64_t found = 0;
  };
  const std::vector<TableUse>& table_use() const { return table_use_; }

  static bool Truth(const Value& value);

 private:
  using Node = Program::Node;

  Value Compute(const Node& node);
  Value Logic(const Node& node);
  Value Compare(const Node& node);
  Value Arithmetic(const Node& node);
  Value Number(const Node& node);
  Value Text(const Node& node);
  Value TextTest(const Node& node);
  Value Network(const Node& node);
  Value Clock(const Node& node);
  Value Context(const Node& node);
  Value FieldOr(const Node& node);
  Value In(const Node& node);

  Value Arg(const Node& node, size_t i) { return Evaluate(program_.arg(node, i)); }
  // The argument as text (numbers in decimal), or nothing when it is null.
  bool ArgText(const Node& node, size_t i, std::string_view* text);
  std::string_view AsText(const Value& value);
  Value Keep(std::string text) { return Value::String(arena_.Copy(text)); }
  Value ChangeCase(const Value& value, bool lower);
  Value MapList(const Value& list, Value (Evaluator::*map)(const Value&));
  Value ExtensionOf(const Value& value);
  void CountUse(int table, bool found);

  const Program& program_;
  const Lookups& lookups_;
  const Event* event_ = nullptr;
  const Variables* variables_ = nullptr;
  SessionFunctions* session_ = nullptr;
  Arena arena_{16 * 1024};
  std::vector<Value> memo_;
  std::vector<uint32_t> stamp_;
  uint32_t now_ = 0;
  uint64_t errors_ = 0;
  std::vector<TableUse> table_use_;
};

// Equality of semantics 8.3: numbers as numbers (also in texts), booleans as booleans, everything else as text; null only equals null.
bool ValuesEqual(const Value& a, const Value& b);

// A value as a number, from numbers, booleans and numeric texts; null when it is none.
Value ToNumber(const Value& value);

}  // namespace vedette
