// Addresses of hosts outside, and where they are. All lie in 198.18.0.0/15, which is kept for tests
// (RFC 2544), cut into one block per country; CountryDatabase says which, in the file format that
// country look-ups read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vedette::simulate {

// Always the same for a name. A host under a country's domain lies in that country, others mostly
// in the United States.
uint32_t AddressOf(std::string_view host);

// The two letters of the country of such an address; empty for any other.
std::string_view CountryOf(uint32_t ip);

// The bytes of a MaxMind database (format 2.0, IPv4) with the field country.iso_code.
std::string CountryDatabase();

}  // namespace vedette::simulate
