// The functions of the condition language by name, with how many arguments they take.
#pragma once

#include <string_view>
#include <vector>

#include "expr/program.h"

namespace vedette {

inline constexpr uint16_t kAnyCount = UINT16_MAX;

struct FunctionSpec {
  std::string_view name;     // as documented; found in any case
  Op op;
  uint16_t least = 0;
  uint16_t most = 0;
};

// Null when there is none. `names` (optional) receives every name for suggestions.
const FunctionSpec* FindFunction(std::string_view name);
std::vector<std::string_view> FunctionNames();

// Functions over sessions and sequences: count(field, types) …, by name; -1 when it is none.
int FindSessionFunction(std::string_view name);
std::string_view SessionFunctionName(int index);

}  // namespace vedette
