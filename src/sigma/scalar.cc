#include "sigma/scalar.h"

#include "core/text.h"

namespace vedette::sigma {
namespace {

// [-+]?(0|[1-9][0-9]*) with an optional fraction and exponent.
bool IsNumber(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || !IsDigit(text[0])) return false;
  return text.size() < 2 || text[0] != '0' || !IsDigit(text[1]);
}

}  // namespace

Scalar Scalar::Of(const Node& node) {
  Scalar scalar;
  if (node.is_null()) return scalar;
  scalar.text = node.scalar;
  scalar.kind = Kind::kText;
  if (node.quoted) return scalar;
  const std::string& text = node.scalar;
  for (const char* name : {"", "~", "null", "Null", "NULL"}) {
    if (text == name) scalar.kind = Kind::kNull;
  }
  for (const char* name : {"true", "True", "TRUE", "false", "False", "FALSE"}) {
    if (text != name) continue;
    scalar.kind = Kind::kBool;
    scalar.truth = ToLowerAscii(name[0]) == 't';
  }
  if (IsNumber(text)) {
    if (const auto number = Number::Parse(text)) {
      scalar.kind = Kind::kNumber;
      scalar.number = *number;
    }
  }
  return scalar;
}

std::string_view Scalar::KindName() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kBool:
      return "true or false";
    case Kind::kNumber:
      return "a number";
    case Kind::kText:
      return "a text";
  }
  return {};
}

}  // namespace vedette::sigma
