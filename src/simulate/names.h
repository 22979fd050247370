// Words from which people, partners and documents get their names. All invented or common; no real
// person is meant.
#pragma once

#include <span>
#include <string_view>

namespace vedette::simulate {

std::span<const std::string_view> FirstNames();
std::span<const std::string_view> LastNames();
std::span<const std::string_view> NameStarts();     // of companies: vel, bran …
std::span<const std::string_view> NameEnds();       // mora, tek …
std::span<const std::string_view> Branches();       // -logistik, -systems …
std::span<const std::string_view> DocumentKinds();  // offer, report …
std::span<const std::string_view> DocumentTopics();
std::span<const std::string_view> PagePaths();

}  // namespace vedette::simulate
