#include "simulate/calendar.h"

#include <gtest/gtest.h>

namespace vedette::simulate {
namespace {

int64_t Day(int year, int month, int day) { return DaysFromCivil(year, month, day); }

TEST(CalendarTest, KnowsTheDayOfTheWeek) {
  EXPECT_EQ(WeekDay(Day(2026, 1, 5)), 1);
  EXPECT_EQ(WeekDay(Day(1970, 1, 1)), 4);
  EXPECT_EQ(WeekDay(Day(1969, 12, 28)), 7);
  EXPECT_TRUE(IsWeekend(Day(2026, 2, 14)));
  EXPECT_FALSE(IsWeekend(Day(2026, 2, 13)));
}

TEST(CalendarTest, FindsEaster) {
  EXPECT_EQ(EasterSunday(2024), Day(2024, 3, 31));
  EXPECT_EQ(EasterSunday(2025), Day(2025, 4, 20));
  EXPECT_EQ(EasterSunday(2026), Day(2026, 4, 5));
  EXPECT_EQ(EasterSunday(2038), Day(2038, 4, 25));
}

TEST(CalendarTest, KeepsTheHolidaysOfEachRegion) {
  struct Case {
    Region region;
    int year, month, day;
    bool holiday;
  };
  const Case cases[] = {
      {Region::kGermany, 2026, 1, 1, true},        {Region::kGermany, 2026, 4, 3, true},
      {Region::kGermany, 2026, 5, 14, true},       {Region::kGermany, 2026, 4, 27, false},
      {Region::kNetherlands, 2026, 4, 27, true},   {Region::kNetherlands, 2026, 4, 3, false},
      {Region::kBritain, 2026, 5, 25, true},       {Region::kBritain, 2026, 5, 18, false},
      {Region::kUnitedStates, 2026, 1, 19, true},  {Region::kUnitedStates, 2026, 2, 16, true},
      {Region::kUnitedStates, 2026, 11, 26, true}, {Region::kUnitedStates, 2026, 5, 25, true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(IsHoliday(c.region, Day(c.year, c.month, c.day)), c.holiday)
        << c.year << '-' << c.month << '-' << c.day;
  }
}

TEST(CalendarTest, NumbersWeeksAsIso8601) {
  EXPECT_EQ(WeekOf(Day(2026, 1, 5)), (IsoWeek{2026, 2}));
  EXPECT_EQ(WeekOf(Day(2026, 1, 1)), (IsoWeek{2026, 1}));
  EXPECT_EQ(WeekOf(Day(2025, 12, 29)), (IsoWeek{2026, 1}));
  EXPECT_EQ(WeekOf(Day(2027, 1, 3)), (IsoWeek{2026, 53}));
}

}  // namespace
}  // namespace vedette::simulate
