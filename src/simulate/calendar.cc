#include "simulate/calendar.h"

namespace vedette::simulate {
namespace {

struct FixedDay {
  Region region;
  int month, day;
};
constexpr FixedDay kFixedDays[] = {
    {Region::kGermany, 1, 1},        {Region::kGermany, 5, 1},
    {Region::kGermany, 10, 3},       {Region::kGermany, 12, 25},
    {Region::kGermany, 12, 26},      {Region::kNetherlands, 1, 1},
    {Region::kNetherlands, 4, 27},   {Region::kNetherlands, 12, 25},
    {Region::kNetherlands, 12, 26},  {Region::kBritain, 1, 1},
    {Region::kBritain, 12, 25},      {Region::kBritain, 12, 26},
    {Region::kUnitedStates, 1, 1},   {Region::kUnitedStates, 6, 19},
    {Region::kUnitedStates, 7, 4},   {Region::kUnitedStates, 11, 11},
    {Region::kUnitedStates, 12, 25},
};

struct EasterDay {
  Region region;
  int offset;  // days after Easter Sunday
};
constexpr EasterDay kEasterDays[] = {
    {Region::kGermany, -2},     {Region::kGermany, 1},     {Region::kGermany, 39},
    {Region::kGermany, 50},     {Region::kNetherlands, 1}, {Region::kNetherlands, 39},
    {Region::kNetherlands, 50}, {Region::kBritain, -2},    {Region::kBritain, 1},
};

struct NthDay {
  Region region;
  int month, week_day, nth;  // nth from the start; -1: the last
};
constexpr NthDay kNthDays[] = {
    {Region::kBritain, 5, 1, 1},       {Region::kBritain, 5, 1, -1},
    {Region::kBritain, 8, 1, -1},      {Region::kUnitedStates, 1, 1, 3},
    {Region::kUnitedStates, 2, 1, 3},  {Region::kUnitedStates, 5, 1, -1},
    {Region::kUnitedStates, 9, 1, 1},  {Region::kUnitedStates, 10, 1, 2},
    {Region::kUnitedStates, 11, 4, 4},
};

bool IsNth(const NthDay& rule, const CivilTime& civil, int64_t day) {
  if (civil.month != rule.month || WeekDay(day) != rule.week_day) return false;
  if (rule.nth > 0) return (civil.day - 1) / 7 + 1 == rule.nth;
  return CivilFromDays(day + 7).month != civil.month;
}

}  // namespace

int WeekDay(int64_t day) {
  const int64_t since_monday = (day + 3) % 7;
  return static_cast<int>(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

bool IsWeekend(int64_t day) { return WeekDay(day) >= 6; }

int64_t EasterSunday(int year) {
  const int a = year % 19, b = year / 100, c = year % 100;
  const int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
  const int h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4, k = c % 4;
  const int l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int n = h + l - 7 * m + 114;
  return DaysFromCivil(year, n / 31, n % 31 + 1);
}

bool IsHoliday(Region region, int64_t day) {
  const CivilTime civil = CivilFromDays(day);
  for (const FixedDay& fixed : kFixedDays) {
    if (fixed.region == region && fixed.month == civil.month && fixed.day == civil.day) return true;
  }
  for (const NthDay& rule : kNthDays) {
    if (rule.region == region && IsNth(rule, civil, day)) return true;
  }
  const int64_t after_easter = day - EasterSunday(civil.year);
  for (const EasterDay& easter : kEasterDays) {
    if (easter.region == region && easter.offset == after_easter) return true;
  }
  return false;
}

IsoWeek WeekOf(int64_t day) {
  const int64_t thursday = day - (WeekDay(day) - 4);
  const int year = CivilFromDays(thursday).year;
  return {year, static_cast<int>((thursday - DaysFromCivil(year, 1, 1)) / 7) + 1};
}

}  // namespace vedette::simulate
