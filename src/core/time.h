// Timestamps and durations. Event time is the only clock of the engine; wall time is handed in
// where it is needed.
//
//   std::optional<Timestamp> t = ParseIso8601("2026-03-07T14:05:09.1234567Z");
//   std::string text = FormatIso8601(*t);   // 2026-03-07T14:05:09.1234567Z
//
// A Timestamp counts nanoseconds since 1970-01-01T00:00Z, good for the years 1678 to 2262. All
// functions are pure.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vedette {

using Nanoseconds = std::chrono::nanoseconds;

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr int64_t kNanosPerMinute = 60 * kNanosPerSecond;
inline constexpr int64_t kNanosPerHour = 60 * kNanosPerMinute;
inline constexpr int64_t kNanosPerDay = 24 * kNanosPerHour;

struct Timestamp {
  int64_t ns = 0;

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
  friend Timestamp operator+(Timestamp t, Nanoseconds d) { return {t.ns + d.count()}; }
  friend Timestamp operator-(Timestamp t, Nanoseconds d) { return {t.ns - d.count()}; }
  friend Nanoseconds operator-(Timestamp a, Timestamp b) { return Nanoseconds(a.ns - b.ns); }

  // Whole units since the epoch, rounded towards the past.
  int64_t seconds() const { return FloorDiv(ns, kNanosPerSecond); }
  int64_t minutes() const { return FloorDiv(ns, kNanosPerMinute); }
  int64_t days() const { return FloorDiv(ns, kNanosPerDay); }

  static int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0); }
};

struct CivilTime {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int64_t nanosecond = 0;
};

// Days since the epoch of a Gregorian date. Source: H. Hinnant, "chrono-Compatible Low-Level Date
// Algorithms".
int64_t DaysFromCivil(int year, int month, int day);
// Year, month and day of a day number; time of day is zero.
CivilTime CivilFromDays(int64_t days);

// False when a part is out of range (a leap second 60 is read as 59) or the date does not exist.
bool IsValid(const CivilTime& civil);
// UTC. Requires IsValid.
Timestamp FromCivil(const CivilTime& civil);
CivilTime ToCivil(Timestamp time);

// Reads date, 'T' or blank, time, any number of fraction digits (nanoseconds kept, the rest cut),
// and a zone: 'Z', an offset, or none (then UTC plus `default_offset`). Nothing may follow.
std::optional<Timestamp> ParseIso8601(std::string_view text,
                                      Nanoseconds default_offset = Nanoseconds(0));

// UTC with the fewest fraction digits that lose nothing: "2026-03-07T14:05:09Z", "….1234567Z".
std::string FormatIso8601(Timestamp time);
void AppendIso8601(std::string& out, Timestamp time);
// "2026-03-07" of a day number.
std::string FormatDay(int64_t days);

// "90d", "12h", "5m", "30s", "250ms", and sums such as "1d12h". Nothing else.
std::optional<Nanoseconds> ParseDuration(std::string_view text);
// The shortest such form.
std::string FormatDuration(Nanoseconds duration);

}  // namespace vedette
