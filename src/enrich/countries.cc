#include "enrich/countries.h"

#include <cstring>

#include <fmt/format.h>
#include <maxminddb.h>
#include <netinet/in.h>

namespace vedette {

void Countries::Close::operator()(void* database) const {
  auto* mmdb = static_cast<MMDB_s*>(database);
  MMDB_close(mmdb);
  delete mmdb;
}

Result<Countries> Countries::Open(const std::string& path) {
  auto mmdb = std::make_unique<MMDB_s>();
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, mmdb.get());
  if (status != MMDB_SUCCESS) {
    return Fail("countries-unreadable",
                fmt::format("cannot read the country database: {}", MMDB_strerror(status)), {path});
  }
  Countries countries;
  countries.database_.reset(mmdb.release());
  return countries;
}

std::string_view Countries::Find(const IpAddress& ip) const {
  const auto* mmdb = static_cast<const MMDB_s*>(database_.get());
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  std::memcpy(&address.sin6_addr, ip.bytes.data(), 16);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  std::memcpy(&v4.sin_addr, ip.bytes.data() + 12, 4);
  int error = MMDB_SUCCESS;
  const auto* socket = ip.is_v4 ? reinterpret_cast<const sockaddr*>(&v4)
                                : reinterpret_cast<const sockaddr*>(&address);
  MMDB_lookup_result_s found = MMDB_lookup_sockaddr(mmdb, socket, &error);
  if (error != MMDB_SUCCESS || !found.found_entry) return {};
  MMDB_entry_data_s data;
  if (MMDB_get_value(&found.entry, &data, "country", "iso_code", nullptr) != MMDB_SUCCESS ||
      !data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING) {
    return {};
  }
  return {data.utf8_string, data.data_size};
}

}  // namespace vedette
