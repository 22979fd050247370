// Conditions of Sigma rules: names of search identifiers joined by and, or, not, and selectors such
// as `1 of selection_*`.
//
//   Result<NodeId> node = CompileCondition("sel and not 1 of filter_*", place, identifiers, expressions);
//
// An error names the place within the condition, the reason, and the nearest name.
#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"
#include "sigma/expressions.h"
#include "sigma/rule.h"

namespace vedette::sigma {

Result<NodeId> CompileCondition(std::string_view text, const Place& place,
                                const std::vector<Identifier>& identifiers,
                                Expressions& expressions);

// Whether a selector's pattern, with * for any run of characters, selects a name. Names that begin
// with an underscore only when the pattern does; `them` selects all others.
bool Selects(std::string_view pattern, std::string_view name);

// A word of a condition and where it begins.
struct ConditionToken {
  std::string_view text;  // empty at the end
  size_t at = 0;
};
// Words of [A-Za-z0-9_*-] and single brackets; the last token is empty. An error for any other
// character.
Result<std::vector<ConditionToken>> TokenizeCondition(std::string_view text, const Place& place);

// The place of a character of a scalar that stands at `place`.
Place Within(const Place& place, size_t at);

}  // namespace vedette::sigma
