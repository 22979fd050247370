#include "expr/parser.h"

#include <iterator>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {
namespace {

constexpr std::string_view kVariables[] = {"confidence_factor", "num_observations",
                                           "percentile_threshold_count",
                                           "percentile_threshold_value"};
constexpr std::string_view kOrigins[] = {"vendor", "product", "event_type", "activity_type"};

std::string CountInWords(const FunctionSpec& spec) {
  if (spec.least == spec.most)
    return fmt::format("{} argument{}", spec.least, spec.least == 1 ? "" : "s");
  if (spec.most == kAnyCount)
    return fmt::format("at least {} argument{}", spec.least, spec.least == 1 ? "" : "s");
  return fmt::format("{} to {} arguments", spec.least, spec.most);
}

}  // namespace

class ExpressionParser::Level {
 public:
  explicit Level(ExpressionParser& parser) : parser_(parser) {
    if (++parser_.depth_ > kMaxDepth) {
      --parser_.depth_;
      parser_.Fail(fmt::format("the expression nests deeper than {} levels", kMaxDepth), {},
                   "expr-too-deep");
    }
  }
  ~Level() { --parser_.depth_; }
  Level(const Level&) = delete;

 private:
  ExpressionParser& parser_;
};

std::optional<ExprId> ExpressionParser::Parse() {
  try {
    Advance();
    const ExprId id = ParseOr();
    if (token_.kind != TokenKind::kEnd) Fail(fmt::format("{} is not expected here", Found()));
    return id;
  } catch (const SyntaxError& error) {
    faults_.Error(PlaceAt(error.offset), error.code,
                  fmt::format("{} (character {})", error.message, error.offset + 1), error.hint);
    return std::nullopt;
  }
}

void ExpressionParser::Fail(std::string message, std::string hint, std::string_view code) {
  throw SyntaxError{token_.offset, std::string(code), std::move(message), std::move(hint)};
}

void ExpressionParser::FailAt(size_t offset, std::string message, std::string hint,
                              std::string_view code) {
  throw SyntaxError{offset, std::string(code), std::move(message), std::move(hint)};
}

void ExpressionParser::WarnAt(size_t offset, std::string message, std::string_view code) {
  faults_.Warning(PlaceAt(offset), code, fmt::format("{} (character {})", message, offset + 1));
}

Place ExpressionParser::PlaceAt(size_t offset) const { return places_.At(offset); }

std::string ExpressionParser::Found() const {
  switch (token_.kind) {
    case TokenKind::kEnd:
      return "the end";
    case TokenKind::kText:
      return "a text";
    default:
      return fmt::format("'{}'", token_.text);
  }
}

void ExpressionParser::Advance() {
  token_ = lexer_.Next();
  if (token_.kind == TokenKind::kError) Fail(token_.text);
}

bool ExpressionParser::IsSymbol(std::string_view symbol) const {
  return token_.kind == TokenKind::kSymbol && token_.text == symbol;
}
bool ExpressionParser::IsWord(std::string_view word) const {
  return token_.kind == TokenKind::kName && EqualsIgnoreCase(token_.text, word);
}

bool ExpressionParser::Take(std::string_view symbol) {
  if (!IsSymbol(symbol)) return false;
  Advance();
  return true;
}

void ExpressionParser::Expect(std::string_view symbol) {
  if (!Take(symbol)) Fail(fmt::format("'{}' is expected, not {}", symbol, Found()));
}

ExprId ExpressionParser::ParseOr() {
  const Level level(*this);
  Args args = {ParseAnd()};
  while (IsSymbol("||") || IsWord("or")) {
    Advance();
    args.push_back(ParseAnd());
  }
  return args.size() == 1 ? args[0] : Make(Op::kOr, args);
}

