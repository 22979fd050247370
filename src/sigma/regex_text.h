// A regular expression as Sigma rules write it (PCRE's dialect, restricted) in the dialect of
// LinearRegex.
//
//   LinearRegex regex(ForLinearRegex(R"(\.ps1$)", "i"), &error);
//
// What differs: `$` also matches before one last line feed, as in PCRE. `flags`: any of i, m, s.
#pragma once

#include <string>
#include <string_view>

namespace vedette::sigma {

std::string ForLinearRegex(std::string_view pattern, std::string_view flags);

}  // namespace vedette::sigma
