#include "expr/text_functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "core/text.h"
#include "core/url.h"
#include "expr/evaluator.h"

namespace vedette {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Byte offset of the n-th character, or the end.
size_t OffsetOf(std::string_view text, int64_t n) {
  size_t at = 0;
  while (n > 0 && at < text.size()) {
    ++at;
    while (at < text.size() && IsContinuation(text[at])) ++at;
    --n;
  }
  return at;
}

// Byte offset of the n-th occurrence (from 1), or npos.
size_t Occurrence(std::string_view text, std::string_view part, int64_t n) {
  if (part.empty() || n < 1) return std::string_view::npos;
  size_t at = text.find(part);
  while (--n > 0 && at != std::string_view::npos) at = text.find(part, at + part.size());
  return at;
}

// 32 bytes at a time, in whatever vectors the machine has.
using Block = uint8_t __attribute__((vector_size(32)));

Block LoadBlock(const char* from) {
  Block block;
  std::memcpy(&block, from, sizeof(block));
  return block;
}

// 0xFF where a byte is one of the 26 letters from `first` on.
Block LetterMask(Block block, uint8_t first) {
  return reinterpret_cast<Block>((block - first) < 26);
}

bool AnyBit(Block block, uint8_t bits) {
  uint64_t words[4];
  std::memcpy(words, &block, sizeof(words));
  return ((words[0] | words[1] | words[2] | words[3]) & (bits * 0x0101010101010101ULL)) != 0;
}

struct Placeholder {
  bool left = false;
  bool zero = false;
  size_t width = 0;
  int precision = -1;
};

// Reads what stands behind a percent sign up to its letter, which it gives back; '\0' when it is
// none of ours.
char ReadPlaceholder(std::string_view spec, size_t* at, Placeholder* placeholder) {
  size_t& i = *at;
  const auto digit = [&] { return i < spec.size() && IsDigit(spec[i]); };
  placeholder->left = i < spec.size() && spec[i] == '-';
  if (placeholder->left) ++i;
  placeholder->zero = i < spec.size() && spec[i] == '0';
  while (digit() && placeholder->width < 100)
    placeholder->width = placeholder->width * 10 + static_cast<size_t>(spec[i++] - '0');
  if (i < spec.size() && spec[i] == '.') {
    placeholder->precision = 0;
    for (++i; digit() && placeholder->precision < 10; ++i)
      placeholder->precision = placeholder->precision * 10 + (spec[i] - '0');
  }
  const char kind = i < spec.size() ? spec[i] : '\0';
  return kind == 's' || kind == 'd' || kind == 'x' || kind == 'f' ? kind : '\0';
}

std::string Digits(char kind, int precision, const Value& number) {
  const double decimal =
      number.kind() == ValueKind::kInt ? static_cast<double>(number.integer()) : number.decimal();
  if (kind == 'f') return fmt::format("{:.{}f}", decimal, precision < 0 ? 6 : precision);
  const int64_t whole = number.kind() == ValueKind::kInt
                            ? number.integer()
                            : static_cast<int64_t>(std::clamp(decimal, -9e18, 9e18));
  return kind == 'x' ? fmt::format("{:x}", whole) : fmt::format("{}", whole);
}

void AppendOne(std::string& out, char kind, const Placeholder& placeholder, const Value& value) {
  if (value.is_null()) return;
  std::string text;
  if (kind == 's') {
    text = value.ToText();
    if (placeholder.precision >= 0)
      text.resize(SubCharacters(text, 0, placeholder.precision).size());
  } else {
    const Value number = ToNumber(value);
    if (number.is_null()) return;
    text = Digits(kind, placeholder.precision, number);
  }
  const auto length = static_cast<size_t>(CountCharacters(text));
  const size_t missing = placeholder.width > length ? placeholder.width - length : 0;
  if (placeholder.left) {
    out.append(text).append(missing, ' ');
  } else if (placeholder.zero && kind != 's') {
    const size_t sign = text[0] == '-' ? 1 : 0;
    out.append(text, 0, sign).append(missing, '0').append(text, sign);
  } else {
    out.append(missing, ' ').append(text);
  }
}

}  // namespace

int64_t CountCharacters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); });
}

std::string_view DropCharacters(std::string_view text, int64_t n) {
  return text.substr(OffsetOf(text, n));
}

std::string_view DropRightCharacters(std::string_view text, int64_t n) {
  return text.substr(
      0, OffsetOf(text, std::max<int64_t>(CountCharacters(text) - std::max<int64_t>(n, 0), 0)));
}

std::string_view SubCharacters(std::string_view text, int64_t from, int64_t length) {
  const std::string_view rest = DropCharacters(text, from);
  return rest.substr(0, OffsetOf(rest, length));
}

std::string_view ChopAfter(std::string_view text, std::string_view part, int64_t n) {
  const size_t at = Occurrence(text, part, n);
  return at == std::string_view::npos ? text : text.substr(0, at);
}

std::string_view ChopBefore(std::string_view text, std::string_view part, int64_t n) {
  const size_t at = Occurrence(text, part, n);
  return at == std::string_view::npos ? text : text.substr(at + part.size());
}

std::string_view CommonPrefix(std::string_view a, std::string_view b) {
  size_t n = 0;
  while (n < a.size() && n < b.size() && a[n] == b[n]) ++n;
  while (n > 0 && n < a.size() && IsContinuation(a[n])) --n;
  return a.substr(0, n);
}

