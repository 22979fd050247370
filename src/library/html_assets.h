// The style of the site, and its search without what it searches.
#pragma once

#include <string_view>

namespace vedette {

extern const std::string_view kSiteStyle;
// Expects a constant INDEX before it: a list of [kind, name, title, address, words].
extern const std::string_view kSiteSearch;

}  // namespace vedette
