#include "expr/evaluator.h"

#include <algorithm>
#include <cmath>

#include "core/ip.h"
#include "core/text.h"
#include "expr/text_functions.h"
#include "expr/magnitude_function.h"

namespace vedette {
namespace {

double AsDouble(const Value& v) { return v.kind() == ValueKind::kInt ? static_cast<double>(v.integer()) : v.decimal(); }

// Exactly an integer where that is possible.
Value FromDouble(double d) {
  if (!std::isfinite(d)) return {};
  if (std::floor(d) == d && std::fabs(d) < 9e15) return Value::Int(static_cast<int64_t>(d));
  return Value::Double(d);
}

}  // namespace

Value ToNumber(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kInt:
    case ValueKind::kDouble: return value;
    case ValueKind::kTime: return Value::Int(value.time().ns);
    case ValueKind::kString:
    case ValueKind::kIp: {
      const std::string_view text = Trim(value.text());
      if (const auto whole = ParseInt(text)) return Value::Int(*whole);
      if (const auto decimal = ParseDouble(text); decimal && std::isfinite(*decimal)) return Value::Double(*decimal);
      return {};
    }
    default: return {};
  }
}

bool ValuesEqual(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.is_text() && b.is_text()) return a.text() == b.text();
  if (a.is_number() || b.is_number()) {
    const Value x = ToNumber(a);
    const Value y = ToNumber(b);
    if (x.is_null() || y.is_null()) return false;
    if (x.kind() == ValueKind::kInt && y.kind() == ValueKind::kInt) return x.integer() == y.integer();
    return AsDouble(x) == AsDouble(y);
  }
  if (a.kind() == ValueKind::kBool || b.kind() == ValueKind::kBool) {
    const Value& flag = a.kind() == ValueKind::kBool ? a : b;
    const Value& other = a.kind() == ValueKind::kBool ? b : a;
    if (other.kind() == ValueKind::kBool) return flag.boolean() == other.boolean();
    return other.is_text() && EqualsIgnoreCase(other.text(), flag.boolean() ? "true" : "false");
  }
  if (a.kind() == b.kind()) return a == b;
  return a.ToText() == b.ToText();
}

Evaluator::Evaluator(const Program& program, const Lookups& lookups)
    : program_(program), lookups_(lookups), memo_(program.size()), stamp_(program.size()) {}

void Evaluator::Reset(const Event& event) {
  event_ = &event;
  arena_.Reset();
  if (memo_.size() < program_.size()) {
    memo_.resize(program_.size());
    stamp_.resize(program_.size());
  }
  if (++now_ == 0) {
    std::fill(stamp_.begin(), stamp_.end(), 0);
    now_ = 1;
  }
}

bool Evaluator::Truth(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull: return false;
    case ValueKind::kDouble: return value.decimal() != 0;
    case ValueKind::kString:
    case ValueKind::kIp: return value.size() > 0 && !EqualsIgnoreCase(value.text(), "false");
    case ValueKind::kList: return value.size() > 0;
    default: return value.integer() != 0;
  }
}

Value Evaluator::Evaluate(ExprId id) {
  const Node& node = program_.node(id);
  switch (node.op) {
    case Op::kConstant: return program_.constant(node);
    case Op::kField: return event_->Get(static_cast<FieldId>(node.data));
    default: break;
  }
  if (node.model_dependent) return Compute(node);
  if (stamp_[id] == now_) return memo_[id];
  const Value value = Compute(node);
  memo_[id] = value;
  stamp_[id] = now_;
  return value;
}