ExprId ExpressionParser::ParseAnd() {
  Args args = {ParseNot()};
  while (true) {
    if (IsSymbol("&&") || IsWord("and")) {
      Advance();
    } else if (!IsWord("not")) {  // "a NOT b" is "a AND NOT b"
      break;
    }
    args.push_back(ParseNot());
  }
  return args.size() == 1 ? args[0] : Make(Op::kAnd, args);
}

ExprId ExpressionParser::ParseNot() {
  if (!IsSymbol("!") && !IsWord("not")) return ParseComparison();
  const Level level(*this);
  Advance();
  return Make(Op::kNot, {ParseNot()});
}

ExprId ExpressionParser::ParseComparison() {
  struct Comparison {
    std::string_view symbol;
    Op op;
  };
  static constexpr Comparison kComparisons[] = {
      {"=", Op::kEqual},         {"==", Op::kEqual}, {"!=", Op::kNotEqual}, {"<=", Op::kLessEqual},
      {">=", Op::kGreaterEqual}, {"<", Op::kLess},   {">", Op::kGreater}};
  const size_t left_offset = token_.offset;
  const ExprId left = ParseSum();
  for (const Comparison& comparison : kComparisons) {
    if (!Take(comparison.symbol)) continue;
    const size_t right_offset = token_.offset;
    const ExprId right = ParseSum();
    if (comparison.op == Op::kEqual || comparison.op == Op::kNotEqual) {
      CheckEqual(left, right, right_offset);
    } else {
      CheckNumber(left, left_offset);
      CheckNumber(right, right_offset);
    }
    return Make(comparison.op, {left, right});
  }
  return left;
}

ExprId ExpressionParser::Close(Chain& chain) {
  const ExprId id = chain.args.size() == 1 ? chain.args[0] : Make(chain.op, chain.args);
  chain.args = {id};
  return id;
}

ExprId ExpressionParser::ParseSum() {
  size_t offset = token_.offset;
  Chain chain{.args = {ParseProduct()}};
  while (IsSymbol("+") || IsSymbol("-")) {
    const Op op = IsSymbol("+") ? Op::kAdd : Op::kSubtract;
    if (chain.args.size() == 1) CheckNumber(chain.args[0], offset);
    if (op != chain.op) Close(chain);
    chain.op = op;
    Advance();
    offset = token_.offset;
    chain.args.push_back(ParseProduct());
    CheckNumber(chain.args.back(), offset);
  }
  return Close(chain);
}

ExprId ExpressionParser::ParseProduct() {
  size_t offset = token_.offset;
  Chain chain{.args = {ParsePrimary()}};
  while (IsSymbol("*") || IsSymbol("/") || IsSymbol("%")) {
    const Op op = IsSymbol("*") ? Op::kMultiply : IsSymbol("/") ? Op::kDivide : Op::kModulo;
    if (chain.args.size() == 1) CheckNumber(chain.args[0], offset);
    if (op != chain.op) Close(chain);
    chain.op = op;
    Advance();
    offset = token_.offset;
    chain.args.push_back(ParsePrimary());
    CheckNumber(chain.args.back(), offset);
  }
  return Close(chain);
}

ExprId ExpressionParser::ParsePrimary() {
  if (Take("(")) {
    const ExprId inner = ParseOr();
    Expect(")");
    return inner;
  }
  if (Take("-")) {
    const Level level(*this);
    const size_t offset = token_.offset;
    const ExprId operand = ParsePrimary();
    CheckNumber(operand, offset);
    return Make(Op::kNegate, {operand});
  }
  const Token token = token_;
  switch (token.kind) {
    case TokenKind::kText:
      Advance();
      return compiler_.InternConstant(Value::String(token.text));
    case TokenKind::kNumber:
      return ParseNumber();
    case TokenKind::kRaw:
      Advance();
      return Make(Op::kRaw, {}, compiler_.raw_names_.Intern(token.text));
    case TokenKind::kName:
      Advance();
      return IsSymbol("(") ? ParseCall(token) : ParseName(token);
    default:
      Fail(fmt::format("a value is expected here, not {}", Found()));
  }
}

