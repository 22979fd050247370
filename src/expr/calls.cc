// The part of the expression parser that makes nodes: calls with literals to prepare, and warnings
// about types.
#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "core/zone.h"
#include "expr/evaluator.h"
#include "expr/parser.h"

namespace vedette {
namespace {

// What content writes instead of a function over a session or a sequence.
std::string_view InPlaceOf(const FunctionSpec& spec) {
  if (spec.name == "ruleFired") return "a rule names others under 'requires' or 'unless'";
  return StartsWith(spec.name, "sequence")
             ? "a sequence hands its counts on as fields of what it yields"
             : "the verdict 'crossed' counts over the day of whoever bears the points";
}

constexpr size_t kAll = 0;
constexpr size_t kNone = SIZE_MAX;

// From which argument on an op wants numbers.
size_t NumbersFrom(Op op) {
  switch (op) {
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
    case Op::kPower:
    case Op::kAbs:
    case Op::kCeil:
    case Op::kFloor:
    case Op::kRound:
    case Op::kMax:
    case Op::kMin:
    case Op::kMagnitude:
      return kAll;
    case Op::kDrop:
    case Op::kDropRight:
    case Op::kSubstring:
      return 1;
    case Op::kChopAfter:
    case Op::kChopBefore:
    case Op::kSplit:
      return 2;
    default:
      return kNone;
  }
}

std::string Describe(const Value& constant) { return fmt::format("'{}'", constant.ToText()); }

}  // namespace

const Value* ExpressionParser::Constant(ExprId id) const {
  const Program::Node& node = compiler_.program_.node(id);
  return node.op == Op::kConstant ? &compiler_.program_.constant(node) : nullptr;
}

const Value* ExpressionParser::ConstantText(ExprId id) const {
  const Value* value = Constant(id);
  return value != nullptr && value->is_text() ? value : nullptr;
}

bool ExpressionParser::AllConstant(const Args& args, size_t from) const {
  return std::all_of(args.begin() + static_cast<std::ptrdiff_t>(from), args.end(),
                     [&](ExprId id) { return Constant(id) != nullptr; });
}

ExprId ExpressionParser::Make(Op op, const Args& args, int32_t data,
                              const std::function<int32_t()>& prepare) {
  const ExprId id = compiler_.Intern(op, data, args, prepare);
  if (compiler_.depths_[id] > kMaxDepth) {
    Fail(fmt::format("the expression nests deeper than {} levels", kMaxDepth), {}, "expr-too-deep");
  }
  return id;
}

ExprId ExpressionParser::MakeCall(const FunctionSpec& spec, Args args, const Offsets& offsets) {
  CheckNumbers(spec.op, args, offsets);
  switch (spec.op) {
    case Op::kSession:
      WarnAt(offsets[0],
             fmt::format("{}() has nothing to count here and is always null; {}", spec.name,
                         InPlaceOf(spec)),
             "expr-session-function");
      return Make(Op::kSession, args, spec.session);
    case Op::kField:  // EntityId
      return Make(Op::kField, {}, Selector(args[0], offsets[0]).field);
    case Op::kEntityAttribute:
    case Op::kEntityHasAttribute:
    case Op::kEntityHasAttributeValue: {
      const EntitySelector selector = Selector(args[0], offsets[0]);
      args[0] = Make(Op::kField, {}, selector.field);
      return Make(spec.op, args, selector.is_user ? 1 : 0);
    }
    case Op::kLoggedToVpn:
      WarnAt(offsets[0], "no product that is read reports VPN sessions, so this never holds",
             "expr-never");
      return Make(spec.op, {Make(Op::kField, {}, Selector(args[0], offsets[0]).field)});
    case Op::kListContains:
    case Op::kTableHasKey:
      return Make(spec.op, {args[1]}, Table(args[0], offsets[0]));
    case Op::kTableGet:
      return MakeTableGet(spec, args, Table(args[0], offsets[0]));
    case Op::kMatches:
      return MakeMatches(args, offsets);
    case Op::kIn:
      return MakeIn(args, offsets);
    case Op::kContains:
    case Op::kStartsWith:
    case Op::kEndsWith:
      return MakeTextTest(spec.op, args);
    case Op::kFieldOr:
      return args[2];
    case Op::kInCidr:
      return MakeInCidr(args, offsets);
    case Op::kIsIp:
    case Op::kIsIpV4:
    case Op::kIsIpV6:
    case Op::kIsAnyLocal:
    case Op::kIsLinkLocal:
    case Op::kIsLoopback:
    case Op::kIsMulticast:
    case Op::kIsPrivate:
      CheckAddress(args[0], offsets[0]);
      return Make(spec.op, args);
    case Op::kTimeOfDay:
    case Op::kDayOfWeek:
    case Op::kDayOfMonth:
    case Op::kHour:
    case Op::kIsWeekend:
      return MakeClock(spec.op, args, offsets);
    default:
      return Make(spec.op, args);
  }
}

EntitySelector ExpressionParser::Selector(ExprId id, size_t offset) {
  const Value* text = ConstantText(id);
  const auto selector =
      text == nullptr ? std::nullopt : ParseSelector(text->text(), compiler_.schema_);
  if (!selector)
    FailAt(offset, "this is no entity selector", "such as 'type: User && direction: Source'",
           "expr-selector");
  return *selector;
}

int32_t ExpressionParser::Table(ExprId id, size_t offset) {
  const Value* text = ConstantText(id);
  if (text == nullptr)
    FailAt(offset, "the name of a list or table must be a text in quotes", {}, "expr-table");
  const int table = compiler_.lookups_.FindTable(text->text());
  if (table < 0)
    WarnAt(offset,
           fmt::format("there is no list or table '{}'; asking it is always false", text->text()),
           "unknown-table");
  return table;
}

// Arguments of the node: column, key.
ExprId ExpressionParser::MakeTableGet(const FunctionSpec& spec, const Args& args, int32_t table) {
  if (spec.name == "GetValue")
    return Make(spec.op, {compiler_.InternConstant(Value()), args[1]}, table);
  const bool key_first =
      spec.name ==
      "GetContextAttribute";  // (table, key, column); contextGetValue: (table, column, key)
  return Make(spec.op, {args[key_first ? 2 : 1], args[key_first ? 1 : 2]}, table);
}

ExprId ExpressionParser::MakeMatches(const Args& args, const Offsets& offsets) {
  const Value* pattern = ConstantText(args[1]);
  if (pattern == nullptr)
    FailAt(offsets[1], "the pattern of matches() must be a text in quotes", {}, "expr-pattern");
  // The pattern stays an argument, so that equal calls are one node.
  return Make(Op::kMatches, args, -1, [&] {
    std::string error;
    LinearRegex regex(pattern->text(), &error);
    if (!error.empty())
      FailAt(offsets[1], fmt::format("the pattern is not valid: {}", error), {}, "expr-pattern");
    compiler_.program_.regexes_.push_back(std::move(regex));
    return static_cast<int32_t>(compiler_.program_.regexes_.size() - 1);
  });
}

ExprId ExpressionParser::MakeIn(const Args& args, const Offsets& offsets) {
  for (size_t i = 1; i < args.size(); ++i) CheckEqual(args[0], args[i], offsets[i]);
  if (!AllConstant(args, 1)) return Make(Op::kIn, args);
  return Make(Op::kIn, args, -1, [&] {
    std::vector<Value> literals;
    for (size_t i = 1; i < args.size(); ++i) literals.push_back(*Constant(args[i]));
    compiler_.program_.sets_.emplace_back(literals);
    return static_cast<int32_t>(compiler_.program_.sets_.size() - 1);
  });
}

// contains, startsWith, endsWith, and their "any" forms.
ExprId ExpressionParser::MakeTextTest(Op op, const Args& args) {
  if (!AllConstant(args, 1)) return Make(op, args);
  return Make(op, args, -1, [&] {
    Program& program = compiler_.program_;
    std::vector<std::string> literals;
    for (size_t i = 1; i < args.size(); ++i) {
      const Value& value = *Constant(args[i]);
      if (!value.is_null()) literals.push_back(value.ToText());
    }
    if (op == Op::kContains) {
      program.needles_.emplace_back(std::move(literals));
      return static_cast<int32_t>(program.needles_.size() - 1);
    }
    program.affixes_.emplace_back(std::move(literals),
                                  op == Op::kStartsWith ? AffixSet::kStart : AffixSet::kEnd);
    return static_cast<int32_t>(program.affixes_.size() - 1);
  });
}

ExprId ExpressionParser::MakeInCidr(const Args& args, const Offsets& offsets) {
  CheckAddress(args[0], offsets[0]);
  if (!AllConstant(args, 1)) return Make(Op::kInCidr, args);
  return Make(Op::kInCidr, args, -1, [&] {
    std::vector<Cidr> networks;
    for (size_t i = 1; i < args.size(); ++i) {
      const Value& value = *Constant(args[i]);
      const auto cidr = ParseCidr(value.ToText());
      if (!cidr)
        FailAt(offsets[i], fmt::format("{} is no network", Describe(value)),
               "such as '10.0.0.0/8' or '2001:db8::/32'", "expr-network");
      networks.push_back(*cidr);
    }
    compiler_.program_.networks_.push_back(std::move(networks));
    return static_cast<int32_t>(compiler_.program_.networks_.size() - 1);
  });
}

ExprId ExpressionParser::MakeClock(Op op, const Args& args, const Offsets& offsets) {
  if (args.empty() || Constant(args[0]) == nullptr) return Make(op, args);
  return Make(op, args, -1, [&] {
    const Value& name = *Constant(args[0]);
    const Zone* zone = name.is_text() ? Zone::Find(name.text()) : nullptr;
    if (zone == nullptr)
      FailAt(offsets[0], fmt::format("there is no time zone {}", Describe(name)),
             "such as 'Europe/Berlin'", "expr-zone");
    compiler_.program_.zones_.push_back(zone);
    return static_cast<int32_t>(compiler_.program_.zones_.size() - 1);
  });
}

void ExpressionParser::CheckNumbers(Op op, const Args& args, const Offsets& offsets) {
  for (size_t i = NumbersFrom(op); i < args.size(); ++i) CheckNumber(args[i], offsets[i]);
}

void ExpressionParser::CheckNumber(ExprId id, size_t offset) {
  const Value* constant = Constant(id);
  if (constant != nullptr) {
    const bool fits = constant->is_null() || !ToNumber(*constant).is_null() ||
                      (constant->is_text() && ParseIso8601(constant->text()));
    if (!fits) WarnAt(offset, fmt::format("{} is no number", Describe(*constant)), "expr-type");
    return;
  }
  const Type type = compiler_.types_[id];
  if (type == Type::kBool)
    WarnAt(offset, "a number is expected here, and this is true or false", "expr-type");
  if (type == Type::kList)
    WarnAt(offset, "a number is expected here, and this is a list", "expr-type");
}

void ExpressionParser::CheckAddress(ExprId id, size_t offset) {
  const Type type = compiler_.types_[id];
  if (type == Type::kNumber || type == Type::kBool || type == Type::kList)
    WarnAt(offset, "this is never an address", "expr-type");
}

void ExpressionParser::CheckEqual(ExprId a, ExprId b, size_t offset) {
  const Value* constant = Constant(b);
  if (constant == nullptr) std::swap(a, b);
  constant = Constant(b);
  const Type type = compiler_.types_[a];
  if (constant == nullptr || constant->is_null() || Constant(a) != nullptr) return;
  const bool is_time = constant->is_text() && ParseIso8601(constant->text());
  if (type == Type::kNumber && ToNumber(*constant).is_null() && !is_time) {
    WarnAt(offset, fmt::format("a number is never equal to {}", Describe(*constant)), "expr-type");
  } else if (type == Type::kBool && !ValuesEqual(Value::Bool(true), *constant) &&
             !ValuesEqual(Value::Bool(false), *constant)) {
    WarnAt(offset, fmt::format("what is true or false is never equal to {}", Describe(*constant)),
           "expr-type");
  }
}

}  // namespace vedette