Value Evaluator::Compute(const Node& node) {
  switch (node.op) {
    case Op::kRaw: return event_->Raw(static_cast<RawId>(node.data));
    case Op::kVariable:
      if (variables_ == nullptr) return {};
      switch (node.data) {
        case 0: return variables_->confidence_factor;
        case 1: return variables_->num_observations;
        case 2: return variables_->percentile_threshold_count;
        default: return variables_->percentile_threshold_value;
      }
    case Op::kSession: {
      if (session_ == nullptr) return {};
      Value* args = arena_.Array<Value>(node.arg_count);
      for (size_t i = 0; i < node.arg_count; ++i) args[i] = Arg(node, i);
      return session_->Call(node.data, {args, node.arg_count});
    }
    case Op::kAnd: case Op::kOr: case Op::kNot: case Op::kExists: case Op::kIsNull: case Op::kIf: case Op::kFirst:
      return Logic(node);
    case Op::kFieldOr: return FieldOr(node);
    case Op::kIn: return In(node);
    case Op::kEqual: case Op::kNotEqual: case Op::kLess: case Op::kLessEqual: case Op::kGreater: case Op::kGreaterEqual:
      return Compare(node);
    case Op::kAdd: case Op::kSubtract: case Op::kMultiply: case Op::kDivide: case Op::kModulo: case Op::kNegate: case Op::kPower:
      return Arithmetic(node);
    case Op::kToNumber: case Op::kAbs: case Op::kCeil: case Op::kFloor: case Op::kRound: case Op::kMax: case Op::kMin:
    case Op::kHexToInt: case Op::kMagnitude: case Op::kLength: case Op::kIndexOf: case Op::kShannon:
      return Number(node);
    case Op::kStartsWith: case Op::kEndsWith: case Op::kContains: case Op::kContainsAll: case Op::kMatches:
      return TextTest(node);
    case Op::kIsIp: case Op::kIsIpV4: case Op::kIsIpV6: case Op::kIsAnyLocal: case Op::kIsLinkLocal: case Op::kIsLoopback:
    case Op::kIsMulticast: case Op::kIsPrivate: case Op::kInCidr: case Op::kDomainFromUrl: case Op::kTopDomain:
      return Network(node);
    case Op::kTimeOfWeek: case Op::kTimeOfDay: case Op::kDayOfWeek: case Op::kDayOfMonth: case Op::kHour: case Op::kIsWeekend:
      return Clock(node);
    case Op::kListContains: case Op::kTableGet: case Op::kTableHasKey: case Op::kEntityAttribute: case Op::kEntityHasAttribute:
    case Op::kEntityHasAttributeValue: case Op::kLoggedToVpn:
      return Context(node);
    default: return Text(node);
  }
}

Value Evaluator::Logic(const Node& node) {
  const size_t n = node.arg_count;
  switch (node.op) {
    case Op::kAnd:
      for (size_t i = 0; i < n; ++i) {
        if (!Truth(Arg(node, i))) return Value::Bool(false);
      }
      return Value::Bool(true);
    case Op::kOr:
      for (size_t i = 0; i < n; ++i) {
        if (Truth(Arg(node, i))) return Value::Bool(true);
      }
      return Value::Bool(false);
    case Op::kNot: return Value::Bool(!Truth(Arg(node, 0)));
    case Op::kExists:
      for (size_t i = 0; i < n; ++i) {
        const Value value = Arg(node, i);
        if (value.is_null() || ((value.is_text() || value.is_list()) && value.size() == 0)) return Value::Bool(false);
      }
      return Value::Bool(true);
    case Op::kIsNull: return Value::Bool(Arg(node, 0).is_null());
    case Op::kIf:
      if (Truth(Arg(node, 0))) return Arg(node, 1);
      return n > 2 ? Arg(node, 2) : Value();
    default:  // kFirst
      for (size_t i = 0; i < n; ++i) {
        const Value value = Arg(node, i);
        const bool empty = value.is_null() || (value.is_text() && value.size() == 0) || (value.is_list() && value.size() == 0) ||
                           (value.kind() == ValueKind::kBool && !value.boolean()) ||
                           (value.is_number() && AsDouble(value) == 0);
        if (!empty) return value;
      }
      return {};
  }
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
    if (node.data >= 0) {
      const Program::TextSet& set = program_.sets_[static_cast<size_t>(node.data)];
      // Set look-up by view would need a transparent hash; texts of interest are short.
      return set.contains(std::string(AsText(v)));
    }
    for (size_t i = 1; i < node.arg_count; ++i) {
      if (ValuesEqual(v, Arg(node, i))) return true;
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
  const Value x = ToNumber(a);
  const Value y = ToNumber(b);
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
    case Op::kLess: return Value::Bool(order < 0);
    case Op::kLessEqual: return Value::Bool(order <= 0);
    case Op::kGreater: return Value::Bool(order > 0);
    default: return Value::Bool(order >= 0);
  }
}

