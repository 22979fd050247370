// Working days and public holidays of the organisation's places, and the wall clock of each.
#pragma once

#include <cstdint>

#include "core/time.h"
#include "core/zone.h"

namespace vedette::simulate {

enum class Region : uint8_t { kGermany, kNetherlands, kBritain, kUnitedStates };

// 1 is Monday, 7 is Sunday. `day` counts days since 1970-01-01.
int WeekDay(int64_t day);
bool IsWeekend(int64_t day);

// Whether offices of the region are closed on a day that is not a weekend: the holidays that all of
// the region keeps.
bool IsHoliday(Region region, int64_t day);

// Western Easter Sunday. Source: the anonymous Gregorian computus (Nature, 1876).
int64_t EasterSunday(int year);

// The year and week of ISO 8601: weeks begin on Monday, week 1 holds January 4th.
struct IsoWeek {
  int year;
  int week;
  friend bool operator==(const IsoWeek&, const IsoWeek&) = default;
};
IsoWeek WeekOf(int64_t day);

}  // namespace vedette::simulate
