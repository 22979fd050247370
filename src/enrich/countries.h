// Countries of addresses from a MaxMind database file that the user configures; none ships.
//
//   Result<Countries> countries = Countries::Open("GeoLite2-Country.mmdb");
//   std::string_view code = countries->Find(ip);      // "DE", or empty
//
// Owns the mapped file; answers point into it. Thread-safe for reading. Cost: one tree walk of at
// most 128 steps.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/ip.h"
#include "core/result.h"

namespace vedette {

class Countries {
 public:
  static Result<Countries> Open(const std::string& path);

  std::string_view Find(const IpAddress& ip) const;

 private:
  struct Close {
    void operator()(void* database) const;
  };
  std::unique_ptr<void, Close> database_;
};

}  // namespace vedette
