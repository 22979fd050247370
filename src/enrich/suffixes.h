// Registrable domains by the public suffix list.
#pragma once

#include <string_view>

namespace vedette {

// "a.b.example.co.uk" -> "example.co.uk", a view into `host`. Empty for addresses, single labels
// and suffixes themselves. Thread-safe. Source: publicsuffix.org as libpsl was built with.
std::string_view RegistrableDomain(std::string_view host);

}  // namespace vedette
