// IP addresses as numbers: reading, classes, and networks in CIDR form.
//
//   std::optional<IpAddress> ip = ParseIp("10.1.2.3");
//   ip->IsPrivate();                                   // true
//   ParseCidr("10.0.0.0/8")->Contains(*ip);            // true
//
// IPv4 is kept as IPv4-mapped IPv6, so one table holds both. Pure; no allocation. Source: RFC 4291,
// RFC 1918, RFC 4193, RFC 3927.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vedette {

struct IpAddress {
  std::array<uint8_t, 16> bytes{};
  bool is_v4 = false;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

  bool IsUnspecified() const;  // 0.0.0.0, ::
  bool IsLoopback() const;     // 127/8, ::1
  bool IsLinkLocal() const;    // 169.254/16, fe80::/10
  bool IsMulticast() const;    // 224/4, ff00::/8
  bool IsPrivate() const;      // 10/8, 172.16/12, 192.168/16, fc00::/7
  // None of the above, and no broadcast address.
  bool IsPublic() const;
};

// Dotted quads without leading zeros, and RFC 4291 text forms with an optional %zone. Nothing may
// follow.
std::optional<IpAddress> ParseIp(std::string_view text);

struct Cidr {
  IpAddress network;
  uint8_t bits = 0;  // of the 128

  bool Contains(const IpAddress& ip) const;
};

// "10.0.0.0/8", "2001:db8::/32", or an address alone.
std::optional<Cidr> ParseCidr(std::string_view text);

}  // namespace vedette
