// How one leaf of an event answers one test: the meaning of Sigma's values, without any shortcut.
//
//   std::string scratch;
//   std::optional<std::string_view> text = LeafText(leaf, scratch);
//   LeafHolds(test, LeafTexts(leaf));
//
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "event/value.h"
#include "sigma/expressions.h"

namespace vedette::sigma {

// A text as it is; a whole number in decimal; another number in its shortest form, without a
// fraction where it has none; true or false. Null has no text. The result points into the value's
// own text or into `scratch`.
std::optional<std::string_view> LeafText(const Value& leaf, std::string& scratch);

// The leaf as a number: numbers, and texts that are wholly a number. Never a boolean.
std::optional<Number> LeafNumber(const Value& leaf);

// Whether the leaf satisfies a test of any kind but kNull, kExists and kFieldRef. `text` and
// `folded` are its text; both empty optionals when it has none.
struct LeafTexts {
  std::optional<std::string_view> text;
  std::optional<std::string_view> folded;
};
bool LeafHolds(const Test& test, const Value& leaf, const LeafTexts& texts);

// Compares two leaves for `fieldref`: numbers as numbers, else folded texts.
bool LeavesAgree(RefMode mode, const Value& a, const Value& b);

// The part of a time as it is written, without turning zones. Reads ISO 8601 texts, and numbers as
// seconds, above 1e11 as milliseconds since 1970 in UTC.
std::optional<int64_t> PartOfTime(TimePart part, const Value& leaf);

}  // namespace vedette::sigma
