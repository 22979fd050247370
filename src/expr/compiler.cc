#include <algorithm>

#include "core/text.h"
#include "expr/evaluator.h"
#include "expr/functions.h"
#include "expr/lexer.h"
#include "expr/program.h"
#include "expr/selector.h"

namespace vedette {
namespace {

constexpr int kMaxDepth = 100;
constexpr size_t kMaxLength = 64 * 1024;

constexpr std::string_view kVariables[] = {"confidence_factor", "num_observations", "percentile_threshold_count",
                                           "percentile_threshold_value"};

// Ops whose result is fixed once their arguments are.
bool IsPure(Op op) {
  switch (op) {
    case Op::kConstant: case Op::kField: case Op::kRaw: case Op::kVariable: case Op::kSession: case Op::kTimeOfWeek:
    case Op::kTimeOfDay: case Op::kDayOfWeek: case Op::kDayOfMonth: case Op::kHour: case Op::kIsWeekend:
    case Op::kListContains: case Op::kTableGet: case Op::kTableHasKey: case Op::kEntityAttribute:
    case Op::kEntityHasAttribute: case Op::kEntityHasAttributeValue: case Op::kLoggedToVpn: case Op::kTopDomain:
      return false;
    default:
      return true;
  }
}

struct SyntaxError {
  size_t offset;
  std::string code;
  std::string message;
  std::string hint;
};

}  // namespace

// Recursive descent over the grammar of docs/content.md; throws SyntaxError, which stays in this file.
class ExpressionParser {
 public:
  ExpressionParser(Compiler& compiler, std::string_view text, const Place& place, Diagnostics& faults)
      : compiler_(compiler), lexer_(text), place_(place), faults_(faults) {
    Advance();
  }

  std::optional<ExprId> Parse() {
    try {
      const ExprId id = ParseOr();
      if (token_.kind != TokenKind::kEnd) Fail(fmt::format("'{}' is not expected here", token_.text));
      return id;
    } catch (const SyntaxError& error) {
      Place at = place_;
      if (at.column > 0) at.column += static_cast<int>(error.offset);
      faults_.Error(at, error.code, error.message, error.hint);
      return std::nullopt;
    }
  }

 private:
  using Args = std::vector<ExprId>;

  [[noreturn]] void Fail(std::string message, std::string hint = {}, std::string code = "expr-syntax") {
    throw SyntaxError{token_.offset, std::move(code), std::move(message), std::move(hint)};
  }

  void Advance() {
    token_ = lexer_.Next();
    if (token_.kind == TokenKind::kError) Fail(token_.text);
  }
  bool IsSymbol(std::string_view symbol) const { return token_.kind == TokenKind::kSymbol && token_.text == symbol; }
  bool IsWord(std::string_view word) const { return token_.kind == TokenKind::kName && EqualsIgnoreCase(token_.text, word); }
  bool Take(std::string_view symbol) {
    if (!IsSymbol(symbol)) return false;
    Advance();
    return true;
  }
  void Expect(std::string_view symbol) {
    if (!Take(symbol)) {
      Fail(token_.kind == TokenKind::kEnd ? fmt::format("the expression ends where '{}' is expected", symbol)
                                          : fmt::format("'{}' is expected, not '{}'", symbol, token_.text));
    }
  }

  // Keeps nesting bounded, so that no input can exhaust the stack.
  struct Depth {
    explicit Depth(ExpressionParser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxDepth) parser_.Fail(fmt::format("nested deeper than {} levels", kMaxDepth));
    }
    ~Depth() { --parser_.depth_; }
    ExpressionParser& parser_;
  };

  ExprId Make(Op op, const Args& args, int32_t data = -1) { return compiler_.Intern(op, data, args); }

  ExprId ParseOr() {
    const Depth depth(*this);
    Args args = {ParseAnd()};
    while (IsSymbol("||") || IsWord("or")) {
      Advance();
      args.push_back(ParseAnd());
    }
    return args.size() == 1 ? args[0] : Make(Op::kOr, args);
  }

