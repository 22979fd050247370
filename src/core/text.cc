#include "core/text.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <utf8proc.h>

namespace vedette {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

bool IsAscii(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080ULL;
  const auto load = [&](size_t at) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    return word;
  };
  size_t i = 0;
  for (; i + 32 <= text.size(); i += 32) {
    if ((load(i) | load(i + 8) | load(i + 16) | load(i + 24)) & kHighBits) return false;
  }
  for (; i + 8 <= text.size(); i += 8) {
    if (load(i) & kHighBits) return false;
  }
  for (; i < text.size(); ++i) {
    if (text[i] & 0x80) return false;
  }
  return true;
}

namespace {

// Length of the valid UTF-8 sequence at `at`, or 0.
size_t SequenceLength(std::string_view text, size_t at) {
  utf8proc_int32_t code = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
  const utf8proc_ssize_t length =
      utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
  return length > 0 && code >= 0 ? static_cast<size_t>(length) : 0;
}

void MapCase(std::string& out, std::string_view text, char (*ascii)(char),
             utf8proc_int32_t (*unicode)(utf8proc_int32_t)) {
  out.reserve(out.size() + text.size());
  for (size_t i = 0; i < text.size();) {
    if (!(text[i] & 0x80)) {
      out += ascii(text[i++]);
      continue;
    }
    const size_t length = SequenceLength(text, i);
    if (length == 0) {
      out += text[i++];
      continue;
    }
    utf8proc_int32_t code = 0;
    utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + i),
                     static_cast<utf8proc_ssize_t>(length), &code);
    utf8proc_uint8_t encoded[4];
    const utf8proc_ssize_t size = utf8proc_encode_char(unicode(code), encoded);
    out.append(reinterpret_cast<const char*>(encoded), static_cast<size_t>(size));
    i += length;
  }
}

// What is different in capitals only is equal; the two letters i of Turkish fold to themselves.
utf8proc_int32_t Fold(utf8proc_int32_t code) {
  if (code == 0x130 || code == 0x131) return code;
  return utf8proc_tolower(utf8proc_toupper(code));
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  if (IsAscii(text)) return true;
  for (size_t i = 0; i < text.size();) {
    if (!(text[i] & 0x80)) {
      ++i;
      continue;
    }
    const size_t length = SequenceLength(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}
bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

void AppendLower(std::string& out, std::string_view text) {
  MapCase(out, text, ToLowerAscii, utf8proc_tolower);
}
void AppendUpper(std::string& out, std::string_view text) {
  MapCase(out, text, ToUpperAscii, utf8proc_toupper);
}
std::string ToLower(std::string_view text) {
  std::string out;
  AppendLower(out, text);
  return out;
}
std::string ToUpper(std::string_view text) {
  std::string out;
  AppendUpper(out, text);
  return out;
}

namespace {

// Lower-cases the ASCII letters of eight bytes at once and leaves other bytes alone. A byte plus
// 0x80 - 'A' has its high bit set from 'A' on, one plus 0x7F - 'Z' from behind 'Z' on.
uint64_t LowerEight(uint64_t word) {
  constexpr uint64_t kEach = 0x0101010101010101ULL;
  const uint64_t low = word & 0x7F * kEach;
  const uint64_t from_a = low + (0x80 - 'A') * kEach;
  const uint64_t behind_z = low + (0x7F - 'Z') * kEach;
  const uint64_t upper = (from_a ^ behind_z) & ~word & 0x80 * kEach;
  return word | upper >> 2;
}

}  // namespace

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() < 8) {
    for (size_t i = 0; i < a.size(); ++i) {
      if (ToLowerAscii(a[i]) != ToLowerAscii(b[i])) return false;
    }
    return true;
  }
  const auto same_eight = [&](size_t at) {
    uint64_t x, y;
    std::memcpy(&x, a.data() + at, 8);
    std::memcpy(&y, b.data() + at, 8);
    return x == y || LowerEight(x) == LowerEight(y);
  };
  for (size_t i = 0; i + 8 < a.size(); i += 8) {
    if (!same_eight(i)) return false;
  }
  return same_eight(a.size() - 8);
}

