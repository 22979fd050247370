#include "sigma/regex_text.h"

namespace vedette::sigma {
namespace {

// Whether the pattern begins with flags that include m: "(?im)".
bool SetsMultiline(std::string_view pattern) {
  if (pattern.substr(0, 2) != "(?") return false;
  const std::string_view flags = pattern.substr(2, pattern.find(')') - 2);
  return flags.find_first_not_of("imsU") == std::string_view::npos &&
         flags.find('m') != std::string_view::npos;
}

}  // namespace

std::string ForLinearRegex(std::string_view pattern, std::string_view flags) {
  std::string out;
  if (!flags.empty()) out = "(?" + std::string(flags) + ")";
  if (flags.find('m') != std::string_view::npos || SetsMultiline(pattern)) {
    out += pattern;
    return out;
  }
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && pattern.substr(i, 2) == "\\Q" && !in_class) {
      const size_t end = pattern.find("\\E", i + 2);
      const size_t size = end == std::string_view::npos ? pattern.size() - i : end + 2 - i;
      out += pattern.substr(i, size);
      i += size - 1;
    } else if (c == '\\' && i + 1 < pattern.size()) {
      out += pattern.substr(i++, 2);
    } else if (c == '[' && !in_class) {
      in_class = true;
      out += c;
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') out += pattern[++i];
      // A bracket that comes first is a member.
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') out += pattern[++i];
    } else if (c == '[' && pattern.substr(i, 2) == "[:" &&
               pattern.find(":]", i + 2) != std::string_view::npos) {
      const size_t end = pattern.find(":]", i + 2) + 2;
      out += pattern.substr(i, end - i);
      i = end - 1;
    } else if (c == ']') {
      in_class = false;
      out += c;
    } else if (c == '$' && !in_class) {
      out += "(?:\\n?\\z)";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace vedette::sigma