Value Evaluator::Arithmetic(const Node& node) {
  Value sum;
  for (size_t i = 0; i < node.arg_count; ++i) {
    const Value raw = Arg(node, i);
    const Value number = ToNumber(raw);
    if (number.is_null()) {
      if (!raw.is_null()) ++errors_;
      return {};
    }
    if (i == 0) {
      sum = number;
      continue;
    }
    const bool whole = sum.kind() == ValueKind::kInt && number.kind() == ValueKind::kInt;
    const int64_t x = whole ? sum.integer() : 0;
    const int64_t y = whole ? number.integer() : 0;
    const double dx = AsDouble(sum);
    const double dy = AsDouble(number);
    int64_t exact = 0;
    switch (node.op) {
      case Op::kAdd: sum = whole && !__builtin_add_overflow(x, y, &exact) ? Value::Int(exact) : FromDouble(dx + dy); break;
      case Op::kSubtract: sum = whole && !__builtin_sub_overflow(x, y, &exact) ? Value::Int(exact) : FromDouble(dx - dy); break;
      case Op::kMultiply: sum = whole && !__builtin_mul_overflow(x, y, &exact) ? Value::Int(exact) : FromDouble(dx * dy); break;
      case Op::kDivide:
        if (dy == 0) return {};
        sum = whole && y != -1 && x % y == 0 ? Value::Int(x / y) : FromDouble(dx / dy);
        break;
      case Op::kModulo:
        if (dy == 0) return {};
        sum = whole ? Value::Int(y == -1 ? 0 : x % y) : FromDouble(std::fmod(dx, dy));
        break;
      default: sum = FromDouble(std::pow(dx, dy)); break;
    }
    if (sum.is_null()) return {};
  }
  if (node.op != Op::kNegate) return sum;
  if (sum.kind() == ValueKind::kInt && sum.integer() != INT64_MIN) return Value::Int(-sum.integer());
  return FromDouble(-AsDouble(sum));
}

Value Evaluator::Number(const Node& node) {
  if (node.op == Op::kMax || node.op == Op::kMin) {
    Value best;
    for (size_t i = 0; i < node.arg_count; ++i) {
      const Value number = ToNumber(Arg(node, i));
      if (number.is_null()) continue;
      const bool better = best.is_null() || (node.op == Op::kMax ? AsDouble(number) > AsDouble(best) : AsDouble(number) < AsDouble(best));
      if (better) best = number;
    }
    return best;
  }
  std::string_view text;
  std::string_view part;
  switch (node.op) {
    case Op::kLength: return ArgText(node, 0, &text) ? Value::Int(CountCharacters(text)) : Value();
    case Op::kShannon: return ArgText(node, 0, &text) ? FromDouble(ShannonBits(text)) : Value();
    case Op::kHexToInt: return ArgText(node, 0, &text) ? ParseHex(text) : Value();
    case Op::kIndexOf: {
      if (!ArgText(node, 0, &text) || !ArgText(node, 1, &part)) return {};
      const size_t at = text.find(part);
      return Value::Int(at == std::string_view::npos ? -1 : CountCharacters(text.substr(0, at)));
    }
    default: break;
  }
  const Value raw = Arg(node, 0);
  const Value number = ToNumber(raw);
  if (number.is_null()) {
    if (!raw.is_null() && node.op != Op::kToNumber) ++errors_;
    return {};
  }
  const bool whole = number.kind() == ValueKind::kInt;
  switch (node.op) {
    case Op::kToNumber: return number;
    case Op::kAbs:
      if (whole && number.integer() != INT64_MIN) return Value::Int(std::abs(number.integer()));
      return FromDouble(std::fabs(AsDouble(number)));
    case Op::kCeil: return whole ? number : FromDouble(std::ceil(number.decimal()));
    case Op::kFloor: return whole ? number : FromDouble(std::floor(number.decimal()));
    case Op::kRound: return whole ? number : FromDouble(std::round(number.decimal()));
    default: return MagnitudeOf(number, Arg(node, 1));
  }
}

