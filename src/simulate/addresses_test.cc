#include "simulate/addresses.h"

#include <gtest/gtest.h>

namespace vedette::simulate {
namespace {

TEST(AddressesTest, LieInTheRangeKeptForTests) {
  for (std::string_view host :
       {"www.google.com", "velmora.de", "a.b.co.uk", "x.ru", "t1.dn-relay.example"}) {
    EXPECT_EQ(AddressOf(host) >> 17, (198u << 8 | 18u) >> 1) << host;
    EXPECT_EQ(AddressOf(host), AddressOf(host));
  }
}

TEST(AddressesTest, LieInTheCountryOfTheDomain) {
  EXPECT_EQ(CountryOf(AddressOf("velmora.de")), "DE");
  EXPECT_EQ(CountryOf(AddressOf("shop.velmora.co.uk")), "GB");
  EXPECT_EQ(CountryOf(AddressOf("VELMORA.ru")), CountryOf(AddressOf("velmora.ru")));
  EXPECT_EQ(CountryOf(10u << 24), "");
}

// Walks the tree of the database as a reader does.
std::string_view LookUp(const std::string& database, uint32_t ip) {
  const auto number = [&](size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i)
      value = value << 8 | static_cast<unsigned char>(database[at + i]);
    return value;
  };
  std::string gap(16, '\0');
  gap +=
      "\xe1"
      "Gcountry";
  const size_t separator = database.find(gap);
  const uint32_t count = static_cast<uint32_t>(separator / 8);
  uint32_t node = 0;
  for (int bit = 31; bit >= 0 && node < count; --bit) node = number(node * 8 + (ip >> bit & 1) * 4);
  if (node <= count) return {};
  const size_t data = separator + (node - count);
  const size_t code = database.find("Hiso_code", data) + 10;
  return std::string_view(database).substr(code, 2);
}

TEST(AddressesTest, AreInTheDatabase) {
  const std::string database = CountryDatabase();
  for (std::string_view host : {"www.google.com", "velmora.de", "a.b.co.uk", "x.ru", "y.com.br"}) {
    EXPECT_EQ(LookUp(database, AddressOf(host)), CountryOf(AddressOf(host))) << host;
  }
  EXPECT_EQ(LookUp(database, 10u << 24 | 1), "");
  EXPECT_EQ(LookUp(database, 203u << 24 | 113 << 8 | 7), "");
}

}  // namespace
}  // namespace vedette::simulate
