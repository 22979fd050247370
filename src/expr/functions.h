// The functions of the condition language by name, with how many arguments they take.
#pragma once

#include <string_view>
#include <vector>

#include "expr/program.h"

namespace vedette {

inline constexpr uint16_t kAnyCount = UINT16_MAX;

struct FunctionSpec {
  std::string_view name;  // as documented; found in any case
  Op op;
  uint16_t least = 0;  // arguments
  uint16_t most = 0;
  int16_t session = -1;  // number of a function over sessions (Op::kSession)
};

// Null when there is none.
const FunctionSpec* FindFunction(std::string_view name);
std::vector<std::string_view> FunctionNames();

// The name of the session function with that number; empty when there is none.
std::string_view SessionFunctionName(int number);

}  // namespace vedette