ExprId ExpressionParser::ParseNumber() {
  Value number;
  if (const auto whole = ParseInt(token_.text)) {
    number = Value::Int(*whole);
  } else if (const auto decimal = ParseDouble(token_.text)) {
    number = Value::Double(*decimal);
  } else {
    Fail(fmt::format("'{}' is no number", token_.text));
  }
  Advance();
  return compiler_.InternConstant(number);
}

ExprId ExpressionParser::ParseName(const Token& token) {
  if (EqualsIgnoreCase(token.text, "true")) return compiler_.InternConstant(Value::Bool(true));
  if (EqualsIgnoreCase(token.text, "false")) return compiler_.InternConstant(Value::Bool(false));
  if (EqualsIgnoreCase(token.text, "null")) return compiler_.InternConstant(Value());
  for (size_t i = 0; i < std::size(kVariables); ++i) {
    if (EqualsIgnoreCase(token.text, kVariables[i]))
      return Make(Op::kVariable, {}, static_cast<int32_t>(i));
  }
  const Schema::Field* field = compiler_.schema_.FindField(token.text);
  for (size_t i = 0; i < std::size(kOrigins) && field == nullptr; ++i) {
    if (EqualsIgnoreCase(token.text, kOrigins[i]))
      return Make(Op::kOrigin, {}, static_cast<int32_t>(i));
  }
  if (field == nullptr) {
    FailAt(token.offset, fmt::format("there is no field '{}'", token.text),
           DidYouMean(token.text, compiler_.schema_.FieldNames()), "unknown-field");
  }
  return Make(Op::kField, {}, field->id);
}

ExprId ExpressionParser::ParseCall(const Token& name) {
  const FunctionSpec* spec = FindFunction(name.text);
  if (spec == nullptr) {
    FailAt(name.offset,
           EqualsIgnoreCase(name.text, "GetDynamicContextAttribute")
               ? "GetDynamicContextAttribute is announced by its vendor, but not available"
               : fmt::format("there is no function '{}'", name.text),
           DidYouMean(name.text, FunctionNames()), "unknown-function");
  }
  Advance();
  Args args;
  Offsets offsets;
  while (!IsSymbol(")")) {
    offsets.push_back(token_.offset);
    if (spec->op == Op::kFieldOr && args.size() == 2 && !IsSymbol("{"))
      Fail("a table such as {'Login': true} is expected here");
    args.push_back(IsSymbol("{") ? ParseFieldOrMap(args, *spec) : ParseOr());
    if (IsSymbol(")")) break;
    Expect(",");
    if (IsSymbol(")")) Fail("a value is expected here, not ')'");
  }
  Advance();
  if (args.size() < spec->least || args.size() > spec->most) {
    FailAt(name.offset,
           fmt::format("{} takes {}, not {}", spec->name, CountInWords(*spec), args.size()), {},
           "expr-arguments");
  }
  return MakeCall(*spec, std::move(args), offsets);
}

// {"v": condition, …}: alternating constants and conditions behind the two arguments before.
ExprId ExpressionParser::ParseFieldOrMap(const Args& before, const FunctionSpec& spec) {
  if (spec.op != Op::kFieldOr || before.size() != 2)
    Fail("a table in braces stands only in fieldOr, as its third argument");
  Advance();
  Args args = {before[0], before[1]};
  while (!IsSymbol("}")) {
    if (token_.kind != TokenKind::kText)
      Fail(fmt::format("a text in quotes is expected here, not {}", Found()));
    args.push_back(compiler_.InternConstant(Value::String(token_.text)));
    Advance();
    Expect(":");
    args.push_back(ParseOr());
    if (!IsSymbol("}")) Expect(",");
  }
  Advance();
  return Make(Op::kFieldOr, args);
}

}  // namespace vedette
