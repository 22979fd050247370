#include "sigma/json_value.h"

#include "content/json.h"
#include "core/text.h"

namespace vedette::sigma {
namespace {

void SetScalar(const Node& node, JsonValue& to) {
  if (node.quoted) {
    to.kind = JsonValue::Kind::kText;
    to.text = node.scalar;
  } else if (node.scalar == "true" || node.scalar == "false") {
    to.kind = JsonValue::Kind::kBool;
    to.truth = node.scalar == "true";
  } else if (const auto integer = ParseInt(node.scalar)) {
    to.kind = JsonValue::Kind::kInt;
    to.integer = *integer;
  } else if (node.scalar.find_first_of(".eE") == std::string::npos) {
    to.kind = JsonValue::Kind::kText;
    to.text = node.scalar;
  } else if (const auto decimal = ParseDouble(node.scalar)) {
    to.kind = JsonValue::Kind::kDouble;
    to.decimal = *decimal;
  }
}

JsonValue FromNode(const Node& node) {
  JsonValue value;
  switch (node.kind) {
    case Node::Kind::kNull:
      break;
    case Node::Kind::kScalar:
      SetScalar(node, value);
      break;
    case Node::Kind::kList:
      value.kind = JsonValue::Kind::kList;
      for (const Node& item : node.items) value.items.push_back(FromNode(item));
      break;
    case Node::Kind::kMap:
      value.kind = JsonValue::Kind::kObject;
      for (const auto& [key, item] : node.pairs) value.members.push_back({key, FromNode(item)});
      break;
  }
  return value;
}

}  // namespace

std::optional<JsonValue> JsonValue::Read(std::string_view text) {
  const Result<Node> node = ParseJson(text, "");
  if (!node) return {};
  return FromNode(*node);
}

const JsonValue* JsonValue::Find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

Value JsonValue::ToValue() const {
  switch (kind) {
    case Kind::kBool:
      return Value::Bool(truth);
    case Kind::kInt:
      return Value::Int(integer);
    case Kind::kDouble:
      return Value::Double(decimal);
    case Kind::kText:
      return Value::String(text);
    default:
      return {};
  }
}

}  // namespace vedette::sigma
