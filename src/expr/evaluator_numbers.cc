// The evaluator's arithmetic and functions of numbers: whole numbers stay exact, decimals are
// doubles, what is neither is null.
#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "expr/evaluator.h"
#include "expr/magnitude_function.h"
#include "expr/text_functions.h"

namespace vedette {
namespace {

double AsDouble(const Value& v) {
  return v.kind() == ValueKind::kInt ? static_cast<double>(v.integer()) : v.decimal();
}

// Exactly an integer where that is possible.
Value FromDouble(double d) {
  if (!std::isfinite(d)) return {};
  if (std::floor(d) == d && std::fabs(d) < 9e15) return Value::Int(static_cast<int64_t>(d));
  return Value::Double(d);
}

Value Quotient(const Value& a, const Value& b) {
  if (AsDouble(b) == 0) return {};
  if (a.kind() == ValueKind::kInt && b.kind() == ValueKind::kInt) {
    const bool overflows = a.integer() == INT64_MIN && b.integer() == -1;
    if (!overflows && a.integer() % b.integer() == 0) return Value::Int(a.integer() / b.integer());
  }
  return FromDouble(AsDouble(a) / AsDouble(b));
}

Value Remainder(const Value& a, const Value& b) {
  if (AsDouble(b) == 0) return {};
  if (a.kind() != ValueKind::kInt || b.kind() != ValueKind::kInt)
    return FromDouble(std::fmod(AsDouble(a), AsDouble(b)));
  return Value::Int(b.integer() == -1 ? 0 : a.integer() % b.integer());
}

// Exact for whole numbers as long as they fit; else rounded to 40 bits, so that every library's pow
// gives the same.
Value Power(const Value& base, const Value& exponent) {
  if (base.kind() == ValueKind::kInt && exponent.kind() == ValueKind::kInt &&
      exponent.integer() >= 0) {
    int64_t result = 1;
    int64_t factor = base.integer();
    bool fits = true;
    for (int64_t e = exponent.integer(); fits && e > 0; e >>= 1) {
      if (e & 1) fits = !__builtin_mul_overflow(result, factor, &result);
      if (fits && e > 1) fits = !__builtin_mul_overflow(factor, factor, &factor);
    }
    if (fits) return Value::Int(result);
  }
  const double power = std::pow(AsDouble(base), AsDouble(exponent));
  if (!std::isfinite(power)) return {};
  int binary = 0;
  const double fraction = std::frexp(power, &binary);
  return FromDouble(std::ldexp(std::round(std::ldexp(fraction, 40)), binary - 40));
}

Value Apply(Op op, const Value& a, const Value& b) {
  int64_t exact = 0;
  const bool whole = a.kind() == ValueKind::kInt && b.kind() == ValueKind::kInt;
  switch (op) {
    case Op::kAdd:
      if (whole && !__builtin_add_overflow(a.integer(), b.integer(), &exact))
        return Value::Int(exact);
      return FromDouble(AsDouble(a) + AsDouble(b));
    case Op::kSubtract:
      if (whole && !__builtin_sub_overflow(a.integer(), b.integer(), &exact))
        return Value::Int(exact);
      return FromDouble(AsDouble(a) - AsDouble(b));
    case Op::kMultiply:
      if (whole && !__builtin_mul_overflow(a.integer(), b.integer(), &exact))
        return Value::Int(exact);
      return FromDouble(AsDouble(a) * AsDouble(b));
    case Op::kDivide:
      return Quotient(a, b);
    case Op::kModulo:
      return Remainder(a, b);
    default:
      return Power(a, b);
  }
}

bool Less(const Value& a, const Value& b) {
  if (a.kind() == ValueKind::kInt && b.kind() == ValueKind::kInt) return a.integer() < b.integer();
  return AsDouble(a) < AsDouble(b);
}

}  // namespace

Value Evaluator::Arithmetic(const Node& node) {
  Value result;
  for (size_t i = 0; i < node.arg_count; ++i) {
    const Value raw = Arg(node, i);
    const Value number = ToNumber(raw);
    if (number.is_null()) {
      if (!raw.is_null()) ++errors_;
      return {};
    }
    result = i == 0 ? number : Apply(node.op, result, number);
    if (result.is_null()) return {};
  }
  return node.op == Op::kNegate ? Apply(Op::kSubtract, Value::Int(0), result) : result;
}

Value Evaluator::Extreme(const Node& node) {
  Value best;
  for (size_t i = 0; i < node.arg_count; ++i) {
    const Value raw = Arg(node, i);
    const Value number = ToNumber(raw);
    if (number.is_null()) {
      if (!raw.is_null()) ++errors_;
      continue;
    }
    if (best.is_null() || (node.op == Op::kMax ? Less(best, number) : Less(number, best)))
      best = number;
  }
  return best;
}

Value Evaluator::Number(const Node& node) {
  std::string_view text;
  std::string_view part;
  switch (node.op) {
    case Op::kLength:
      return ArgText(node, 0, &text) ? Value::Int(CountCharacters(text)) : Value();
    case Op::kShannon:
      return ArgText(node, 0, &text) ? FromDouble(ShannonBits(text, arena_)) : Value();
    case Op::kHexToInt:
      return ArgText(node, 0, &text) ? ParseHex(text) : Value();
    case Op::kIndexOf: {
      if (!ArgText(node, 0, &text) || !ArgText(node, 1, &part)) return {};
      const size_t at = FindPart(text, part);
      return Value::Int(at == std::string_view::npos ? -1 : CountCharacters(text.substr(0, at)));
    }
    default:
      break;
  }
  const Value raw = Arg(node, 0);
  const Value number = ToNumber(raw);
  if (number.is_null()) {
    if (!raw.is_null() && node.op != Op::kToNumber) ++errors_;
    return {};
  }
  const bool whole = number.kind() == ValueKind::kInt;
  switch (node.op) {
    case Op::kToNumber:
      return number;
    case Op::kAbs:
      return Less(number, Value::Int(0)) ? Apply(Op::kSubtract, Value::Int(0), number) : number;
    case Op::kCeil:
      return whole ? number : FromDouble(std::ceil(number.decimal()));
    case Op::kFloor:
      return whole ? number : FromDouble(std::floor(number.decimal()));
    case Op::kRound:
      return whole ? number : FromDouble(std::round(number.decimal()));
    default:
      return MagnitudeOf(number, Arg(node, 1));
  }
}

bool Evaluator::ArgWhole(const Node& node, size_t i, int64_t* number) {
  const Value raw = Arg(node, i);
  const Value value = ToNumber(raw);
  if (value.is_null()) {
    if (!raw.is_null()) ++errors_;
    return false;
  }
  constexpr double kLimit = 9e18;
  *number = value.kind() == ValueKind::kInt
                ? value.integer()
                : static_cast<int64_t>(std::clamp(value.decimal(), -kLimit, kLimit));
  return true;
}

}  // namespace vedette
