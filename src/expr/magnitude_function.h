// magnitude(value, base) of the condition language.
#pragma once

#include "event/value.h"

namespace vedette {

// The largest m with base^m <= value, by exact whole-number thresholds; null for values under 1 and
// bases that are not above 1.
Value MagnitudeOf(const Value& value, const Value& base);

}  // namespace vedette
