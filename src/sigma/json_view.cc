#include "sigma/json_view.h"

#include "core/text.h"

namespace vedette::sigma {
namespace {

void AppendLeaves(const JsonValue& value, std::vector<Value>& leaves) {
  if (value.kind == JsonValue::Kind::kList) {
    for (const JsonValue& item : value.items) AppendLeaves(item, leaves);
  } else if (value.kind != JsonValue::Kind::kObject) {
    leaves.push_back(value.ToValue());
  }
}

// Whether the name leads anywhere from here.
bool Walk(const JsonValue& node, std::string_view name, std::vector<Value>& leaves) {
  bool found = false;
  for (const JsonValue& item : node.items) found |= Walk(item, name, leaves);
  for (const auto& [key, value] : node.members) {
    if (key == name) {
      AppendLeaves(value, leaves);
      found = true;
    } else if (StartsWith(name, key) && name[key.size()] == '.') {
      found |= Walk(value, name.substr(key.size() + 1), leaves);
    }
  }
  return found;
}

void AppendScalars(const JsonValue& value, std::vector<Value>& out) {
  for (const JsonValue& item : value.items) AppendScalars(item, out);
  for (const auto& [key, member] : value.members) AppendScalars(member, out);
  const Value scalar = value.ToValue();
  if (!scalar.is_null()) out.push_back(scalar);
}

}  // namespace

Leaves JsonView::Get(FieldId field) {
  if (field >= fields_.size()) return {};
  const std::string& name = fields_.name(field);
  std::vector<Value>& leaves = leaves_.emplace_back();
  if (const JsonValue* literal = event_.Find(name)) {
    AppendLeaves(*literal, leaves);
    return Leaves::Of(leaves);
  }
  if (name.find('.') == std::string::npos || event_.kind != JsonValue::Kind::kObject ||
      !Walk(event_, name, leaves))
    return {};
  return Leaves::Of(leaves);
}

void JsonView::AppendEveryValue(std::vector<Value>& out) { AppendScalars(event_, out); }

}  // namespace vedette::sigma
