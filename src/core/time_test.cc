#include "core/time.h"

#include <gtest/gtest.h>

#include "core/zone.h"

namespace vedette {
namespace {

TEST(Iso8601, KeepsEveryFractionDigitUpToNanoseconds) {
  struct Case {
    const char* text;
    const char* formatted;
  };
  for (const Case& c :
       {Case{"2026-03-07T14:05:09.1234567Z", "2026-03-07T14:05:09.1234567Z"},
        Case{"2026-03-07 14:05:09", "2026-03-07T14:05:09Z"},
        Case{"2026-03-07T14:05:09,5+02:00", "2026-03-07T12:05:09.5Z"},
        Case{"2026-03-07T14:05:09.123456789123-0730", "2026-03-07T21:35:09.123456789Z"},
        Case{"2026-03-07T14:05Z", "2026-03-07T14:05:00Z"},
        Case{"2026-03-07", "2026-03-07T00:00:00Z"},
        Case{"2024-02-29T23:59:60Z", "2024-02-29T23:59:59Z"},
        Case{"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"}}) {
    const auto time = ParseIso8601(c.text);
    ASSERT_TRUE(time.has_value()) << c.text;
    EXPECT_EQ(FormatIso8601(*time), c.formatted);
  }
}

TEST(Iso8601, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026", "2026-13-01", "2026-02-30T00:00:00Z", "2026-03-07T24:00:00Z",
                           "2026-03-07T14:05:09.Z", "2026-03-07T14:05:09Zx",
                           "2026-03-07T14:05:09+25:00", "07/03/2026", "1500-01-01T00:00:00Z"}) {
    EXPECT_FALSE(ParseIso8601(text).has_value()) << text;
  }
}

TEST(Iso8601, UsesTheDefaultOffsetOnlyWithoutAZone) {
  EXPECT_EQ(FormatIso8601(*ParseIso8601("2026-03-07T14:00:00", std::chrono::hours(2))),
            "2026-03-07T12:00:00Z");
  EXPECT_EQ(FormatIso8601(*ParseIso8601("2026-03-07T14:00:00Z", std::chrono::hours(2))),
            "2026-03-07T14:00:00Z");
}

TEST(Civil, DaysRoundTripOverFourCenturies) {
  for (int64_t day = -100'000; day <= 100'000; day += 37) {
    const CivilTime civil = CivilFromDays(day);
    EXPECT_EQ(DaysFromCivil(civil.year, civil.month, civil.day), day);
    EXPECT_TRUE(IsValid(civil));
  }
  EXPECT_EQ(FormatDay(DaysFromCivil(2026, 11, 24)), "2026-11-24");
}

TEST(Duration, ReadsAndWritesTheShortestForm) {
  EXPECT_EQ(ParseDuration("90d")->count(), 90 * kNanosPerDay);
  EXPECT_EQ(ParseDuration("1d12h")->count(), 36 * kNanosPerHour);
  EXPECT_EQ(ParseDuration("250ms")->count(), 250'000'000);
  EXPECT_EQ(FormatDuration(std::chrono::hours(36)), "1d12h");
  for (const char* text : {"", "5", "d", "5x", "-5m", "99999999999999d"})
    EXPECT_FALSE(ParseDuration(text)) << text;
}

TEST(Zone, HourOfWeekFollowsTheWallClockThroughADaylightSavingDay) {
  const Zone* berlin = Zone::Find("Europe/Berlin");
  ASSERT_NE(berlin, nullptr);
  // On 2026-03-29 the clocks go from 02:00 to 03:00; Sunday 01 h is hour 145.
  EXPECT_EQ(berlin->HourOfWeek(*ParseIso8601("2026-03-29T00:30:00Z")), 145);
  EXPECT_EQ(berlin->HourOfWeek(*ParseIso8601("2026-03-29T01:30:00Z")), 147);
  // On 2026-10-25 the hour 02 comes twice.
  EXPECT_EQ(berlin->HourOfWeek(*ParseIso8601("2026-10-25T00:30:00Z")), 146);
  EXPECT_EQ(berlin->HourOfWeek(*ParseIso8601("2026-10-25T01:30:00Z")), 146);
  EXPECT_EQ(Zone::Utc()->HourOfWeek(*ParseIso8601("2026-03-02T09:30:00Z")), 9);
}

TEST(Zone, LocalDaysTurnAtLocalMidnight) {
  const Zone* tokyo = Zone::Find("Asia/Tokyo");
  ASSERT_NE(tokyo, nullptr);
  EXPECT_EQ(FormatDay(tokyo->LocalDay(*ParseIso8601("2026-03-07T14:59:59Z"))), "2026-03-07");
  EXPECT_EQ(FormatDay(tokyo->LocalDay(*ParseIso8601("2026-03-07T15:00:00Z"))), "2026-03-08");
}

TEST(Zone, ReadsWallTimesOffsetsAndRefusesUnknownNames) {
  const Zone* berlin = Zone::Find("Europe/Berlin");
  ASSERT_NE(berlin, nullptr);
  EXPECT_EQ(FormatIso8601(berlin->ToUtc({2026, 7, 1, 12, 0, 0, 0})), "2026-07-01T10:00:00Z");
  EXPECT_EQ(FormatIso8601(berlin->ToUtc({2026, 3, 29, 2, 30, 0, 0})),
            "2026-03-29T01:00:00Z");  // the missing hour
  EXPECT_EQ(FormatIso8601(Zone::Find("+05:30")->ToUtc({2026, 7, 1, 12, 0, 0, 0})),
            "2026-07-01T06:30:00Z");
  EXPECT_EQ(Zone::Find("Europe/Atlantis"), nullptr);
}

}  // namespace
}  // namespace vedette