bool Evaluator::ArgText(const Node& node, size_t i, std::string_view* text) {
  const Value value = Arg(node, i);
  if (value.is_null()) return false;
  *text = AsText(value);
  return true;
}

std::string_view Evaluator::AsText(const Value& value) {
  return value.is_text() ? value.text() : arena_.Copy(value.ToText());
}

Value Evaluator::ChangeCase(const Value& value, bool lower) {
  const std::string_view text = AsText(value);
  const bool changes = std::any_of(text.begin(), text.end(), [&](char c) {
    return (c & 0x80) || (lower ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z');
  });
  if (!changes) return Value::String(text);
  if (!IsAscii(text)) return Keep(lower ? ToLower(text) : ToUpper(text));
  char* out = static_cast<char*>(arena_.Allocate(text.size(), 1));
  std::transform(text.begin(), text.end(), out, lower ? ToLowerAscii : ToUpperAscii);
  return Value::String({out, text.size()});
}

Value Evaluator::MapList(const Value& list, Value (Evaluator::*map)(const Value&)) {
  Value* items = arena_.Array<Value>(list.size());
  for (uint32_t i = 0; i < list.size(); ++i) items[i] = (this->*map)(list.items()[i]);
  return Value::List(items, list.size());
}

Value Evaluator::ExtensionOf(const Value& value) {
  if (value.is_list()) return MapList(value, &Evaluator::ExtensionOf);
  const std::string_view extension = FileExtension(AsText(value));
  return extension.empty() ? Value() : ChangeCase(Value::String(extension), true);
}

Value Evaluator::Text(const Node& node) {
  if (node.op == Op::kConcat || node.op == Op::kJoinIfExists) {
    std::string out;
    bool any = false;
    for (size_t i = 0; i < node.arg_count; ++i) {
      const Value value = Arg(node, i);
      if (value.is_null()) continue;
      if (any && node.op == Op::kJoinIfExists) out += '|';
      out += AsText(value);
      any = true;
    }
    return any || node.op == Op::kConcat ? Keep(std::move(out)) : Value();
  }
  const Value first = Arg(node, 0);
  if (first.is_null()) return {};
  if (node.op == Op::kExtension) return ExtensionOf(first);
  if (first.is_list() && (node.op == Op::kToLower || node.op == Op::kToUpper)) {
    Value* items = arena_.Array<Value>(first.size());
    for (uint32_t i = 0; i < first.size(); ++i) items[i] = ChangeCase(first.items()[i], node.op == Op::kToLower);
    return Value::List(items, first.size());
  }
  const std::string_view text = AsText(first);
  const auto number = [&](size_t i, int64_t* out) {
    const Value value = ToNumber(Arg(node, i));
    if (value.is_null()) return false;
    *out = static_cast<int64_t>(AsDouble(value));
    return true;
  };
  int64_t n = 0;
  int64_t m = 0;
  std::string_view a;
  std::string_view b;
  switch (node.op) {
    case Op::kToString: return Value::String(text);
    case Op::kToLower: return ChangeCase(first, true);
    case Op::kToUpper: return ChangeCase(first, false);
    case Op::kTrim: return Value::String(Trim(text));
    case Op::kDrop: return number(1, &n) ? Value::String(DropCharacters(text, n)) : Value();
    case Op::kDropRight: return number(1, &n) ? Value::String(DropRightCharacters(text, n)) : Value();
    case Op::kSubstring: return number(1, &n) && number(2, &m) ? Value::String(SubCharacters(text, n, m)) : Value();
    case Op::kChopAfter: return ArgText(node, 1, &a) && number(2, &n) ? Value::String(ChopAfter(text, a, n)) : Value();
    case Op::kChopBefore: return ArgText(node, 1, &a) && number(2, &n) ? Value::String(ChopBefore(text, a, n)) : Value();
    case Op::kReplace: return ArgText(node, 1, &a) && ArgText(node, 2, &b) ? Keep(ReplaceAll(text, a, b)) : Value();
    case Op::kSplit: {
      if (!ArgText(node, 1, &a) || !number(2, &n)) return {};
      const auto part = SplitPart(text, a, n);
      return part ? Value::String(*part) : Value();
    }
    case Op::kCommonPrefix:
    case Op::kCommonSuffix: {
      std::string_view common = text;
      for (size_t i = 1; i < node.arg_count; ++i) {
        if (!ArgText(node, i, &a)) return {};
        common = node.op == Op::kCommonPrefix ? CommonPrefix(common, a) : CommonSuffix(common, a);
      }
      return Value::String(common);
    }
    case Op::kFormat: {
      Value* args = arena_.Array<Value>(node.arg_count);
      for (size_t i = 1; i < node.arg_count; ++i) args[i - 1] = Arg(node, i);
      return Keep(FormatValues(text, {args, static_cast<size_t>(node.arg_count - 1)}));
    }
    default: return {};
  }
}

// Tests of texts: null is false; of a list, whether any item passes.
Value Evaluator::TextTest(const Node& node) {
  const Value subject = Arg(node, 0);
  if (subject.is_null()) return Value::Bool(false);
  const auto passes_one = [&](std::string_view text) {
    if (node.op == Op::kMatches) return program_.regexes_[static_cast<size_t>(node.data)].FoundIn(text);
    if (node.op == Op::kContains && node.data >= 0) return program_.needles_[static_cast<size_t>(node.data)].FoundIn(text);
    for (size_t i = 1; i < node.arg_count; ++i) {
      std::string_view part;
      const bool known = ArgText(node, i, &part);
      bool hit = false;
      if (known) {
        switch (node.op) {
          case Op::kStartsWith: hit = StartsWith(text, part); break;
          case Op::kEndsWith: hit = EndsWith(text, part); break;
          default: hit = text.find(part) != std::string_view::npos; break;
        }
      }
      if (node.op == Op::kContainsAll) {
        if (!hit) return false;
      } else if (hit) {
        return true;
      }
    }
    return node.op == Op::kContainsAll;
  };
  if (!subject.is_list()) return Value::Bool(passes_one(AsText(subject)));
  for (uint32_t i = 0; i < subject.size(); ++i) {
    if (passes_one(AsText(subject.items()[i]))) return Value::Bool(true);
  }
  return Value::Bool(false);
}

Value Evaluator::Network(const Node& node) {
  std::string_view text;
  const bool known = ArgText(node, 0, &text);
  if (node.op == Op::kDomainFromUrl || node.op == Op::kTopDomain) {
    if (!known) return {};
    const std::string_view domain = node.op == Op::kTopDomain ? lookups_.TopDomain(text) : UrlHost(text);
    return domain.empty() ? Value() : Value::String(domain);
  }
  const auto ip = known ? ParseIp(text) : std::nullopt;
  if (!ip) return Value::Bool(false);
  switch (node.op) {
    case Op::kIsIp: return Value::Bool(true);
    case Op::kIsIpV4: return Value::Bool(text.find(':') == std::string_view::npos);
    case Op::kIsIpV6: return Value::Bool(text.find(':') != std::string_view::npos);
    case Op::kIsAnyLocal: return Value::Bool(ip->IsUnspecified());
    case Op::kIsLinkLocal: return Value::Bool(ip->IsLinkLocal());
    case Op::kIsLoopback: return Value::Bool(ip->IsLoopback());
    case Op::kIsMulticast: return Value::Bool(ip->IsMulticast());
    case Op::kIsPrivate: return Value::Bool(ip->IsPrivate());
    default:
      for (size_t i = 1; i < node.arg_count; ++i) {
        std::string_view network;
        if (!ArgText(node, i, &network)) continue;
        const auto cidr = ParseCidr(network);
        if (cidr && cidr->Contains(*ip)) return Value::Bool(true);
      }
      return Value::Bool(false);
  }
}

Value Evaluator::Clock(const Node& node) {
  const Zone* zone = nullptr;
  if (node.arg_count > 0) {
    std::string_view name;
    if (ArgText(node, 0, &name)) zone = Zone::Find(name);
    if (zone == nullptr) return {};
  } else {
    zone = lookups_.ZoneOf(*event_);
  }
  const Timestamp local = zone->ToLocal(event_->time);
  const int64_t days = local.days();
  const int64_t day_of_week = ((days + 3) % 7 + 7) % 7;  // 0 is Monday
  const int64_t second = local.seconds() - days * 86'400;
  switch (node.op) {
    case Op::kTimeOfWeek: return Value::Int(day_of_week * 24 + second / 3600);
    case Op::kTimeOfDay: return Value::Int(second);
    case Op::kDayOfWeek: return Value::Int(day_of_week + 1);
    case Op::kDayOfMonth: return Value::Int(CivilFromDays(days).day);
    case Op::kHour: return Value::Int(second / 3600);
    default: return Value::Bool(day_of_week >= 5);
  }
}

void Evaluator::CountUse(int table, bool found) {
  if (table < 0) return;
  const auto index = static_cast<size_t>(table);
  if (index >= table_use_.size()) table_use_.resize(index + 1);
  ++table_use_[index].asked;
  table_use_[index].found += found;
}

Value Evaluator::Context(const Node& node) {
  const int table = node.data;
  switch (node.op) {
    case Op::kListContains: {
      const Value value = Arg(node, 0);
      if (value.is_null()) return Value::Bool(false);
      bool found = false;
      if (value.is_list()) {
        for (uint32_t i = 0; i < value.size() && !found; ++i) found = lookups_.ListContains(table, AsText(value.items()[i]));
      } else {
        found = lookups_.ListContains(table, AsText(value));
      }
      CountUse(table, found);
      return Value::Bool(found);
    }
    case Op::kTableHasKey: {
      std::string_view key;
      const bool found = ArgText(node, 0, &key) && lookups_.TableHasKey(table, key);
      CountUse(table, found);
      return Value::Bool(found);
    }
    case Op::kTableGet: {
      std::string_view column;
      std::string_view key;
      if (!ArgText(node, 1, &key)) return {};
      ArgText(node, 0, &column);
      const Value cell = lookups_.TableValue(table, column, key);
      CountUse(table, !cell.is_null());
      return cell;
    }
    case Op::kLoggedToVpn: return Value::Bool(false);  // no product that we read reports VPN sessions
    default: break;
  }
  std::string_view entity;
  std::string_view attribute;
  Value cell;
  if (ArgText(node, 0, &entity) && ArgText(node, 1, &attribute)) {
    cell = lookups_.EntityAttribute(node.data == 1, entity, attribute);
  }
  if (node.op == Op::kEntityAttribute) return cell;
  if (node.op == Op::kEntityHasAttribute) return Value::Bool(cell.is_text() && cell.size() > 0);
  std::string_view wanted;
  if (!cell.is_text() || !ArgText(node, 2, &wanted)) return Value::Bool(false);
  std::string_view option;
  const bool any_case = node.arg_count > 3 && ArgText(node, 3, &option) &&
                        (EqualsIgnoreCase(option, "insensitive") || EqualsIgnoreCase(option, "caseInsensitive"));
  return Value::Bool(any_case ? EqualsIgnoreCase(cell.text(), wanted) : cell.text() == wanted);
}

}  // namespace vedette
