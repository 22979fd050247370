#include "core/magnitude.h"

#include <algorithm>
#include <limits>

#include <boost/multiprecision/cpp_int.hpp>

#include "core/text.h"

namespace vedette {

Result<MagnitudeScale> MagnitudeScale::Make(std::string_view base) {
  using Big = boost::multiprecision::cpp_int;
  // The base as a fraction of whole numbers: "1.5" is 15/10.
  Big numerator = 0;
  Big denominator = 1;
  bool point = false;
  size_t digits = 0;
  for (char c : base) {
    if (c == '.' && !point) {
      point = true;
    } else if (IsDigit(c) && ++digits <= 12) {
      numerator = numerator * 10 + (c - '0');
      if (point) denominator *= 10;
    } else {
      digits = 99;
      break;
    }
  }
  if (digits == 0 || digits > 12 || numerator <= denominator) {
    return Fail("model-base", "the base must be a decimal number above 1, such as 2 or 1.5");
  }
  MagnitudeScale scale;
  const Big limit = std::numeric_limits<int64_t>::max();
  Big power = 1;
  Big divisor = 1;
  for (int m = 0; m <= kMaxMagnitude; ++m) {
    const Big least = (power + divisor - 1) / divisor;
    if (least > limit) break;
    scale.thresholds_.push_back(static_cast<int64_t>(least));
    power *= numerator;
    divisor *= denominator;
  }
  return scale;
}

int MagnitudeScale::Of(int64_t value) const {
  const auto above = std::upper_bound(thresholds_.begin(), thresholds_.end(), value);
  return static_cast<int>(above - thresholds_.begin()) - 1;
}

int64_t MagnitudeScale::Least(int magnitude) const {
  const auto index = static_cast<size_t>(magnitude);
  return magnitude >= 0 && index < thresholds_.size() ? thresholds_[index]
                                                      : std::numeric_limits<int64_t>::max();
}

}  // namespace vedette
