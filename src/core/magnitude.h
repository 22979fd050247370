// Orders of magnitude by exact integer thresholds: m(v) is the largest m with base^m <= v.
//
//   Result<MagnitudeScale> scale = MagnitudeScale::Make("2");
//   scale->Of(12);        // 3
//   scale->Of(0);         // -1: no magnitude
//
// The base is the decimal text of a number above 1 ("2", "1.5"); thresholds ceil(base^m) are
// computed with whole numbers of any size, because floor(log(v) / log(base)) is wrong at exact
// powers. Immutable; thread-safe; a binary search in at most 63. Source: semantics section 4.8.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace vedette {

inline constexpr int kMaxMagnitude = 62;

class MagnitudeScale {
 public:
  static Result<MagnitudeScale> Make(std::string_view base);

  int Of(int64_t value) const;
  // The smallest value of magnitude m, or INT64_MAX when none fits.
  int64_t Least(int magnitude) const;

 private:
  std::vector<int64_t> thresholds_;  // ascending; index is the magnitude
};

}  // namespace vedette
