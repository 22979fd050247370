#include "expr/evaluator.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"

namespace vedette {
namespace {

double AsDouble(const Value& v) {
  return v.kind() == ValueKind::kInt ? static_cast<double>(v.integer()) : v.decimal();
}

// A number to compare with `other`: a text beside a time is read as one.
Value Comparable(const Value& value, const Value& other) {
  if (value.is_text() && other.kind() == ValueKind::kTime) {
    if (const auto time = ParseIso8601(value.text())) return Value::Int(time->ns);
  }
  return ToNumber(value);
}

bool IsEmpty(const Value& value) {
  return value.is_null() || ((value.is_text() || value.is_list()) && value.size() == 0);
}

const Event kNothing;

}  // namespace

Value ToNumber(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kInt:
    case ValueKind::kDouble:
      return value;
    case ValueKind::kTime:
      return Value::Int(value.time().ns);
    case ValueKind::kString:
    case ValueKind::kIp: {
      const std::string_view text = Trim(value.text());
      // Most texts are no numbers, and their first byte says so.
      if (text.empty() || !(IsDigit(text[0]) || text[0] == '-' || text[0] == '+' || text[0] == '.'))
        return {};
      if (const auto whole = ParseInt(text)) return Value::Int(*whole);
      if (const auto decimal = ParseDouble(text); decimal && std::isfinite(*decimal))
        return Value::Double(*decimal);
      return {};
    }
    default:
      return {};
  }
}

bool ValuesEqual(const Value& a, const Value& b) {
  if (a.is_text() && b.is_text()) return a.text() == b.text();
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.is_number() || b.is_number() || a.kind() == ValueKind::kTime ||
      b.kind() == ValueKind::kTime) {
    const Value x = Comparable(a, b);
    const Value y = Comparable(b, a);
    if (x.is_null() || y.is_null()) return false;
    if (x.kind() == ValueKind::kInt && y.kind() == ValueKind::kInt)
      return x.integer() == y.integer();
    return AsDouble(x) == AsDouble(y);
  }
  if (a.kind() == ValueKind::kBool || b.kind() == ValueKind::kBool) {
    const Value& flag = a.kind() == ValueKind::kBool ? a : b;
    const Value& other = a.kind() == ValueKind::kBool ? b : a;
    if (other.kind() == ValueKind::kBool) return flag.boolean() == other.boolean();
    return other.is_text() && EqualsIgnoreCase(other.text(), flag.boolean() ? "true" : "false");
  }
  return a.ToText() == b.ToText();  // a list among them
}

Evaluator::Evaluator(const Program& program, const Lookups& lookups)
    : program_(program),
      lookups_(lookups),
      event_(&kNothing),
      memo_(program.size()),
      stamp_(program.size()),
      texts_(kMaxFields) {}

void Evaluator::Reset(const Event& event) {
  event_ = &event;
  arena_.Reset();
  if (memo_.size() < program_.size()) {
    memo_.resize(program_.size());
    stamp_.resize(program_.size());
  }
  if (++now_ == 0) {
    std::fill(stamp_.begin(), stamp_.end(), 0);
    for (FieldText& text : texts_) text.stamp = 0;
    now_ = 1;
  }
}

bool Evaluator::Truth(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return false;
    case ValueKind::kDouble:
      return value.decimal() != 0;
    case ValueKind::kString:
    case ValueKind::kIp:
      return value.size() > 0 && !EqualsIgnoreCase(value.text(), "false");
    case ValueKind::kList:
      return value.size() > 0;
    default:
      return value.integer() != 0;
  }
}

void Evaluator::LookUp(FieldId field, FieldText& text) {
  text.stamp = now_;
  const Value value = event_->Get(field);
  text.is_known = value.is_text() && value.size() <= kLongestRemembered;
  if (!text.is_known) return;
  const size_t tests = program_.TestsOf(field);
  if (text.verdicts.tests() != tests) text.verdicts = TextVerdicts(tests);
  text.row = text.verdicts.RowOf(HashBytes(value.text(), 0));
}

