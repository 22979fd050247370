#include "core/redact.h"

#include <algorithm>
#include <cstdint>

namespace vedette {
namespace {

bool IsWordPart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<uint8_t>(c) >= 0x80;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool ReplaceWord(std::string& text, std::string_view name, std::string_view instead) {
  bool found = false;
  for (size_t at = 0; !name.empty() && at + name.size() <= text.size();) {
    const auto from = text.begin() + static_cast<std::ptrdiff_t>(at);
    const bool same = std::equal(name.begin(), name.end(), from,
                                 [](char a, char b) { return Lower(a) == Lower(b); });
    const size_t end = at + name.size();
    const bool joined = (at > 0 && IsWordPart(text[at - 1]) && IsWordPart(name.front())) ||
                        (end < text.size() && IsWordPart(text[end]) && IsWordPart(name.back()));
    if (!same || joined) {
      ++at;
      continue;
    }
    text.replace(at, name.size(), instead);
    at += instead.size();
    found = true;
  }
  return found;
}

}  // namespace vedette
