#include "parse/time_format.h"

#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "parse/key_hash.h"

namespace vedette {
namespace {

constexpr uint32_t MonthKey(char a, char b, char c) {
  return (static_cast<uint32_t>(static_cast<unsigned char>(a)) << 16 |
          static_cast<uint32_t>(static_cast<unsigned char>(b)) << 8 |
          static_cast<uint32_t>(static_cast<unsigned char>(c))) |
         0x202020;
}

// 1 to 12 by the first three letters in any case, or 0.
int MonthOf(std::string_view text) {
  if (text.size() < 3) return 0;
  switch (MonthKey(text[0], text[1], text[2])) {
    case MonthKey('j', 'a', 'n'):
      return 1;
    case MonthKey('f', 'e', 'b'):
      return 2;
    case MonthKey('m', 'a', 'r'):
      return 3;
    case MonthKey('a', 'p', 'r'):
      return 4;
    case MonthKey('m', 'a', 'y'):
      return 5;
    case MonthKey('j', 'u', 'n'):
      return 6;
    case MonthKey('j', 'u', 'l'):
      return 7;
    case MonthKey('a', 'u', 'g'):
      return 8;
    case MonthKey('s', 'e', 'p'):
      return 9;
    case MonthKey('o', 'c', 't'):
      return 10;
    case MonthKey('n', 'o', 'v'):
      return 11;
    case MonthKey('d', 'e', 'c'):
      return 12;
    default:
      return 0;
  }
}

// Takes `least` to `most` digits off the front.
bool TakeDigits(std::string_view& text, int least, int most, int64_t* number,
                int* taken = nullptr) {
  int digits = 0;
  int64_t value = 0;
  while (digits < most && static_cast<size_t>(digits) < text.size() &&
         IsDigit(text[static_cast<size_t>(digits)])) {
    value = value * 10 + (text[static_cast<size_t>(digits++)] - '0');
  }
  if (digits < least) return false;
  text.remove_prefix(static_cast<size_t>(digits));
  *number = value;
  if (taken != nullptr) *taken = digits;
  return true;
}

// Takes "Z", "GMT", "UTC", an offset, "GMT+01:00" or an IANA name.
bool TakeZone(std::string_view& text, const Zone** zone) {
  const std::string_view all = text;
  for (std::string_view name : {"GMT", "UTC", "Z"}) {
    if (!StartsWith(text, name)) continue;
    text.remove_prefix(name.size());
    *zone = Zone::Utc();
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return true;
    break;
  }
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    size_t size = 1;
    while (size < text.size() && (IsDigit(text[size]) || text[size] == ':')) ++size;
    const std::string_view offset = text.substr(0, size);
    *zone = offset == "+00:00" || offset == "+0000" ? Zone::Utc() : Zone::Find(offset);
    text.remove_prefix(size);
    return *zone != nullptr;
  }
  text = all;
  size_t size = 0;
  while (size < text.size() &&
         (IsDigit(text[size]) || text[size] == '/' || text[size] == '_' || text[size] == '-' ||
          (ToLowerAscii(text[size]) >= 'a' && ToLowerAscii(text[size]) <= 'z'))) {
    ++size;
  }
  *zone = size == 0 ? nullptr : Zone::Find(text.substr(0, size));
  text.remove_prefix(size);
  return *zone != nullptr;
}

// Without a year: this year's, or last year's when that lies more than a day ahead.
std::optional<Timestamp> WithYear(CivilTime civil, const Zone& zone, Timestamp ingest_time) {
  civil.year = ToCivil(ingest_time).year;
  for (int tries = 0; tries < 2; ++tries, --civil.year) {
    if (!IsValid(civil)) continue;
    const Timestamp time = zone.ToUtc(civil);
    if (time - ingest_time <= Nanoseconds(kNanosPerDay)) return time;
  }
  return std::nullopt;
}

std::optional<Timestamp> FromEpoch(const Value& value, int64_t unit_ns) {
  int64_t whole = 0;
  if (value.kind() == ValueKind::kInt) {
    whole = value.integer();
  } else if (value.kind() == ValueKind::kDouble || value.is_text()) {
    const auto exact = value.is_text() ? ParseInt(Trim(value.text())) : std::nullopt;
    if (exact) {
      whole = *exact;
    } else {
      const auto decimal =
          value.is_text() ? ParseDouble(Trim(value.text())) : std::optional(value.decimal());
      if (!decimal || !(std::fabs(*decimal) < 9e18)) return {};
      int64_t unit = unit_ns;
      if (unit == 0) unit = *decimal < 1e11 ? kNanosPerSecond : 1'000'000;
      const double ns = *decimal * static_cast<double>(unit);
      if (!(std::fabs(ns) < 9e18)) return {};
      // Six digits behind the point of a second are what doubles carry.
      return Timestamp{static_cast<int64_t>(std::llround(ns / 1000.0)) * 1000};
    }
  } else {
    return {};
  }
  if (unit_ns == 0) {
    // Seconds until the year 5138, milliseconds, microseconds, nanoseconds from 1973 on.
    unit_ns = whole < 100'000'000'000           ? kNanosPerSecond
              : whole < 100'000'000'000'000     ? 1'000'000
              : whole < 100'000'000'000'000'000 ? 1000
                                                : 1;
  }
  int64_t ns = 0;
  if (whole <= 0 || __builtin_mul_overflow(whole, unit_ns, &ns)) return {};
  return Timestamp{ns};
}

bool IsNumberLetter(char c) {
  return std::string_view("yMdHhmsS").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<Timestamp> TakeSyslogTime(std::string_view& text, const Zone& zone,
                                        Timestamp ingest_time) {
  std::string_view rest = text;
  CivilTime civil;
  civil.month = MonthOf(rest);
  if (civil.month == 0 || rest.size() < 14 || rest[3] != ' ') return {};
  rest.remove_prefix(3);
  while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
  int64_t day = 0, year = 0, hour = 0, minute = 0, second = 0;
  if (!TakeDigits(rest, 1, 2, &day)) return {};
  while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
  bool has_year = false;
  if (rest.size() > 5 && IsDigit(rest[3]) && rest[4] == ' ') {
    has_year = TakeDigits(rest, 4, 4, &year);
    while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
  }
  if (!TakeDigits(rest, 1, 2, &hour) || rest.empty() || rest[0] != ':') return {};
  rest.remove_prefix(1);
  if (!TakeDigits(rest, 2, 2, &minute) || rest.empty() || rest[0] != ':') return {};
  rest.remove_prefix(1);
  if (!TakeDigits(rest, 2, 2, &second)) return {};
  if (rest.size() > 1 && rest[0] == '.' && IsDigit(rest[1])) {
    rest.remove_prefix(1);
    int64_t unit = kNanosPerSecond / 10;
    while (!rest.empty() && IsDigit(rest[0])) {
      civil.nanosecond += (rest[0] - '0') * unit;
      unit /= 10;
      rest.remove_prefix(1);
    }
  }
  civil.day = static_cast<int>(day);
  civil.hour = static_cast<int>(hour);
  civil.minute = static_cast<int>(minute);
  civil.second = static_cast<int>(second);
  std::optional<Timestamp> time;
  if (has_year) {
    civil.year = static_cast<int>(year);
    if (IsValid(civil)) time = zone.ToUtc(civil);
  } else {
    time = WithYear(civil, zone, ingest_time);
  }
  if (time) text = rest;
  return time;
}

Result<TimeFormat> TimeFormat::Compile(std::string_view text) {
  TimeFormat format;
  struct Word {
    std::string_view name;
    Kind kind;
    int64_t unit_ns;
  };
  static constexpr Word kWords[] = {{"iso8601", Kind::kIso, 0},
                                    {"epoch", Kind::kEpoch, 0},
                                    {"epoch_s", Kind::kEpochUnit, kNanosPerSecond},
                                    {"epoch_ms", Kind::kEpochUnit, 1'000'000},
                                    {"epoch_us", Kind::kEpochUnit, 1'000},
                                    {"epoch_ns", Kind::kEpochUnit, 1},
                                    {"syslog", Kind::kSyslog, 0}};
  for (const Word& word : kWords) {
    if (word.name != text) continue;
    format.kind_ = word.kind;
    format.unit_ns_ = word.unit_ns;
    return format;
  }
  format.kind_ = Kind::kPattern;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '\'') {
      const size_t end = text.find('\'', i + 1);
      if (end == std::string_view::npos)
        return Fail("bad-time-format",
                    fmt::format("a quote in the time format '{}' is not closed", text));
      format.parts_.push_back({'\'', 0, false, std::string(text.substr(i + 1, end - i - 1))});
      i = end + 1;
    } else if (std::string_view("yMdHhmsSazZX").find(c) != std::string_view::npos) {
      int count = 0;
      while (i < text.size() && text[i] == c) {
        ++count;
        ++i;
      }
      format.parts_.push_back({c, count, false, {}});
    } else if ((ToLowerAscii(c) >= 'a' && ToLowerAscii(c) <= 'z')) {
      return Fail("bad-time-format",
                  fmt::format("'{}' is no time format: the letter {} means nothing", text, c), {});
    } else {
      format.parts_.push_back({'\'', 0, false, std::string(1, c)});
      ++i;
    }
  }
  for (Part& part : format.parts_) {
    if (part.literal == " ") part.letter = ' ';
  }
  // A number that touches another number has exactly as many digits as letters.
  for (size_t i = 0; i + 1 < format.parts_.size(); ++i) {
    Part& a = format.parts_[i];
    Part& b = format.parts_[i + 1];
    if (IsNumberLetter(a.letter) && IsNumberLetter(b.letter) && !(a.letter == 'M' && a.count >= 3))
      a.exact = b.exact = true;
  }
  return format;
}

std::optional<Timestamp> TimeFormat::ReadPattern(std::string_view text, const Zone& default_zone,
                                                 Timestamp ingest_time) const {
  CivilTime civil;
  bool has_year = false;
  int half = 0;  // 1 am, 2 pm
  const Zone* zone = &default_zone;
  text = Trim(text);
  for (const Part& part : parts_) {
    int64_t number = 0;
    int digits = 0;
    const int least = part.exact || part.count >= 2 ? part.count : 1;
    const int most = part.exact ? part.count : std::max(part.count, 2);
    switch (part.letter) {
      case ' ':
        if (text.empty() || text[0] != ' ') return {};
        while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
        break;
      case '\'': {
        const size_t size = part.literal.size();
        if (text.size() < size || !SameBytes(text.data(), part.literal.data(), size)) return {};
        text.remove_prefix(size);
        break;
      }
      case 'y':
        if (!TakeDigits(text, part.count == 2 ? 2 : 4, part.count == 2 ? 2 : 4, &number)) return {};
        civil.year = static_cast<int>(part.count == 2 ? 2000 + number : number);
        has_year = true;
        break;
      case 'M':
        if (part.count >= 3) {
          civil.month = MonthOf(text);
          if (civil.month == 0) return {};
          text.remove_prefix(3);
          while (part.count > 3 && !text.empty() && ToLowerAscii(text[0]) >= 'a' &&
                 ToLowerAscii(text[0]) <= 'z')
            text.remove_prefix(1);
        } else {
          if (!TakeDigits(text, least, most, &number)) return {};
          civil.month = static_cast<int>(number);
        }
        break;
      case 'd':
        if (!TakeDigits(text, least, most, &number)) return {};
        civil.day = static_cast<int>(number);
        break;
      case 'H':
      case 'h':
        if (!TakeDigits(text, least, most, &number)) return {};
        civil.hour = static_cast<int>(number);
        break;
      case 'm':
        if (!TakeDigits(text, least, most, &number)) return {};
        civil.minute = static_cast<int>(number);
        break;
      case 's':
        if (!TakeDigits(text, least, most, &number)) return {};
        civil.second = static_cast<int>(number);
        break;
      case 'S':
        if (!TakeDigits(text, 1, part.exact ? part.count : 9, &number, &digits)) return {};
        for (int i = digits; i < 9; ++i) number *= 10;
        civil.nanosecond = number;
        break;
      case 'a':
        if (text.size() < 2 || ToLowerAscii(text[1]) != 'm') return {};
        half = ToLowerAscii(text[0]) == 'a' ? 1 : ToLowerAscii(text[0]) == 'p' ? 2 : 0;
        if (half == 0) return {};
        text.remove_prefix(2);
        break;
      default:
        if (!TakeZone(text, &zone)) return {};
    }
  }
  if (!Trim(text).empty()) return {};
  if (half != 0 && civil.hour <= 12) civil.hour = civil.hour % 12 + (half == 2 ? 12 : 0);
  if (!has_year) return WithYear(civil, *zone, ingest_time);
  if (!IsValid(civil)) return {};
  return zone->ToUtc(civil);
}

std::optional<Timestamp> TimeFormat::Read(const Value& value, const Zone& zone,
                                          Timestamp ingest_time) const {
  if (value.kind() == ValueKind::kTime) return value.time();
  if (kind_ == Kind::kEpoch || kind_ == Kind::kEpochUnit)
    return FromEpoch(value, kind_ == Kind::kEpoch ? 0 : unit_ns_);
  if (!value.is_text()) return {};
  std::string_view text = Trim(value.text());
  switch (kind_) {
    case Kind::kIso: {
      if (&zone == Zone::Utc()) return ParseIso8601(text);
      // The default offset depends on the time itself.
      const auto utc = ParseIso8601(text);
      if (!utc) return {};
      const auto shifted = ParseIso8601(text, Nanoseconds(kNanosPerHour));
      return *shifted == *utc ? utc : std::optional(zone.ToUtc(ToCivil(*utc)));
    }
    case Kind::kSyslog: {
      const auto time = TakeSyslogTime(text, zone, ingest_time);
      return time && Trim(text).empty() ? time : std::nullopt;
    }
    default:
      return ReadPattern(text, zone, ingest_time);
  }
}

}  // namespace vedette