Value Evaluator::Remembered(ExprId id, const Node& node, FieldText& text) {
  const bool known = text.row.Knows(node.test_number);
  const bool holds = known ? text.row.Holds(node.test_number) : Truth(Dispatch(node));
  if (!known) text.row.Tell(node.test_number, holds);
  if (node.op == Op::kListContains) {
    if (known) CountUse(node.data, holds);
    memo_[id] = Value::Bool(holds);
    stamp_[id] = now_;
  }
  return Value::Bool(holds);
}

Value Evaluator::Compute(ExprId id, const Node& node) {
  if (node.sole_field != kNoField) {
    if (FieldText& text = TextOf(node.sole_field); text.is_known) return Remembered(id, node, text);
  }
  const Value value = Dispatch(node);
  if (!node.model_dependent) {
    memo_[id] = value;
    stamp_[id] = now_;
  }
  return value;
}

Value Evaluator::Dispatch(const Node& node) {
  switch (node.op) {
    case Op::kConstant:
      return program_.constant(node);
    case Op::kField:
      return event_->Get(static_cast<FieldId>(node.data));
    case Op::kRaw:
      return event_->Raw(static_cast<RawId>(node.data));
    case Op::kOrigin: {
      const std::string_view text = program_.OriginText(static_cast<Origin>(node.data), *event_);
      return text.empty() ? Value() : Value::String(text);
    }
    case Op::kVariable:
    case Op::kSession:
      return Model(node);
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
    case Op::kExists:
    case Op::kIsNull:
    case Op::kIf:
      return Logic(node);
    case Op::kFirst:
      return First(node);
    case Op::kFieldOr:
      return FieldOr(node);
    case Op::kIn:
      return In(node);
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return Compare(node);
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
    case Op::kNegate:
    case Op::kPower:
      return Arithmetic(node);
    case Op::kMax:
    case Op::kMin:
      return Extreme(node);
    case Op::kToNumber:
    case Op::kAbs:
    case Op::kCeil:
    case Op::kFloor:
    case Op::kRound:
    case Op::kHexToInt:
    case Op::kMagnitude:
    case Op::kLength:
    case Op::kIndexOf:
    case Op::kShannon:
      return Number(node);
    case Op::kStartsWith:
    case Op::kEndsWith:
    case Op::kContains:
    case Op::kContainsAll:
    case Op::kMatches:
      return TextTest(node);
    case Op::kJoinPath:
      return Path(node);
    case Op::kConcat:
    case Op::kJoinIfExists:
    case Op::kJoinWith:
      return Joined(node);
    case Op::kToString:
    case Op::kToLower:
    case Op::kToUpper:
    case Op::kTrim:
    case Op::kDrop:
    case Op::kDropRight:
    case Op::kSubstring:
    case Op::kChopAfter:
    case Op::kChopBefore:
    case Op::kCommonPrefix:
    case Op::kCommonSuffix:
    case Op::kReplace:
    case Op::kSplit:
    case Op::kFormat:
    case Op::kExtension:
      return Text(node);
    case Op::kIsIp:
    case Op::kIsIpV4:
    case Op::kIsIpV6:
    case Op::kIsAnyLocal:
    case Op::kIsLinkLocal:
    case Op::kIsLoopback:
    case Op::kIsMulticast:
    case Op::kIsPrivate:
    case Op::kInCidr:
      return Address(node);
    case Op::kDomainFromUrl:
    case Op::kTopDomain:
      return Domain(node);
    case Op::kTimeOfWeek:
    case Op::kTimeOfDay:
    case Op::kDayOfWeek:
    case Op::kDayOfMonth:
    case Op::kHour:
    case Op::kIsWeekend:
      return Clock(node);
    case Op::kListContains:
    case Op::kTableGet:
    case Op::kTableHasKey:
      return Table(node);
    case Op::kEntityAttribute:
    case Op::kEntityHasAttribute:
    case Op::kEntityHasAttributeValue:
      return Entity(node);
    case Op::kLoggedToVpn:
      return Value::Bool(false);  // no product that we read reports VPN sessions
  }
  return {};
}

