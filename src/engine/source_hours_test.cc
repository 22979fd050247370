#include "engine/source_hours.h"

#include <gtest/gtest.h>

namespace vedette {
namespace {

constexpr int64_t kFirstHour = 490'896;  // 2026-01-01T00:00Z, a Thursday

Timestamp Hour(int64_t hour) { return {(kFirstHour + hour) * kNanosPerHour + kNanosPerMinute}; }

// Events in the working hours of `weeks` weeks, but for those from `silent_from` to `silent_to`.
SourceHours Heard(int weeks, int64_t silent_from = 0, int64_t silent_to = 0) {
  SourceHours hours;
  for (int64_t h = 0; h < weeks * 168; ++h) {
    if (h % 24 < 9 || h % 24 > 16 || (h >= silent_from && h < silent_to)) continue;
    hours.Saw(0, Hour(h));
  }
  return hours;
}

TEST(SourceHours, NightsAreNoGaps) {
  const SourceHours hours = Heard(4);
  EXPECT_EQ(hours.counts(0).missing, 0u);
  EXPECT_EQ(hours.counts(0).hours, 4u * 7 * 8);
  EXPECT_EQ(hours.CoveragePpm(0, Hour(4 * 168 - 8), Nanoseconds(90 * kNanosPerDay)), 1'000'000);
}

TEST(SourceHours, ASilentDayIsAGapOfItsWorkingHours) {
  const int64_t day = 3 * 168 + 24;
  const SourceHours hours = Heard(4, day, day + 24);
  EXPECT_EQ(hours.counts(0).missing, 8u);
  ASSERT_EQ(hours.counts(0).gaps.size(), 1u);
  EXPECT_EQ(hours.counts(0).gaps[0].first_hour, kFirstHour + day + 9);
  EXPECT_EQ(hours.counts(0).gaps[0].hours, 8);
  // At noon of the day after: of 8 + 3 hours in the last day and a half, 8 are missing.
  EXPECT_EQ(hours.CoveragePpm(0, Hour(day + 36), Nanoseconds(36 * kNanosPerHour)),
            3 * 1'000'000 / 11);
}

TEST(SourceHours, TheFirstWeekTellsNothing) {
  const SourceHours hours = Heard(1, 24, 48);
  EXPECT_EQ(hours.counts(0).missing, 0u);
  EXPECT_EQ(hours.CoveragePpm(0, Hour(160), Nanoseconds(5 * kNanosPerDay)), 1'000'000);
  EXPECT_EQ(hours.CoveragePpm(7, Hour(160), Nanoseconds(5 * kNanosPerDay)), 1'000'000);
}

TEST(SourceHours, ALongSilenceCountsOnceForEachHourOfTheWeekBefore) {
  SourceHours hours = Heard(2);
  hours.CloseUntil(Hour(20 * 168));
  EXPECT_EQ(hours.counts(0).missing, 7u * 8);
  hours.Saw(0, Hour(20 * 168));
  EXPECT_EQ(hours.counts(0).missing, 7u * 8);
}

TEST(SourceHours, LateEventsFillTheirHours) {
  SourceHours hours = Heard(4, 3 * 168 + 24, 3 * 168 + 48);
  const Nanoseconds window(3 * kNanosPerDay);
  const int64_t before = hours.CoveragePpm(0, Hour(3 * 168 + 60), window);
  for (int64_t h = 9; h <= 16; ++h) hours.Saw(0, Hour(3 * 168 + 24 + h));
  EXPECT_LT(before, 1'000'000);
  EXPECT_EQ(hours.CoveragePpm(0, Hour(3 * 168 + 60), window), 1'000'000);
}

TEST(SourceHours, SavedAndLoadedItIsTheSame) {
  SourceHours hours = Heard(4, 3 * 168, 3 * 168 + 48);
  SourceHours loaded;
  ASSERT_TRUE(loaded.Load(0, hours.Save(0)));
  hours.CloseUntil(Hour(6 * 168));
  loaded.CloseUntil(Hour(6 * 168));
  EXPECT_EQ(loaded.Save(0), hours.Save(0));
  EXPECT_EQ(loaded.counts(0).missing, hours.counts(0).missing);
  EXPECT_FALSE(loaded.Load(0, "too short"));
}

}  // namespace
}  // namespace vedette