std::string_view CommonSuffix(std::string_view a, std::string_view b) {
  size_t n = 0;
  while (n < a.size() && n < b.size() && a[a.size() - 1 - n] == b[b.size() - 1 - n]) ++n;
  while (n > 0 && IsContinuation(a[a.size() - n])) --n;
  return a.substr(a.size() - n);
}

size_t FindPart(std::string_view text, std::string_view part) {
  if (part.empty()) return 0;
  if (part.size() > text.size()) return std::string_view::npos;
  const void* found = memmem(text.data(), text.size(), part.data(), part.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

size_t CountParts(std::string_view text, std::string_view part) {
  if (part.size() == 1) return static_cast<size_t>(std::count(text.begin(), text.end(), part[0]));
  size_t count = 0;
  if (part.empty()) return count;
  for (size_t at; (at = FindPart(text, part)) != std::string_view::npos; ++count)
    text.remove_prefix(at + part.size());
  return count;
}

void ReplaceParts(std::string_view text, std::string_view from, std::string_view to, char* out) {
  if (from.size() == 1 && to.empty()) {
    std::remove_copy(text.begin(), text.end(), out, from[0]);
    return;
  }
  if (from.size() == 1 && to.size() == 1) {
    std::replace_copy(text.begin(), text.end(), out, from[0], to[0]);
    return;
  }
  for (size_t at; (at = FindPart(text, from)) != std::string_view::npos;
       text.remove_prefix(at + from.size())) {
    out = std::copy_n(text.begin(), at, out);
    out = std::copy(to.begin(), to.end(), out);
  }
  std::copy(text.begin(), text.end(), out);
}

std::optional<std::string_view> SplitPart(std::string_view text, std::string_view separator,
                                          int64_t i) {
  if (separator.empty() || i < 0) return {};
  for (; i > 0; --i) {
    const size_t at = text.find(separator);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + separator.size());
  }
  return text.substr(0, text.find(separator));
}

double ShannonBits(std::string_view text, Arena& scratch) {
  const double total = static_cast<double>(CountCharacters(text));
  double bits = 0;
  const auto add = [&](size_t count) {
    const double share = static_cast<double>(count) / total;
    bits -= share * std::log2(share);
  };
  if (IsAscii(text)) {
    std::array<uint32_t, 128> counts{};
    for (char c : text) ++counts[static_cast<unsigned char>(c)];
    for (uint32_t count : counts) {
      if (count > 0) add(count);
    }
  } else {
    // Each character as its bytes, sorted, so that equal ones are neighbours.
    const auto count = static_cast<size_t>(total);
    std::string_view* characters = scratch.Array<std::string_view>(count);
    for (size_t i = 0; i < count; ++i) {
      characters[i] = SubCharacters(text, 0, 1);
      text.remove_prefix(characters[i].size());
    }
    std::sort(characters, characters + count);
    for (size_t from = 0, i = 1; i <= count; ++i) {
      if (i < count && characters[i] == characters[from]) continue;
      add(i - from);
      from = i;
    }
  }
  return std::round(bits * 1e9) / 1e9;  // libraries differ in the last digits of a logarithm
}

Value ParseHex(std::string_view text) {
  if (StartsWith(text, "0x") || StartsWith(text, "0X")) text.remove_prefix(2);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  const bool good = error == std::errc() && end == text.data() + text.size() && !text.empty() &&
                    value <= INT64_MAX;
  return good ? Value::Int(static_cast<int64_t>(value)) : Value();
}

void AppendFormatted(std::string& out, std::string_view spec, std::span<const Value> values,
                     size_t most) {
  size_t next = 0;
  for (size_t i = 0; i < spec.size() && out.size() <= most; ++i) {
    if (spec[i] != '%') {
      out += spec[i];
      continue;
    }
    if (i + 1 < spec.size() && spec[i + 1] == '%') {
      out += spec[++i];
      continue;
    }
    const size_t start = i++;
    Placeholder placeholder;
    const char kind = ReadPlaceholder(spec, &i, &placeholder);
    if (kind == '\0') {
      out += spec.substr(start, i - start + 1);
      continue;
    }
    if (next < values.size()) AppendOne(out, kind, placeholder, values[next]);
    ++next;
  }
}

CaseChange CaseOf(std::string_view text, bool lower) {
  const uint8_t first = lower ? 'A' : 'a';
  size_t i = 0;
  Block letters{};
  Block high{};
  for (; i + sizeof(Block) <= text.size(); i += sizeof(Block)) {
    const Block block = LoadBlock(text.data() + i);
    letters |= LetterMask(block, first);
    high |= block;
  }
  bool has_letters = AnyBit(letters, 0xFF);
  bool has_high = AnyBit(high, 0x80);
  for (; i < text.size(); ++i) {
    const auto c = static_cast<uint8_t>(text[i]);
    has_letters |= static_cast<uint8_t>(c - first) < 26;
    has_high |= c >= 0x80;
  }
  return has_high ? CaseChange::kUnicode : has_letters ? CaseChange::kAscii : CaseChange::kNone;
}

void ChangeAsciiCase(std::string_view text, bool lower, char* out) {
  const uint8_t first = lower ? 'A' : 'a';
  size_t i = 0;
  for (; i + sizeof(Block) <= text.size(); i += sizeof(Block)) {
    Block block = LoadBlock(text.data() + i);
    block ^= LetterMask(block, first) & 0x20;
    std::memcpy(out + i, &block, sizeof(block));
  }
  for (; i < text.size(); ++i) out[i] = lower ? ToLowerAscii(text[i]) : ToUpperAscii(text[i]);
}

std::string_view FileExtension(std::string_view path) {
  const std::string_view name = FileName(path);
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot + 1);
}

}  // namespace vedette
