#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/text.h"
#include "expr/evaluator.h"
#include "expr/parser.h"
#include "expr/program.h"

namespace vedette {
namespace {

constexpr size_t kMaxLength = 64 * 1024;
constexpr uint16_t kMostTests = 4096;  // of one field that are remembered: 2 MB

// Ops whose value is not fixed by their arguments alone.
bool AsksOutside(Op op) {
  switch (op) {
    case Op::kConstant:
    case Op::kField:
    case Op::kRaw:
    case Op::kOrigin:
    case Op::kVariable:
    case Op::kSession:
    case Op::kTimeOfWeek:
    case Op::kTimeOfDay:
    case Op::kDayOfWeek:
    case Op::kDayOfMonth:
    case Op::kHour:
    case Op::kIsWeekend:
    case Op::kListContains:
    case Op::kTableGet:
    case Op::kTableHasKey:
    case Op::kEntityAttribute:
    case Op::kEntityHasAttribute:
    case Op::kEntityHasAttributeValue:
    case Op::kLoggedToVpn:
    case Op::kTopDomain:
      return true;
    default:
      return false;
  }
}

// Whether all arguments behind the first are constants: texts, and whole numbers from
// `numbers_from` on.
bool HasConstants(const Program& program, const Program::Node& node, size_t numbers_from) {
  for (size_t i = 1; i < node.arg_count; ++i) {
    const Program::Node& arg = program.node(program.arg(node, i));
    if (arg.op != Op::kConstant) return false;
    const Value& value = program.constant(arg);
    if (i < numbers_from ? !value.is_text() : value.kind() != ValueKind::kInt) return false;
  }
  return true;
}

// What SoleField says of constants, and of what depends on more than a field or is not repeatable.
constexpr FieldId kNoFieldNeeded = kNoField;
constexpr FieldId kManyFields = kNoField - 1;

}  // namespace

Compiler::Compiler(const Schema& schema, RawNames& raw_names, const Lookups& lookups)
    : schema_(schema),
      raw_names_(raw_names),
      lookups_(lookups),
      folder_(std::make_unique<Evaluator>(program_, lookups)) {
  program_.schema_ = &schema;
}
Compiler::~Compiler() = default;

ExprId Compiler::AddNode(const Program::Node& node, Type type, uint16_t depth) {
  program_.nodes_.push_back(node);
  types_.push_back(type);
  depths_.push_back(depth);
  sole_fields_.push_back(SoleField(node));
  return static_cast<ExprId>(program_.nodes_.size() - 1);
}

ExprId Compiler::InternConstant(const Value& value) {
  std::string key = fmt::format("c{}:{}", static_cast<int>(value.kind()), value.ToText());
  if (value.kind() == ValueKind::kDouble) key += fmt::format(":{:a}", value.decimal());
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  Program::Node node;
  node.data = static_cast<int32_t>(program_.constants_.size());
  Value kept = value;
  if (value.is_text()) {
    const std::string& text = program_.texts_.emplace_back(value.text());
    kept = value.kind() == ValueKind::kIp ? Value::Ip(text) : Value::String(text);
  }
  program_.constants_.push_back(kept);
  const Type type = value.is_number() || value.kind() == ValueKind::kTime ? Type::kNumber
                    : value.is_text()                                     ? Type::kText
                    : value.kind() == ValueKind::kBool                    ? Type::kBool
                                                                          : Type::kAny;
  return known_[std::move(key)] = AddNode(node, type, 0);
}

ExprId Compiler::Intern(Op op, int32_t data, const std::vector<ExprId>& args,
                        const std::function<int32_t()>& prepare) {
  std::string key = fmt::format("n{}:{}", static_cast<int>(op), data);
  for (ExprId arg : args) key += fmt::format(",{}", arg);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  Program::Node node;
  node.op = op;
  node.data = prepare ? prepare() : data;
  node.arg_count = static_cast<uint16_t>(args.size());
  node.first_arg = static_cast<uint32_t>(program_.args_.size());
  node.model_dependent = op == Op::kVariable || op == Op::kSession;
  uint16_t depth = 0;
  for (ExprId arg : args) {
    node.model_dependent |= program_.node(arg).model_dependent;
    depth = std::max<uint16_t>(depth, static_cast<uint16_t>(depths_[arg] + 1));
  }
  program_.args_.insert(program_.args_.end(), args.begin(), args.end());
  const ExprId id = AddNode(node, TypeOf(node), depth);
  if (!CanFold(node)) {
    NumberTest(id);
    return known_[std::move(key)] = id;
  }

  static const Event nothing;
  folder_->Reset(nothing);
  const Value value = folder_->Evaluate(id);
  if (value.is_list()) return known_[std::move(key)] = id;
  program_.nodes_.pop_back();
  program_.args_.resize(node.first_arg);
  types_.pop_back();
  depths_.pop_back();
  sole_fields_.pop_back();
  return known_[std::move(key)] = InternConstant(value);
}

// Whether a value depends on the arguments alone, counts nothing and makes no long text, so that
// what it is for a text may be remembered.
bool Compiler::IsRepeatable(const Program::Node& node) const {
  switch (node.op) {
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return false;  // they count what is no number
    case Op::kToLower:
    case Op::kToUpper:
    case Op::kTrim:
    case Op::kExtension:
    case Op::kDomainFromUrl:
    case Op::kTopDomain:
    case Op::kListContains:
      return true;
    case Op::kReplace:
      return HasConstants(program_, node, 3) &&
             program_.constant(program_.node(program_.arg(node, 2))).size() <=
                 program_.constant(program_.node(program_.arg(node, 1))).size();
    case Op::kDrop:
    case Op::kDropRight:
    case Op::kSubstring:
      return HasConstants(program_, node, 1);
    case Op::kChopAfter:
    case Op::kChopBefore:
    case Op::kSplit:
      return HasConstants(program_, node, 2);
    default:
      return TypeOf(node) == Type::kBool && !AsksOutside(node.op);
  }
}

FieldId Compiler::SoleField(const Program::Node& node) const {
  if (node.op == Op::kConstant) return kNoFieldNeeded;
  if (node.op == Op::kField) return static_cast<FieldId>(node.data);
  if (!IsRepeatable(node)) return kManyFields;
  FieldId sole = kNoFieldNeeded;
  for (size_t i = 0; i < node.arg_count; ++i) {
    const ExprId arg = program_.arg(node, i);
    const FieldId needed = sole_fields_[arg];
    // How often a list was asked is counted, so only the question itself may be remembered.
    if (program_.node(arg).op == Op::kListContains) return kManyFields;
    if (needed == kNoFieldNeeded || needed == sole) continue;
    if (sole != kNoFieldNeeded) return kManyFields;
    sole = needed;
  }
  return sole;
}

// Gives a test of one field its number.
void Compiler::NumberTest(ExprId id) {
  Program::Node& node = program_.nodes_[id];
  const FieldId field = sole_fields_[id];
  if (types_[id] != Type::kBool || field >= kMaxFields) return;
  if (program_.tests_of_[field] == kMostTests) return;  // asked anew each time
  node.sole_field = field;
  node.test_number = program_.tests_of_[field]++;
}

bool Compiler::CanFold(const Program::Node& node) const {
  if (AsksOutside(node.op)) return false;
  for (size_t i = 0; i < node.arg_count; ++i) {
    if (program_.node(program_.arg(node, i)).op != Op::kConstant) return false;
  }
  return true;
}

Compiler::Type Compiler::TypeOf(const Program::Node& node) const {
  switch (node.op) {
    case Op::kField:
      switch (schema_.field(static_cast<FieldId>(node.data)).type) {
        case FieldType::kInteger:
        case FieldType::kDecimal:
        case FieldType::kTime:
          return Type::kNumber;
        case FieldType::kBoolean:
          return Type::kBool;
        case FieldType::kList:
          return Type::kList;
        default:
          return Type::kText;
      }
    case Op::kVariable:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
    case Op::kNegate:
    case Op::kPower:
    case Op::kToNumber:
    case Op::kAbs:
    case Op::kCeil:
    case Op::kFloor:
    case Op::kRound:
    case Op::kMax:
    case Op::kMin:
    case Op::kHexToInt:
    case Op::kMagnitude:
    case Op::kLength:
    case Op::kIndexOf:
    case Op::kShannon:
    case Op::kTimeOfWeek:
    case Op::kTimeOfDay:
    case Op::kDayOfWeek:
    case Op::kDayOfMonth:
    case Op::kHour:
      return Type::kNumber;
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
    case Op::kIn:
    case Op::kExists:
    case Op::kIsNull:
    case Op::kStartsWith:
    case Op::kEndsWith:
    case Op::kContains:
    case Op::kContainsAll:
    case Op::kMatches:
    case Op::kIsIp:
    case Op::kIsIpV4:
    case Op::kIsIpV6:
    case Op::kIsAnyLocal:
    case Op::kIsLinkLocal:
    case Op::kIsLoopback:
    case Op::kIsMulticast:
    case Op::kIsPrivate:
    case Op::kInCidr:
    case Op::kIsWeekend:
    case Op::kListContains:
    case Op::kTableHasKey:
    case Op::kEntityHasAttribute:
    case Op::kEntityHasAttributeValue:
    case Op::kLoggedToVpn:
      return Type::kBool;
    case Op::kOrigin:
    case Op::kToString:
    case Op::kTrim:
    case Op::kConcat:
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
    case Op::kDomainFromUrl:
    case Op::kTopDomain:
    case Op::kJoinIfExists:
    case Op::kJoinWith:
    case Op::kJoinPath:
      return Type::kText;
    default:
      return Type::kAny;
  }
}

std::optional<ExprId> Compiler::Compile(std::string_view text, const TextPlaces& places,
                                        Diagnostics& faults) {
  if (text.size() > kMaxLength) {
    faults.Error(places.start(), "expr-too-long",
                 fmt::format("the expression is longer than {} bytes", kMaxLength));
    return std::nullopt;
  }
  return ExpressionParser(*this, text, places, faults).Parse();
}

std::string_view Program::OriginText(Origin origin, const Event& event) const {
  if (origin == Origin::kVendor || origin == Origin::kProduct) {
    if (event.product >= schema_->product_count()) return {};
    const Schema::Product& product = schema_->product(event.product);
    return origin == Origin::kVendor ? product.vendor : product.product;
  }
  if (event.type >= schema_->event_type_count()) return {};
  const Schema::EventType& type = schema_->event_type(event.type);
  return origin == Origin::kEventType ? type.name : type.activity_type;
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
