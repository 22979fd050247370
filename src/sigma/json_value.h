// A JsonValue is one JSON value as a tree: what rule writers type to try a rule. For hot paths
// there is parse/json_reader.h.
//
//   std::optional<JsonValue> event = JsonValue::Read(line);
//   const JsonValue* name = event->Find("User");
//
// Read as content/json.h reads: strictly, one value, no key twice, at most 64 levels. Whole numbers
// beyond 64 bits are kept as their digits. Plain data.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/value.h"

namespace vedette::sigma {

struct JsonValue {
  enum class Kind : uint8_t { kNull, kBool, kInt, kDouble, kText, kList, kObject };

  Kind kind = Kind::kNull;
  bool truth = false;
  int64_t integer = 0;
  double decimal = 0;
  std::string text;  // of kText, or the digits of a whole number beyond 64 bits (then kText too)
  std::vector<JsonValue> items;
  struct Member;
  std::vector<Member> members;

  // Empty when the text is not one JSON value.
  static std::optional<JsonValue> Read(std::string_view text);

  // Null when this is no object or has no such member.
  const JsonValue* Find(std::string_view key) const;
  bool is_text() const { return kind == Kind::kText; }

  // Of a scalar; texts point into this value.
  Value ToValue() const;
};

struct JsonValue::Member {
  std::string name;
  JsonValue value;
};

}  // namespace vedette::sigma