  ExprId ParseAnd() {
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

  ExprId ParseNot() {
    if (IsSymbol("!") || IsWord("not")) {
      const Depth depth(*this);
      const bool word = IsWord("not");
      Advance();
      if (word && IsSymbol("(")) return ParseNotCall();
      return Make(Op::kNot, {ParseNot()});
    }
    return ParseComparison();
  }

  // "not(a) = b" as a function call binds tighter than the comparison only when nothing follows the parenthesis.
  ExprId ParseNotCall() { return Make(Op::kNot, {ParseComparison()}); }

  ExprId ParseComparison() {
    const ExprId left = ParseSum();
    struct Comparison {
      std::string_view symbol;
      Op op;
    };
    static constexpr Comparison kComparisons[] = {{"==", Op::kEqual},     {"!=", Op::kNotEqual},     {"<=", Op::kLessEqual},
                                                  {">=", Op::kGreaterEqual}, {"=", Op::kEqual},      {"<", Op::kLess},
                                                  {">", Op::kGreater}};
    for (const Comparison& comparison : kComparisons) {
      if (Take(comparison.symbol)) return Make(comparison.op, {left, ParseSum()});
    }
    return left;
  }

  ExprId ParseSum() {
    ExprId left = ParseProduct();
    while (IsSymbol("+") || IsSymbol("-")) {
      const Op op = IsSymbol("+") ? Op::kAdd : Op::kSubtract;
      Advance();
      left = Make(op, {left, ParseProduct()});
    }
    return left;
  }

  ExprId ParseProduct() {
    ExprId left = ParsePrimary();
    while (IsSymbol("*") || IsSymbol("/") || IsSymbol("%")) {
      const Op op = IsSymbol("*") ? Op::kMultiply : IsSymbol("/") ? Op::kDivide : Op::kModulo;
      Advance();
      left = Make(op, {left, ParsePrimary()});
    }
    return left;
  }

  ExprId ParsePrimary() {
    const Depth depth(*this);
    if (Take("(")) {
      const ExprId inner = ParseOr();
      Expect(")");
      return inner;
    }
    if (Take("-")) return Make(Op::kNegate, {ParsePrimary()});
    const Token token = token_;
    switch (token.kind) {
      case TokenKind::kText:
        Advance();
        return compiler_.InternConstant(Value::String(token.text));
      case TokenKind::kNumber:
        return ParseNumber(token);
      case TokenKind::kRaw:
        Advance();
        return Make(Op::kRaw, {}, compiler_.raw_names_.Intern(token.text));
      case TokenKind::kName:
        Advance();
        return IsSymbol("(") ? ParseCall(token) : ParseName(token);
      case TokenKind::kEnd:
        Fail("the expression ends where a value is expected");
      default:
        Fail(fmt::format("'{}' is not expected here", token.text));
    }
  }

  ExprId ParseNumber(const Token& token) {
    if (const auto whole = ParseInt(token.text)) {
      Advance();
      return compiler_.InternConstant(Value::Int(*whole));
    }
    const auto decimal = ParseDouble(token.text);
    if (!decimal) Fail(fmt::format("'{}' is no number", token.text));
    Advance();
    return compiler_.InternConstant(Value::Double(*decimal));
  }

  ExprId ParseName(const Token& token) {
    if (EqualsIgnoreCase(token.text, "true")) return compiler_.InternConstant(Value::Bool(true));
    if (EqualsIgnoreCase(token.text, "false")) return compiler_.InternConstant(Value::Bool(false));
    if (EqualsIgnoreCase(token.text, "null")) return compiler_.InternConstant(Value());
    for (size_t i = 0; i < std::size(kVariables); ++i) {
      if (EqualsIgnoreCase(token.text, kVariables[i])) return Make(Op::kVariable, {}, static_cast<int32_t>(i));
    }
    const Schema::Field* field = compiler_.schema_.FindField(token.text);
    if (field == nullptr) {
      token_ = token;
      Fail(fmt::format("there is no field '{}'", token.text), DidYouMean(token.text, compiler_.schema_.FieldNames()),
           "unknown-field");
    }
    return Make(Op::kField, {}, field->id);
  }

  ExprId ParseCall(const Token& name) {
    const int session = FindSessionFunction(name.text);
    const FunctionSpec* spec = FindFunction(name.text);
    if (session < 0 && spec == nullptr) {
      token_ = name;
      Fail(EqualsIgnoreCase(name.text, "GetDynamicContextAttribute")
               ? "GetDynamicContextAttribute is announced by its vendor, but not available"
               : fmt::format("there is no function '{}'", name.text),
           DidYouMean(name.text, FunctionNames()), "unknown-function");
    }
    const size_t open = token_.offset;
    Advance();
    Args args;
    std::vector<size_t> offsets;
    while (!IsSymbol(")")) {
      offsets.push_back(token_.offset);
      args.push_back(IsSymbol("{") ? ParseFieldOrMap(args, name) : ParseOr());
      if (!Take(",") && !IsSymbol(")")) Fail("',' or ')' is expected here");
    }
    Advance();
    if (session >= 0) return MakeSession(session, std::move(args));
    if (args.size() < spec->least || args.size() > spec->most) {
      token_.offset = open;
      const std::string wanted = spec->least == spec->most     ? fmt::format("{}", spec->least)
                                 : spec->most == kAnyCount ? fmt::format("at least {}", spec->least)
                                                           : fmt::format("{} to {}", spec->least, spec->most);
      Fail(fmt::format("{} takes {} arguments, not {}", spec->name, wanted, args.size()), {}, "expr-arguments");
    }
    token_offset_ = offsets.empty() ? open : offsets[0];
    return MakeCall(*spec, std::move(args), offsets);
  }

  // {"v": condition, …}: alternating constants and conditions, kept as the arguments of an inner kFieldOr.
  ExprId ParseFieldOrMap(const Args& before, const Token& name) {
    if (!EqualsIgnoreCase(name.text, "fieldOr") || before.size() != 2) Fail("a table in braces stands only in fieldOr");
    Advance();
    Args args = {before[0], before[1]};
    while (!IsSymbol("}")) {
      if (token_.kind != TokenKind::kText) Fail("a text in quotes is expected here");
      args.push_back(compiler_.InternConstant(Value::String(token_.text)));
      Advance();
      Expect(":");
      args.push_back(ParseOr());
      if (!Take(",") && !IsSymbol("}")) Fail("',' or '}' is expected here");
    }
    Advance();
    return Make(Op::kFieldOr, args);
  }

  ExprId MakeSession(int function, Args args) { return Make(Op::kSession, args, function); }

  const Value* ConstantText(ExprId id) const {
    const Program::Node& node = compiler_.program_.node(id);
    if (node.op != Op::kConstant) return nullptr;
    const Value& value = compiler_.program_.constant(node);
    return value.is_text() ? &value : nullptr;
  }

  [[noreturn]] void FailAt(size_t offset, std::string message, std::string hint, std::string code) {
    token_.offset = offset;
    Fail(std::move(message), std::move(hint), std::move(code));
  }

  EntitySelector Selector(ExprId id, size_t offset) {
    const Value* text = ConstantText(id);
    const auto selector = text == nullptr ? std::nullopt : ParseSelector(text->text(), compiler_.schema_);
    if (!selector) {
      FailAt(offset, "this is no entity selector", "such as 'type: User && direction: Source'", "expr-selector");
    }
    return *selector;
  }

  int32_t Table(ExprId id, size_t offset) {
    const Value* text = ConstantText(id);
    if (text == nullptr) FailAt(offset, "the name of a list or table must be a text in quotes", {}, "expr-table");
    const int table = compiler_.lookups_.FindTable(text->text());
    if (table < 0) {
      Place at = place_;
      if (at.column > 0) at.column += static_cast<int>(offset);
      faults_.Warning(at, "unknown-table", fmt::format("there is no list or table '{}'; asking it is always false", text->text()));
    }
    return table;
  }

  ExprId MakeCall(const FunctionSpec& spec, Args args, const std::vector<size_t>& offsets) {
    switch (spec.op) {
      case Op::kField:
        return Make(Op::kField, {}, Selector(args[0], offsets[0]).field);
      case Op::kEntityAttribute:
      case Op::kEntityHasAttribute:
      case Op::kEntityHasAttributeValue: {
        const EntitySelector selector = Selector(args[0], offsets[0]);
        args[0] = Make(Op::kField, {}, selector.field);
        return Make(spec.op, args, selector.is_user ? 1 : 0);
      }
      case Op::kLoggedToVpn:
        return Make(spec.op, {Make(Op::kField, {}, Selector(args[0], offsets[0]).field)});
      case Op::kListContains:
      case Op::kTableHasKey: {
        const int32_t table = Table(args[0], offsets[0]);
        return Make(spec.op, {args[1]}, table);
      }
      case Op::kTableGet: {
        const int32_t table = Table(args[0], offsets[0]);
        if (EqualsIgnoreCase(spec.name, "GetValue")) return Make(spec.op, {compiler_.InternConstant(Value()), args[1]}, table);
        // contextGetValue(table, column, key), GetContextAttribute(table, key, attribute)
        const bool key_first = EqualsIgnoreCase(spec.name, "GetContextAttribute");
        return Make(spec.op, {args[key_first ? 2 : 1], args[key_first ? 1 : 2]}, table);
      }
      case Op::kMatches:
        return MakeMatches(args, offsets);
      case Op::kIn:
        return MakeIn(std::move(args));
      case Op::kContains:
        return MakeContains(std::move(args));
      case Op::kFieldOr:
        return args[2];
      default:
        return Make(spec.op, args);
    }
  }

  ExprId MakeMatches(const Args& args, const std::vector<size_t>& offsets) {
    const Value* pattern = ConstantText(args[1]);
    if (pattern == nullptr) FailAt(offsets[1], "the pattern of matches() must be a text in quotes", {}, "expr-pattern");
    std::string error;
    LinearRegex regex(pattern->text(), &error);
    if (!error.empty()) FailAt(offsets[1], fmt::format("the pattern is not valid: {}", error), {}, "expr-pattern");
    const auto index = static_cast<int32_t>(compiler_.program_.regexes_.size());
    const size_t before = compiler_.program_.size();
    // The pattern's constant stays an argument, so that equal calls are one node.
    const ExprId id = Make(Op::kMatches, args, -2);
    if (compiler_.program_.size() > before) {
      compiler_.program_.regexes_.push_back(std::move(regex));
      compiler_.program_.nodes_[id].data = index;
    }
    return id;
  }

  bool AllConstant(const Args& args) const {
    return std::all_of(args.begin() + 1, args.end(),
                       [&](ExprId id) { return compiler_.program_.node(id).op == Op::kConstant; });
  }

  // A literal list becomes a set of the texts that a value may equal.
  ExprId MakeIn(Args args) {
    if (args.size() < 6 || !AllConstant(args)) return Make(Op::kIn, args);
    Program::TextSet set;
    for (size_t i = 1; i < args.size(); ++i) {
      const Value& value = compiler_.program_.constant(compiler_.program_.node(args[i]));
      if (!value.is_null()) set.insert(value.ToText());
    }
    const size_t before = compiler_.program_.size();
    const ExprId id = Make(Op::kIn, args, -2);
    if (compiler_.program_.size() > before) {
      compiler_.program_.nodes_[id].data = static_cast<int32_t>(compiler_.program_.sets_.size());
      compiler_.program_.sets_.push_back(std::move(set));
    }
    return id;
  }

  ExprId MakeContains(Args args) {
    std::vector<std::string> needles;
    for (size_t i = 1; i < args.size(); ++i) {
      const Value* needle = ConstantText(args[i]);
      if (needle == nullptr) return Make(Op::kContains, args);
      needles.emplace_back(needle->text());
    }
    const size_t before = compiler_.program_.size();
    const ExprId id = Make(Op::kContains, args, -2);
    if (compiler_.program_.size() > before) {
      compiler_.program_.nodes_[id].data = static_cast<int32_t>(compiler_.program_.needles_.size());
      compiler_.program_.needles_.emplace_back(std::move(needles));
    }
    return id;
  }

  Compiler& compiler_;
  Lexer lexer_;
  const Place& place_;
  Diagnostics& faults_;
  Token token_;
  size_t token_offset_ = 0;
  int depth_ = 0;
};

ExprId Compiler::InternConstant(const Value& value) {
  std::string key = fmt::format("c{}:{}", static_cast<int>(value.kind()), value.ToText());
  if (value.kind() == ValueKind::kDouble) key += fmt::format(":{:a}", value.decimal());
  const auto [at, added] = known_.try_emplace(std::move(key), static_cast<ExprId>(program_.nodes_.size()));
  if (!added) return at->second;
  Program::Node node;
  node.data = static_cast<int32_t>(program_.constants_.size());
  Value kept = value;
  if (value.is_text()) {
    program_.texts_.emplace_back(value.text());
    kept = value.kind() == ValueKind::kIp ? Value::Ip(program_.texts_.back()) : Value::String(program_.texts_.back());
  }
  program_.constants_.push_back(kept);
  program_.nodes_.push_back(node);
  return at->second;
}

ExprId Compiler::Intern(Op op, int32_t data, const std::vector<ExprId>& args) {
  std::string key = fmt::format("n{}:{}", static_cast<int>(op), data);
  for (ExprId arg : args) key += fmt::format(",{}", arg);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const auto id = static_cast<ExprId>(program_.nodes_.size());
  Program::Node node;
  node.op = op;
  node.data = data;
  node.arg_count = static_cast<uint16_t>(args.size());
  node.first_arg = static_cast<uint32_t>(program_.args_.size());
  node.model_dependent = op == Op::kVariable || op == Op::kSession ||
                         std::any_of(args.begin(), args.end(), [&](ExprId a) { return program_.nodes_[a].model_dependent; });
  program_.args_.insert(program_.args_.end(), args.begin(), args.end());
  program_.nodes_.push_back(node);
  const bool needs_data = data == -2;  // a set, automaton or pattern follows
  const ExprId result = needs_data ? id : Fold(id);
  known_.emplace(std::move(key), result);
  return result;
}

// Replaces a pure node over constants by its value.
ExprId Compiler::Fold(ExprId id) {
  const Program::Node node = program_.nodes_[id];
  if (!IsPure(node.op)) return id;
  for (size_t i = 0; i < node.arg_count; ++i) {
    if (program_.node(program_.arg(node, i)).op != Op::kConstant) return id;
  }
  const Event nothing;
  Evaluator evaluator(program_, lookups_);
  evaluator.Reset(nothing);
  const Value value = evaluator.Evaluate(id);
  return value.is_list() ? id : InternConstant(value);
}

std::optional<ExprId> Compiler::Compile(std::string_view text, const Place& place, Diagnostics& faults) {
  if (text.size() > kMaxLength) {
    faults.Error(place, "expr-too-long", fmt::format("the expression is longer than {} bytes", kMaxLength));
    return std::nullopt;
  }
  Diagnostics own;
  const std::optional<ExprId> id = [&]() -> std::optional<ExprId> {
    try {
      return ExpressionParser(*this, text, place, own).Parse();
    } catch (const SyntaxError& error) {  // the very first token
      Place at = place;
      if (at.column > 0) at.column += static_cast<int>(error.offset);
      own.Error(at, error.code, error.message, error.hint);
      return std::nullopt;
    }
  }();
  faults.Append(own);
  return id;
}

void Program::ReadBy(ExprId id, std::vector<FieldId>* fields, std::vector<RawId>* raw) const {
  std::set<FieldId> field_set;
  std::set<RawId> raw_set;
  std::set<ExprId> seen;
  std::vector<ExprId> open = {id};
  while (!open.empty()) {
    const ExprId next = open.back();
    open.pop_back();
    if (!seen.insert(next).second) continue;
    const Node& n = nodes_[next];
    if (n.op == Op::kField) field_set.insert(static_cast<FieldId>(n.data));
    if (n.op == Op::kRaw) raw_set.insert(static_cast<RawId>(n.data));
    for (size_t i = 0; i < n.arg_count; ++i) open.push_back(arg(n, i));
  }
  fields->assign(field_set.begin(), field_set.end());
  raw->assign(raw_set.begin(), raw_set.end());
}

}  // namespace vedette
