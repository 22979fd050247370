#include "expr/text_functions.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.h"
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

}  // namespace

int64_t CountCharacters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); });
}

std::string_view DropCharacters(std::string_view text, int64_t n) { return text.substr(OffsetOf(text, n)); }

std::string_view DropRightCharacters(std::string_view text, int64_t n) {
  return text.substr(0, OffsetOf(text, std::max<int64_t>(CountCharacters(text) - std::max<int64_t>(n, 0), 0)));
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

std::string ReplaceAll(std::string_view text, std::string_view from, std::string_view to) {
  if (from.empty()) return std::string(text);
  std::string out;
  for (size_t at; (at = text.find(from)) != std::string_view::npos; text.remove_prefix(at + from.size())) {
    out.append(text.substr(0, at)).append(to);
  }
  return out.append(text);
}

std::optional<std::string_view> SplitPart(std::string_view text, std::string_view separator, int64_t i) {
  if (separator.empty() || i < 0) return {};
  for (; i > 0; --i) {
    const size_t at = text.find(separator);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + separator.size());
  }
  return text.substr(0, text.find(separator));
}

double ShannonBits(std::string_view text) {
  if (text.empty()) return 0;
  std::array<uint32_t, 256> counts{};
  for (char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (uint32_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return std::round(bits * 1e9) / 1e9;
}

Value ParseHex(std::string_view text) {
  if (StartsWith(text, "0x") || StartsWith(text, "0X")) text.remove_prefix(2);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  const bool good = error == std::errc() && end == text.data() + text.size() && !text.empty() && value <= INT64_MAX;
  return good ? Value::Int(static_cast<int64_t>(value)) : Value();
}

std::string FormatValues(std::string_view spec, std::span<const Value> values) {
  std::string out;
  size_t next = 0;
  for (size_t i = 0; i < spec.size(); ++i) {
    if (spec[i] != '%') {
      out += spec[i];
      continue;
    }
    if (i + 1 < spec.size() && spec[i + 1] == '%') {
      out += '%';
      ++i;
      continue;
    }
    const size_t start = i++;
    const bool left = i < spec.size() && spec[i] == '-';
    if (left) ++i;
    const bool zero = i < spec.size() && spec[i] == '0';
    size_t width = 0;
    int precision = -1;
    while (i < spec.size() && IsDigit(spec[i]) && width < 1000) width = width * 10 + static_cast<size_t>(spec[i++] - '0');
    if (i < spec.size() && spec[i] == '.') {
      precision = 0;
      for (++i; i < spec.size() && IsDigit(spec[i]) && precision < 100; ++i) precision = precision * 10 + (spec[i] - '0');
    }
    const char kind = i < spec.size() ? spec[i] : '\0';
    if (kind != 's' && kind != 'd' && kind != 'x' && kind != 'f') {
      out += spec.substr(start, i - start + 1);
      continue;
    }
    const Value value = next < values.size() ? values[next] : Value();
    ++next;
    std::string text;
    const Value number = ToNumber(value);
    const double decimal = number.kind() == ValueKind::kDouble ? number.decimal()
                           : number.kind() == ValueKind::kInt  ? static_cast<double>(number.integer())
                                                               : 0;
    if (kind == 's') {
      text = value.ToText();
      if (precision >= 0) text = std::string(SubCharacters(text, 0, precision));
    } else if (!number.is_null()) {
      const int64_t whole = number.kind() == ValueKind::kInt ? number.integer()
                            : std::fabs(decimal) < 9e18      ? static_cast<int64_t>(decimal)
                                                             : 0;
      if (kind == 'd') text = fmt::format("{}", whole);
      if (kind == 'x') text = fmt::format("{:x}", whole);
      if (kind == 'f') text = fmt::format("{:.{}f}", decimal, precision < 0 ? 6 : std::min(precision, 30));
    }
    if (text.size() < width) {
      if (left) {
        text.append(width - text.size(), ' ');
      } else {
        text.insert(0, width - text.size(), zero && kind != 's' ? '0' : ' ');
      }
    }
    out += text;
  }
  return out;
}

std::string_view UrlHost(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos && scheme < 16) url.remove_prefix(scheme + 3);
  std::string_view host = url.substr(0, url.find_first_of("/?#"));
  if (const size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (!host.empty() && host[0] == '[') return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

std::string_view FileExtension(std::string_view path) {
  const size_t slash = path.find_last_of("\\/");
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : path.substr(dot + 1);
}

}  // namespace vedette
