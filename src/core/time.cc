#include "core/time.h"

#include <fmt/format.h>

namespace vedette {

int64_t DaysFromCivil(int year, int month, int day) {
  const int64_t y = year - (month <= 2);
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilTime CivilFromDays(int64_t days) {
  const int64_t z = days + 719468;
  const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const int64_t day_of_era = z - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  CivilTime civil;
  civil.day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  civil.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  civil.year = static_cast<int>(year_of_era + era * 400 + (civil.month <= 2));
  return civil;
}

bool IsValid(const CivilTime& c) {
  if (c.year < 1678 || c.year > 2261 || c.month < 1 || c.month > 12 || c.day < 1) return false;
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = c.year % 4 == 0 && (c.year % 100 != 0 || c.year % 400 == 0);
  if (c.day > kDays[c.month - 1] + (c.month == 2 && leap)) return false;
  return c.hour >= 0 && c.hour <= 23 && c.minute >= 0 && c.minute <= 59 && c.second >= 0 &&
         c.second <= 60 && c.nanosecond >= 0 && c.nanosecond < kNanosPerSecond;
}

Timestamp FromCivil(const CivilTime& c) {
  const int second = c.second == 60 ? 59 : c.second;
  return {DaysFromCivil(c.year, c.month, c.day) * kNanosPerDay + c.hour * kNanosPerHour +
          c.minute * kNanosPerMinute + second * kNanosPerSecond + c.nanosecond};
}

CivilTime ToCivil(Timestamp time) {
  const int64_t days = time.days();
  int64_t rest = time.ns - days * kNanosPerDay;
  CivilTime civil = CivilFromDays(days);
  civil.hour = static_cast<int>(rest / kNanosPerHour);
  rest %= kNanosPerHour;
  civil.minute = static_cast<int>(rest / kNanosPerMinute);
  rest %= kNanosPerMinute;
  civil.second = static_cast<int>(rest / kNanosPerSecond);
  civil.nanosecond = rest % kNanosPerSecond;
  return civil;
}

namespace {

// Reads exactly `count` digits at `at`.
bool Digits(std::string_view text, size_t at, size_t count, int* out) {
  if (at + count > text.size()) return false;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - '0';
    if (digit > 9) return false;
    value = value * 10 + static_cast<int>(digit);
  }
  *out = value;
  return true;
}

// Reads "Z", "+02:00", "-0700", "+02"; false when there is something else.
bool ReadOffset(std::string_view text, size_t* at, int64_t* offset_ns) {
  if (*at == text.size()) return false;
  const char sign = text[*at];
  if (sign == 'Z' || sign == 'z') {
    ++*at;
    *offset_ns = 0;
    return true;
  }
  if (sign != '+' && sign != '-') return false;
  int hours = 0;
  int minutes = 0;
  if (!Digits(text, *at + 1, 2, &hours)) return false;
  size_t next = *at + 3;
  if (next < text.size() && text[next] == ':') ++next;
  if (Digits(text, next, 2, &minutes)) next += 2;
  if (hours > 18 || minutes > 59) return false;
  *at = next;
  *offset_ns = (hours * 60 + minutes) * kNanosPerMinute * (sign == '-' ? -1 : 1);
  return true;
}

}  // namespace

std::optional<Timestamp> ParseIso8601(std::string_view text, Nanoseconds default_offset) {
  CivilTime civil;
  if (!Digits(text, 0, 4, &civil.year) || text.size() < 10 || text[4] != '-' || text[7] != '-')
    return {};
  if (!Digits(text, 5, 2, &civil.month) || !Digits(text, 8, 2, &civil.day)) return {};
  size_t at = 10;
  int64_t offset = default_offset.count();
  if (at < text.size()) {
    if (text[at] != 'T' && text[at] != ' ' && text[at] != 't') return {};
    if (text.size() < at + 6 || text[at + 3] != ':') return {};
    if (!Digits(text, at + 1, 2, &civil.hour) || !Digits(text, at + 4, 2, &civil.minute)) return {};
    at += 6;
    if (at < text.size() && text[at] == ':') {
      if (!Digits(text, at + 1, 2, &civil.second)) return {};
      at += 3;
      if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
        int64_t unit = kNanosPerSecond / 10;
        const size_t first = ++at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
          civil.nanosecond += (text[at] - '0') * unit;
          unit /= 10;
          ++at;
        }
        if (at == first) return {};
      }
    }
    if (at < text.size() && !ReadOffset(text, &at, &offset)) return {};
    if (at != text.size()) return {};
  }
  if (!IsValid(civil)) return {};
  return Timestamp{FromCivil(civil).ns - offset};
}

void AppendIso8601(std::string& out, Timestamp time) {
  const CivilTime c = ToCivil(time);
  char text[40] = "0000-00-00T00:00:00";
  auto put = [&](int at, int width, int64_t value) {
    for (int i = width - 1; i >= 0; --i, value /= 10)
      text[at + i] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, c.year);
  put(5, 2, c.month);
  put(8, 2, c.day);
  put(11, 2, c.hour);
  put(14, 2, c.minute);
  put(17, 2, c.second);
  int length = 19;
  if (c.nanosecond != 0) {
    text[length++] = '.';
    put(length, 9, c.nanosecond);
    length += 9;
    while (text[length - 1] == '0') --length;
  }
  text[length++] = 'Z';
  out.append(text, static_cast<size_t>(length));
}

std::string FormatIso8601(Timestamp time) {
  std::string out;
  AppendIso8601(out, time);
  return out;
}

std::string FormatDay(int64_t days) {
  const CivilTime c = CivilFromDays(days);
  return fmt::format("{:04}-{:02}-{:02}", c.year, c.month, c.day);
}

namespace {

struct Unit {
  std::string_view name;
  int64_t ns;
};
// From large to small; "ms" stands before "m" in reading because the longer name is tried first.
constexpr Unit kUnits[] = {
    {"d", kNanosPerDay},    {"h", kNanosPerHour}, {"ms", 1'000'000}, {"m", kNanosPerMinute},
    {"s", kNanosPerSecond}, {"us", 1'000},        {"ns", 1}};

}  // namespace

std::optional<Nanoseconds> ParseDuration(std::string_view text) {
  if (text.empty()) return {};
  int64_t total = 0;
  while (!text.empty()) {
    size_t digits = 0;
    int64_t number = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
      if (number > 1'000'000'000'000) return {};
      number = number * 10 + (text[digits++] - '0');
    }
    if (digits == 0) return {};
    text.remove_prefix(digits);
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      if (text.substr(0, candidate.name.size()) == candidate.name) {
        unit = &candidate;
        break;
      }
    }
    int64_t part = 0;
    if (unit == nullptr || __builtin_mul_overflow(number, unit->ns, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return {};
    }
    text.remove_prefix(unit->name.size());
  }
  return Nanoseconds(total);
}

std::string FormatDuration(Nanoseconds duration) {
  int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string out;
  if (rest < 0) {
    out = "-";
    rest = -rest;
  }
  static constexpr Unit kDescending[] = {{"d", kNanosPerDay},
                                         {"h", kNanosPerHour},
                                         {"m", kNanosPerMinute},
                                         {"s", kNanosPerSecond},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}};
  for (const Unit& unit : kDescending) {
    if (rest >= unit.ns) {
      fmt::format_to(std::back_inserter(out), "{}{}", rest / unit.ns, unit.name);
      rest %= unit.ns;
    }
  }
  return out;
}

}  // namespace vedette
