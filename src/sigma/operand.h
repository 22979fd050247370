// An Operand is one value of an item on its way through the modifiers: each modifier takes one type
// and gives another. Internal to modifiers.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "content/node.h"
#include "core/result.h"
#include "sigma/collection.h"
#include "sigma/expressions.h"
#include "sigma/scalar.h"

namespace vedette::sigma {

struct Operand {
  enum class Type : uint8_t {
    kNull,
    kBool,
    kNumber,
    kString,  // `patterns`: alternatives, more than one after some modifiers
    kBytes,   // `bytes`: UTF-16 on its way to Base64
    kRegex,
    kNetwork,
    kComparison,
    kTimePart,
    kTimePartComparison,
    kFieldRef,
  };

  Type type = Type::kNull;
  Scalar scalar;  // as the rule writes it
  std::vector<Pattern> patterns;
  std::vector<std::string> bytes;  // one per alternative
  bool cased = false;
  std::string regex_flags;
  Cidr network;
  TimePart part = TimePart::kMinute;
  Comparison comparison = Comparison::kEq;
  RefMode mode = RefMode::kEquals;
  std::string field;  // of kFieldRef

  static Operand Of(const Scalar& scalar);
  std::string_view TypeName() const;
};

// A modifier that changes one value. The error says what is wrong, without a place.
using ApplyModifier = Result<void> (*)(Operand& operand, const LoadOptions& options);

struct Modifier {
  std::string_view name;
  ApplyModifier apply;
  bool first_only = false;  // must be the first of its item
};

// nullptr for an unknown name, and for all, neq and exists, which are no matter of one value.
const Modifier* FindModifier(std::string_view name);
// Every name, those three included: for messages.
std::vector<std::string_view> ModifierNames();

}  // namespace vedette::sigma
