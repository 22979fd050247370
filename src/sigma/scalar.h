// What a scalar of a Sigma document is, decided from how it is written: YAML 1.1 and 1.2 readers
// disagree on plain scalars, rules must not.
//
//   Scalar::Of(node).kind == Scalar::Kind::kInteger;
//
// Quoted: a text. Plain: nothing, ~ and null are null; true and false in three spellings; numbers
// without leading zeros; all else is text as written, such as yes, 0777, 0x1f, 2024-01-01.
#pragma once

#include <string>

#include "content/node.h"
#include "sigma/number.h"

namespace vedette::sigma {

struct Scalar {
  enum class Kind { kNull, kBool, kNumber, kText };

  Kind kind = Kind::kNull;
  bool truth = false;
  Number number;
  std::string text;  // as written, whatever the kind

  // Of a node that is a scalar or nothing.
  static Scalar Of(const Node& node);

  std::string_view KindName() const;  // "a text", "a number", …
};

}  // namespace vedette::sigma
