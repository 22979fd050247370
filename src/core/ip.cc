#include "core/ip.h"

#include <algorithm>
#include <cstring>

#include "core/text.h"

namespace vedette {
namespace {

// Reads a dotted quad into four bytes.
bool ParseV4(std::string_view text, uint8_t* out) {
  for (int part = 0; part < 4; ++part) {
    size_t digits = 0;
    int value = 0;
    while (digits < text.size() && digits < 4 && IsDigit(text[digits]))
      value = value * 10 + (text[digits++] - '0');
    if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[0] == '0')) return false;
    out[part] = static_cast<uint8_t>(value);
    text.remove_prefix(digits);
    if (part < 3) {
      if (text.empty() || text[0] != '.') return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = ToLowerAscii(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool ParseV6(std::string_view text, uint8_t* out) {
  uint8_t parts[16] = {};
  size_t filled = 0;
  size_t gap = 17;  // where "::" stood
  if (text.size() >= 2 && text[0] == ':' && text[1] == ':') {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (text.find('.') < text.find(':') && filled <= 12) {
      if (!ParseV4(text, parts + filled)) return false;
      filled += 4;
      break;
    }
    if (filled == 16) return false;
    size_t digits = 0;
    int value = 0;
    while (digits < text.size() && digits < 5 && HexDigit(text[digits]) >= 0)
      value = value * 16 + HexDigit(text[digits++]);
    if (digits == 0 || digits > 4) return false;
    parts[filled++] = static_cast<uint8_t>(value >> 8);
    parts[filled++] = static_cast<uint8_t>(value & 255);
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (text[0] != ':') return false;
    text.remove_prefix(1);
    if (!text.empty() && text[0] == ':') {
      if (gap != 17) return false;
      gap = filled;
      text.remove_prefix(1);
    } else if (text.empty()) {
      return false;
    }
  }
  if (gap == 17) {
    if (filled != 16) return false;
    std::memcpy(out, parts, 16);
    return true;
  }
  if (filled >= 16) return false;
  std::memset(out, 0, 16);
  std::memcpy(out, parts, gap);
  std::memcpy(out + 16 - (filled - gap), parts + gap, filled - gap);
  return true;
}

}  // namespace

std::optional<IpAddress> ParseIp(std::string_view text) {
  IpAddress ip;
  if (text.size() < 2 || text.size() > 64) return {};
  if (text.find(':') == std::string_view::npos) {
    if (!ParseV4(text, ip.bytes.data() + 12)) return {};
    ip.bytes[10] = ip.bytes[11] = 0xFF;
    ip.is_v4 = true;
    return ip;
  }
  if (!ParseV6(text.substr(0, text.find('%')), ip.bytes.data())) return {};
  static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  ip.is_v4 = std::memcmp(ip.bytes.data(), kMapped, 12) == 0;
  return ip;
}

bool IpAddress::IsUnspecified() const {
  const size_t from = is_v4 ? 12 : 0;
  return std::all_of(bytes.begin() + from, bytes.end(), [](uint8_t b) { return b == 0; });
}
bool IpAddress::IsLoopback() const {
  if (is_v4) return bytes[12] == 127;
  return bytes[15] == 1 &&
         std::all_of(bytes.begin(), bytes.end() - 1, [](uint8_t b) { return b == 0; });
}
bool IpAddress::IsLinkLocal() const {
  return is_v4 ? bytes[12] == 169 && bytes[13] == 254
               : bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
}
bool IpAddress::IsMulticast() const {
  return is_v4 ? (bytes[12] & 0xF0) == 0xE0 : bytes[0] == 0xFF;
}
bool IpAddress::IsPrivate() const {
  if (!is_v4) return (bytes[0] & 0xFE) == 0xFC;
  return bytes[12] == 10 || (bytes[12] == 172 && (bytes[13] & 0xF0) == 16) ||
         (bytes[12] == 192 && bytes[13] == 168);
}
bool IpAddress::IsPublic() const {
  const bool broadcast = is_v4 && bytes[12] == 255;
  return !IsUnspecified() && !IsLoopback() && !IsLinkLocal() && !IsMulticast() && !IsPrivate() &&
         !broadcast;
}

bool Cidr::Contains(const IpAddress& ip) const {
  const size_t whole = bits / 8;
  if (std::memcmp(ip.bytes.data(), network.bytes.data(), whole) != 0) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<uint8_t>(0xFF << (8 - bits % 8));
  return (ip.bytes[whole] & mask) == (network.bytes[whole] & mask);
}

std::optional<Cidr> ParseCidr(std::string_view text) {
  const size_t slash = text.find('/');
  const auto ip = ParseIp(text.substr(0, slash));
  if (!ip) return {};
  const int width = ip->is_v4 ? 32 : 128;
  int bits = width;
  if (slash != std::string_view::npos) {
    const auto number = ParseInt(text.substr(slash + 1));
    if (!number || *number < 0 || *number > width) return {};
    bits = static_cast<int>(*number);
  }
  return Cidr{*ip, static_cast<uint8_t>(bits + 128 - width)};
}

}  // namespace vedette
