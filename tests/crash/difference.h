// What a run that was killed got wrong, line by line of its results.
//
//   Difference difference = Compare(expected_text, found_text);
//   if (!difference.none()) fmt::print("{}", difference.ToString());
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vedette::crash {

struct Difference {
  uint64_t lost = 0;        // ids that are missing
  uint64_t duplicated = 0;  // lines too many of one id
  uint64_t invented = 0;    // ids that should not be there
  uint64_t changed = 0;     // lines of the same id with other bytes
  bool bytes = false;       // anything at all, the order too
  std::string first;        // the first line that differs, as it is

  bool none() const { return !bytes; }
  std::string ToString() const;
  Difference& operator+=(const Difference& other);
};

// Two texts of lines of JSON, each with an id.
Difference Compare(std::string_view expected, std::string_view found);

}  // namespace vedette::crash
