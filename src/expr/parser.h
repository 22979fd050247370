// Turns the text of one expression into nodes of a program: recursive descent over the grammar of
// docs/content.md.
//
//   std::optional<ExprId> id = ExpressionParser(compiler, text, place, faults).Parse();
//
// The first error ends it; warnings (unknown tables, types that cannot fit) do not. Used by the
// compiler alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/functions.h"
#include "expr/lexer.h"
#include "expr/program.h"
#include "expr/selector.h"

namespace vedette {

class ExpressionParser {
 public:
  static constexpr int kMaxDepth = 100;

  ExpressionParser(Compiler& compiler, std::string_view text, const TextPlaces& places,
                   Diagnostics& faults)
      : compiler_(compiler), lexer_(text), places_(places), faults_(faults) {}

  std::optional<ExprId> Parse();

 private:
  using Args = std::vector<ExprId>;
  using Offsets = std::vector<size_t>;
  using Type = Compiler::Type;

  // Keeps nesting bounded, so that no input can exhaust the stack.
  class Level;

  // Faults. Each Fail throws, caught in Parse.
  [[noreturn]] void Fail(std::string message, std::string hint = {},
                         std::string_view code = "expr-syntax");
  [[noreturn]] void FailAt(size_t offset, std::string message, std::string hint,
                           std::string_view code);
  void WarnAt(size_t offset, std::string message, std::string_view code);
  Place PlaceAt(size_t offset) const;
  std::string Found() const;

  void Advance();
  bool IsSymbol(std::string_view symbol) const;
  bool IsWord(std::string_view word) const;
  bool Take(std::string_view symbol);
  void Expect(std::string_view symbol);

  ExprId ParseOr();
  ExprId ParseAnd();
  ExprId ParseNot();
  ExprId ParseComparison();
  ExprId ParseSum();
  ExprId ParseProduct();
  ExprId ParsePrimary();
  ExprId ParseNumber();
  ExprId ParseName(const Token& token);
  ExprId ParseCall(const Token& name);
  ExprId ParseFieldOrMap(const Args& before, const FunctionSpec& spec);

  // Adds an operand to a chain of one operator, so that a + b + c is one node.
  struct Chain {
    Op op = Op::kConstant;
    Args args;
  };
  ExprId Close(Chain& chain);

  // Nodes (calls.cc).
  ExprId Make(Op op, const Args& args, int32_t data = -1,
              const std::function<int32_t()>& prepare = {});
  ExprId MakeCall(const FunctionSpec& spec, Args args, const Offsets& offsets);
  ExprId MakeMatches(const Args& args, const Offsets& offsets);
  ExprId MakeIn(const Args& args, const Offsets& offsets);
  ExprId MakeTextTest(Op op, const Args& args);
  ExprId MakeInCidr(const Args& args, const Offsets& offsets);
  ExprId MakeClock(Op op, const Args& args, const Offsets& offsets);
  ExprId MakeTableGet(const FunctionSpec& spec, const Args& args, int32_t table);
  EntitySelector Selector(ExprId id, size_t offset);
  int32_t Table(ExprId id, size_t offset);

  // Types (calls.cc): warnings about what can never give a value.
  void CheckNumbers(Op op, const Args& args, const Offsets& offsets);
  void CheckNumber(ExprId id, size_t offset);
  void CheckAddress(ExprId id, size_t offset);
  void CheckEqual(ExprId a, ExprId b, size_t offset);

  const Value* Constant(ExprId id) const;
  const Value* ConstantText(ExprId id) const;
  bool AllConstant(const Args& args, size_t from) const;

  Compiler& compiler_;
  Lexer lexer_;
  const TextPlaces& places_;
  Diagnostics& faults_;
  Token token_;
  int depth_ = 0;
};

// How an expression failed; thrown within the parser only.
struct SyntaxError {
  size_t offset;
  std::string code;
  std::string message;
  std::string hint;
};

}  // namespace vedette