bool LowerAsciiTo(char* to, std::string_view text) {
  uint64_t seen = 0;
  uint64_t word = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::memcpy(&word, text.data() + i, 8);
    seen |= word;
    word = LowerEight(word);
    std::memcpy(to + i, &word, 8);
  }
  if (i < text.size()) {
    word = 0;
    std::memcpy(&word, text.data() + i, text.size() - i);
    seen |= word;
    word = LowerEight(word);
    std::memcpy(to + i, &word, text.size() - i);
  }
  return (seen & 0x8080808080808080ULL) == 0;
}

void AppendFolded(std::string& out, std::string_view text) {
  const size_t before = out.size();
  out.resize(before + text.size());
  if (LowerAsciiTo(out.data() + before, text)) return;
  out.resize(before);
  MapCase(out, text, ToLowerAscii, Fold);
}
std::string FoldCase(std::string_view text) {
  std::string out;
  AppendFolded(out, text);
  return out;
}

size_t CharacterLength(std::string_view text, size_t at) {
  return text[at] & 0x80 ? std::max<size_t>(1, SequenceLength(text, at)) : 1;
}

bool IsWordCharacter(std::string_view text) {
  if (text.empty()) return false;
  if (!(text[0] & 0x80)) {
    const char c = ToLowerAscii(text[0]);
    return IsDigit(c) || (c >= 'a' && c <= 'z') || c == '_';
  }
  utf8proc_int32_t code = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  if (utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &code) <= 0) return false;
  const utf8proc_category_t category = utf8proc_category(code);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

std::string_view NormalizeKey(std::string_view text, bool case_sensitive, std::string& scratch) {
  text = Trim(text);
  if (IsAscii(text)) {
    const bool has_upper =
        std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (case_sensitive || !has_upper) return text;
    scratch.resize(text.size());
    std::transform(text.begin(), text.end(), scratch.begin(), ToLowerAscii);
    return scratch;
  }
  utf8proc_uint8_t* composed = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &composed, options);
  if (size >= 0) {
    scratch.assign(reinterpret_cast<const char*>(composed), static_cast<size_t>(size));
  } else {
    scratch.assign(text);  // not UTF-8: its bytes are its identity
  }
  std::free(composed);
  if (!case_sensitive) scratch = ToLower(scratch);
  return scratch;
}

std::optional<int64_t> ParseInt(std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  return value;
}

std::optional<double> ParseDouble(std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  return value;
}

void AppendJsonEscaped(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  size_t plain = 0;
  size_t i = 0;
  auto flush = [&](size_t end) { out.append(text.data() + plain, end - plain); };
  while (i < text.size()) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    if (c >= 0x80) {
      const size_t length = SequenceLength(text, i);
      if (length > 0) {
        i += length;
        continue;
      }
    }
    flush(i);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c >= 0x80) {
          out += "\xEF\xBF\xBD";
        } else {
          out += "\\u00";
          out += kDigits[c >> 4];
          out += kDigits[c & 15];
        }
    }
    plain = ++i;
  }
  flush(text.size());
}

std::optional<uint64_t> ParseSize(std::string_view text) {
  struct Unit {
    std::string_view name;
    double bytes;
  };
  static constexpr Unit kUnits[] = {{"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0},
                                    {"kB", 1e3},     {"KB", 1e3},        {"MB", 1e6},
                                    {"GB", 1e9},     {"TB", 1e12},       {"B", 1}};
  double scale = 1;
  for (const Unit& unit : kUnits) {
    if (!EndsWith(text, unit.name)) continue;
    text.remove_suffix(unit.name.size());
    scale = unit.bytes;
    break;
  }
  const std::optional<double> number = ParseDouble(text);
  if (!number || !(*number >= 0) || *number * scale >= 9e18) return std::nullopt;
  return static_cast<uint64_t>(*number * scale);
}

}  // namespace vedette
