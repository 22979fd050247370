// The version of this program, as users see it.
#pragma once

#include <string_view>

namespace vedette {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace vedette
