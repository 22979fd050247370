// Registrable domains by the public suffix list.
#pragma once

#include <string>
#include <string_view>

namespace vedette {

// "a.b.example.co.uk" -> "example.co.uk", a view into `host`. Empty for addresses, single labels
// and suffixes themselves. Thread-safe. Source: publicsuffix.org as libpsl was built with.
std::string_view RegistrableDomain(std::string_view host);

// Which list that is: the beginning of its SHA-1 sum.
std::string SuffixListVersion();

}  // namespace vedette
