#include "core/ip.h"

#include <gtest/gtest.h>

namespace vedette {
namespace {

TEST(Ip, ReadsBothFamiliesAndRefusesTheRest) {
  for (const char* text :
       {"0.0.0.0", "192.0.2.7", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1%eth0",
        "1:2:3:4:5:6:7:8", "::ffff:10.1.2.3", "2001:db8::192.0.2.33"}) {
    EXPECT_TRUE(ParseIp(text).has_value()) << text;
  }
  for (const char* text :
       {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", ":::", "1::2::3",
        "1:2:3:4:5:6:7", "g::1", "1:2:3:4:5:6:7:8:9", "12345::"}) {
    EXPECT_FALSE(ParseIp(text).has_value()) << text;
  }
  EXPECT_EQ(*ParseIp("::ffff:10.1.2.3"), *ParseIp("10.1.2.3"));
}

TEST(Ip, KnowsItsClass) {
  EXPECT_TRUE(ParseIp("0.0.0.0")->IsUnspecified());
  EXPECT_TRUE(ParseIp("127.9.9.9")->IsLoopback());
  EXPECT_TRUE(ParseIp("::1")->IsLoopback());
  EXPECT_TRUE(ParseIp("169.254.1.1")->IsLinkLocal());
  EXPECT_TRUE(ParseIp("febf::1")->IsLinkLocal());
  EXPECT_TRUE(ParseIp("239.255.255.255")->IsMulticast());
  EXPECT_TRUE(ParseIp("172.31.0.1")->IsPrivate());
  EXPECT_FALSE(ParseIp("172.32.0.1")->IsPrivate());
  EXPECT_TRUE(ParseIp("fd00::1")->IsPrivate());
  EXPECT_TRUE(ParseIp("198.51.100.4")->IsPublic());
  EXPECT_FALSE(ParseIp("10.0.0.1")->IsPublic());
}

TEST(Cidr, ContainsByPrefixInBothFamilies) {
  EXPECT_TRUE(ParseCidr("10.0.0.0/8")->Contains(*ParseIp("10.255.0.1")));
  EXPECT_FALSE(ParseCidr("10.0.0.0/9")->Contains(*ParseIp("10.128.0.1")));
  EXPECT_TRUE(ParseCidr("0.0.0.0/0")->Contains(*ParseIp("8.8.8.8")));
  EXPECT_FALSE(ParseCidr("0.0.0.0/0")->Contains(*ParseIp("2001:db8::1")));
  EXPECT_TRUE(ParseCidr("2001:db8::/33")->Contains(*ParseIp("2001:db8:7fff::1")));
  EXPECT_FALSE(ParseCidr("2001:db8::/33")->Contains(*ParseIp("2001:db8:8000::1")));
  EXPECT_TRUE(ParseCidr("192.0.2.7")->Contains(*ParseIp("192.0.2.7")));
  for (const char* text : {"10.0.0.0/33", "10.0.0/8", "::/129", "x/8", "10.0.0.0/-1"})
    EXPECT_FALSE(ParseCidr(text)) << text;
}

}  // namespace
}  // namespace vedette
