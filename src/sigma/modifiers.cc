#include "sigma/modifiers.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "sigma/operand.h"
#include "sigma/regex_text.h"
#include "sigma/scalar.h"

namespace vedette::sigma {
namespace {

using Type = Operand::Type;

// "field|a|b|all" taken apart.
struct ItemKey {
  std::string_view field;                   // empty for keywords
  std::vector<std::string_view> modifiers;  // those of single values, in order
  std::string_view modifiers_text;          // as written
  bool all = false;
  bool neq = false;
  bool exists = false;

  bool keyword() const { return field.empty(); }
  bool Has(std::string_view modifier) const {
    return std::find(modifiers.begin(), modifiers.end(), modifier) != modifiers.end();
  }
};

Result<ItemKey> ReadKey(std::string_view key, const Place& place) {
  ItemKey item;
  const size_t bar = key.find('|');
  item.field = key.substr(0, bar);
  if (bar == std::string_view::npos) return item;
  item.modifiers_text = key.substr(bar + 1);
  std::string_view rest = item.modifiers_text;
  size_t count = 0;
  while (true) {
    const size_t end = rest.find('|');
    const std::string_view name = rest.substr(0, end);
    ++count;
    if (name == "all") {
      item.all = true;
    } else if (name == "neq") {
      item.neq = true;
    } else if (name == "exists") {
      item.exists = true;
    } else if (FindModifier(name) == nullptr) {
      const std::string guess = DidYouMean(name, ModifierNames());
      return Fail(
          "sigma-modifier-unknown",
          fmt::format("there is no modifier '{}'{}{}", name, guess.empty() ? "" : "; ", guess),
          place);
    } else {
      item.modifiers.push_back(name);
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (item.exists && (count > 1 || item.keyword()))
    return Fail("sigma-modifier-exists",
                "'exists' is for a field, and the only modifier of its item", place);
  return item;
}

Test MakeTest(TestKind kind, const Operand& operand, const ItemKey& key,
              const ItemContext& context) {
  Test test;
  test.kind = kind;
  test.field = key.keyword() ? kEveryValue : context.fields.Intern(key.field);
  test.written = operand.scalar.text;
  test.modifiers = std::string(key.modifiers_text);
  return test;
}

NodeId TextTests(const Operand& operand, const ItemKey& key, const ItemContext& context) {
  std::vector<NodeId> alternatives;
  for (const Pattern& pattern : operand.patterns) {
    Test test = MakeTest(TestKind::kText, operand, key, context);
    test.pattern = pattern;
    test.cased = operand.cased;
    // A keyword stands anywhere in a value unless it says where.
    if (key.keyword() && !key.Has("contains") && !key.Has("startswith") && !key.Has("endswith")) {
      test.pattern.AnyBefore();
      test.pattern.AnyAfter();
    }
    if (!test.cased) test.pattern.Fold();
    alternatives.push_back(context.expressions.AddTest(std::move(test)));
  }
  return context.expressions.Or(std::move(alternatives));
}

Result<NodeId> RegexTest(const Operand& operand, const ItemKey& key, const ItemContext& context) {
  Test test = MakeTest(TestKind::kRegex, operand, key, context);
  std::string error;
  test.regex = std::make_shared<LinearRegex>(
      ForLinearRegex(operand.scalar.text, operand.regex_flags), &error);
  if (!error.empty()) {
    return Fail("sigma-regex",
                fmt::format("the regular expression of '{}' is not one that can be matched in "
                            "linear time: {}",
                            key.field, error));
  }
  return context.expressions.AddTest(std::move(test));
}

// The node of one value. Errors have no place yet.
Result<NodeId> OperandNode(const Operand& operand, const ItemKey& key, const ItemContext& context) {
  const auto simple = [&](TestKind kind, auto fill) {
    Test test = MakeTest(kind, operand, key, context);
    fill(test);
    return context.expressions.AddTest(std::move(test));
  };
  switch (operand.type) {
    case Type::kNull:
      if (key.keyword()) return Fail("sigma-keyword", "a keyword cannot be null");
      return simple(TestKind::kNull, [](Test&) {});
    case Type::kBool:
    case Type::kNumber: {
      const bool number = operand.type == Type::kNumber;
      if (!key.keyword()) {
        return simple(number ? TestKind::kNumber : TestKind::kBool, [&](Test& test) {
          test.number = operand.scalar.number;
          test.truth = operand.scalar.truth;
        });
      }
      Operand text = operand;
      text.type = Type::kString;
      text.patterns = {Pattern::Literal(number                 ? operand.scalar.number.ToText()
                                        : operand.scalar.truth ? "true"
                                                               : "false")};
      return TextTests(text, key, context);
    }
    case Type::kString:
      return TextTests(operand, key, context);
    case Type::kRegex:
      return RegexTest(operand, key, context);
    case Type::kNetwork:
      return simple(TestKind::kNetwork, [&](Test& test) { test.network = operand.network; });
    case Type::kComparison:
    case Type::kTimePart:
    case Type::kTimePartComparison:
      return simple(operand.type == Type::kComparison ? TestKind::kCompare : TestKind::kTimePart,
                    [&](Test& test) {
                      test.comparison = operand.comparison;
                      test.part = operand.part;
                      test.number = operand.scalar.number;
                    });
    case Type::kFieldRef:
      if (key.keyword()) return Fail("sigma-keyword", "'fieldref' needs a field");
      return simple(TestKind::kFieldRef, [&](Test& test) {
        test.mode = operand.mode;
        test.other = context.fields.Intern(operand.field);
      });
    case Type::kBytes:
      break;
  }
  return Fail("sigma-modifier-type",
              "UTF-16 alone matches nothing: follow it with base64 or base64offset");
}

Result<NodeId> CompileValue(const Node& value, const ItemKey& key, const ItemContext& context) {
  if (!value.is_scalar() && !value.is_null()) {
    return Fail("sigma-value",
                fmt::format("a value of '{}' must be a text, a number, true, false or null, not {}",
                            key.field, value.KindName()),
                value.place);
  }
  const Scalar scalar = Scalar::Of(value);
  Operand operand = Operand::Of(scalar);
  for (size_t i = 0; i < key.modifiers.size(); ++i) {
    const Modifier& modifier = *FindModifier(key.modifiers[i]);
    if (modifier.first_only && i > 0) {
      return Fail("sigma-modifier-order",
                  fmt::format("the modifier '{}' must be the first", modifier.name), value.place);
    }
    if (const auto applied = modifier.apply(operand, context.options); !applied) {
      return Fail(applied.error().code,
                  fmt::format("modifier '{}' of '{}': {}", modifier.name, key.field,
                              applied.error().message),
                  value.place);
    }
  }
  auto node = OperandNode(operand, key, context);
  if (!node) return Fail(node.error().code, node.error().message, value.place);
  return node;
}

Result<NodeId> CompileExists(const Node& value, const ItemKey& key, const ItemContext& context) {
  const Scalar scalar = value.is_list() || value.is_map() ? Scalar() : Scalar::Of(value);
  if (scalar.kind != Scalar::Kind::kBool)
    return Fail("sigma-modifier-type", "'exists' takes true or false", value.place);
  Test test = MakeTest(TestKind::kExists, Operand::Of(scalar), key, context);
  test.truth = scalar.truth;
  return context.expressions.AddTest(std::move(test));
}

}  // namespace

Result<NodeId> CompileItem(std::string_view key_text, const Place& key_place, const Node& value,
                           const ItemContext& context) {
  const auto key = ReadKey(key_text, key_place);
  if (!key) return Fail(key.error());
  if (key->exists) return CompileExists(value, *key, context);
  std::vector<NodeId> nodes;
  if (value.is_list() && !value.items.empty()) {
    for (const Node& item : value.items) {
      const auto node = CompileValue(item, *key, context);
      if (!node) return node;
      nodes.push_back(*node);
    }
  } else {
    Node nothing;
    nothing.place = value.place;
    const auto node = CompileValue(value.is_list() ? nothing : value, *key, context);
    if (!node) return node;
    nodes.push_back(*node);
  }
  Expressions& expressions = context.expressions;
  const NodeId node =
      key->all ? expressions.And(std::move(nodes)) : expressions.Or(std::move(nodes));
  return key->neq ? expressions.Not(node) : node;
}

Result<NodeId> CompileKeyword(const Node& value, const ItemContext& context) {
  return CompileItem("", value.place, value, context);
}

}  // namespace vedette::sigma
