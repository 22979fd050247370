// Takes a name out of a text where it stands as a word of its own.
#pragma once

#include <string>
#include <string_view>

namespace vedette {

// Puts `instead` where `name` stands in any case of ASCII letters, not as part of a longer word.
// True: it was there. An empty name is nowhere. Cost: length times length of the name.
bool ReplaceWord(std::string& text, std::string_view name, std::string_view instead);

}  // namespace vedette