Value Evaluator::Model(const Node& node) {
  if (node.op == Op::kVariable) {
    if (variables_ == nullptr) return {};
    switch (node.data) {
      case 0:
        return variables_->confidence_factor;
      case 1:
        return variables_->num_observations;
      case 2:
        return variables_->percentile_threshold_count;
      default:
        return variables_->percentile_threshold_value;
    }
  }
  if (session_ == nullptr) return {};
  Value* args = arena_.Array<Value>(node.arg_count);
  for (size_t i = 0; i < node.arg_count; ++i) args[i] = Arg(node, i);
  return session_->Call(node.data, {args, node.arg_count});
}

Value Evaluator::Logic(const Node& node) {
  const size_t n = node.arg_count;
  switch (node.op) {
    case Op::kAnd:
      for (size_t i = 0; i < n; ++i) {
        if (!TestArg(node, i)) return Value::Bool(false);
      }
      return Value::Bool(true);
    case Op::kOr:
      for (size_t i = 0; i < n; ++i) {
        if (TestArg(node, i)) return Value::Bool(true);
      }
      return Value::Bool(false);
    case Op::kNot:
      return Value::Bool(!TestArg(node, 0));
    case Op::kExists:
      for (size_t i = 0; i < n; ++i) {
        if (IsEmpty(Arg(node, i))) return Value::Bool(false);
      }
      return Value::Bool(true);
    case Op::kIsNull:
      return Value::Bool(Arg(node, 0).is_null());
    default:  // kIf
      if (TestArg(node, 0)) return Arg(node, 1);
      return n > 2 ? Arg(node, 2) : Value();
  }
}

Value Evaluator::First(const Node& node) {
  for (size_t i = 0; i < node.arg_count; ++i) {
    const Value value = Arg(node, i);
    const bool is_false = value.kind() == ValueKind::kBool && !value.boolean();
    if (!IsEmpty(value) && !is_false && !(value.is_number() && AsDouble(value) == 0)) return value;
  }
  return {};
}

Value Evaluator::FieldOr(const Node& node) {
  const Value field = Arg(node, 0);
  if (!field.is_null()) {
    for (size_t i = 2; i + 1 < node.arg_count; i += 2) {
      if (ValuesEqual(field, Arg(node, i))) return Value::Bool(Truth(Arg(node, i + 1)));
    }
  }
  return Arg(node, 1);
}

Value Evaluator::In(const Node& node) {
  const Value value = Arg(node, 0);
  if (value.is_null()) return Value::Bool(false);
  const auto is_in = [&](const Value& v) {
    if (node.data >= 0) return program_.sets_[static_cast<size_t>(node.data)].Has(v);
    for (size_t i = 1; i < node.arg_count; ++i) {
      const Value other = Arg(node, i);
      if (!other.is_null() && ValuesEqual(v, other)) return true;
    }
    return false;
  };
  if (!value.is_list()) return Value::Bool(is_in(value));
  return Value::Bool(std::any_of(value.items(), value.items() + value.size(), is_in));
}

Value Evaluator::Compare(const Node& node) {
  const Value a = Arg(node, 0);
  const Value b = Arg(node, 1);
  if (node.op == Op::kEqual) return Value::Bool(ValuesEqual(a, b));
  if (node.op == Op::kNotEqual) return Value::Bool(!ValuesEqual(a, b));
  const Value x = Comparable(a, b);
  const Value y = Comparable(b, a);
  if (x.is_null() || y.is_null()) {
    if (!a.is_null() && !b.is_null()) ++errors_;
    return Value::Bool(false);
  }
  int order;
  if (x.kind() == ValueKind::kInt && y.kind() == ValueKind::kInt) {
    order = x.integer() < y.integer() ? -1 : x.integer() > y.integer();
  } else {
    order = AsDouble(x) < AsDouble(y) ? -1 : AsDouble(x) > AsDouble(y);
  }
  switch (node.op) {
    case Op::kLess:
      return Value::Bool(order < 0);
    case Op::kLessEqual:
      return Value::Bool(order <= 0);
    case Op::kGreater:
      return Value::Bool(order > 0);
    default:
      return Value::Bool(order >= 0);
  }
}

}  // namespace vedette
