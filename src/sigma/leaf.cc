#include "sigma/leaf.h"

#include <cmath>

#include "core/ip.h"
#include "core/text.h"
#include "core/time.h"

namespace vedette::sigma {
namespace {

constexpr double kMillisecondsFrom = 1e11;
constexpr double kLastSecond = 253402300799;  // of the year 9999

// "2026-02-03T05:59[:00[.5]][zone]" as it is written.
std::optional<CivilTime> WrittenTime(std::string_view text) {
  size_t at = 0;
  const auto number = [&](size_t digits, int* to) {
    if (at + digits > text.size()) return false;
    *to = 0;
    for (size_t end = at + digits; at < end; ++at) {
      if (!IsDigit(text[at])) return false;
      *to = *to * 10 + (text[at] - '0');
    }
    return true;
  };
  const auto literal = [&](char c) { return at < text.size() && text[at] == c && ++at; };
  CivilTime time;
  if (!number(4, &time.year) || !literal('-') || !number(2, &time.month) || !literal('-') ||
      !number(2, &time.day) || !(literal('T') || literal(' ')) || !number(2, &time.hour) ||
      !literal(':') || !number(2, &time.minute))
    return {};
  if (literal(':')) {
    if (!number(2, &time.second)) return {};
    if (literal('.')) {
      const size_t from = at;
      while (at < text.size() && IsDigit(text[at])) ++at;
      if (at == from) return {};
    }
  }
  if (!literal('Z') && at < text.size()) {
    int hours = 0, minutes = 0;
    if (!literal('+') && !literal('-')) return {};
    if (!number(2, &hours)) return {};
    const bool colon = literal(':');
    if ((colon || at < text.size()) && !number(2, &minutes)) return {};
    if (hours > 23 || minutes > 59) return {};
  }
  // Dates before 1678 are dates too: any year of the same kind does for the check.
  CivilTime check = time;
  check.year = 2000 + time.year % 400 - (time.year % 400 > 261 ? 400 : 0);
  if (at != text.size() || !IsValid(check)) return {};
  return time;
}

std::optional<CivilTime> TimeOf(const Value& leaf) {
  switch (leaf.kind()) {
    case ValueKind::kString:
    case ValueKind::kIp:
      return WrittenTime(leaf.text());
    case ValueKind::kTime:
      return ToCivil(leaf.time());
    case ValueKind::kInt:
    case ValueKind::kDouble: {
      double seconds =
          leaf.kind() == ValueKind::kInt ? static_cast<double>(leaf.integer()) : leaf.decimal();
      if (std::abs(seconds) > kMillisecondsFrom) seconds /= 1000;
      if (!(std::abs(seconds) <= kLastSecond)) return {};
      const auto whole = static_cast<int64_t>(std::floor(seconds));
      const int64_t days = Timestamp::FloorDiv(whole, 86'400);
      CivilTime time = CivilFromDays(days);
      const auto of_day = static_cast<int>(whole - days * 86'400);
      time.hour = of_day / 3600;
      time.minute = of_day / 60 % 60;
      time.second = of_day % 60;
      return time;
    }
    default:
      return {};
  }
}

// Source: ISO 8601: the week of a day is that of its Thursday.
int64_t IsoWeek(const CivilTime& time) {
  const int64_t day = DaysFromCivil(time.year, time.month, time.day);
  const int64_t weekday = day + 3 - Timestamp::FloorDiv(day + 3, 7) * 7;  // Monday is 0
  const int64_t thursday = day - weekday + 3;
  const int year = CivilFromDays(thursday).year;
  return (thursday - DaysFromCivil(year, 1, 1)) / 7 + 1;
}

}  // namespace

std::optional<std::string_view> LeafText(const Value& leaf, std::string& scratch) {
  switch (leaf.kind()) {
    case ValueKind::kString:
    case ValueKind::kIp:
      return leaf.text();
    case ValueKind::kBool:
      return leaf.boolean() ? "true" : "false";
    case ValueKind::kInt:
      scratch = std::to_string(leaf.integer());
      return scratch;
    case ValueKind::kDouble:
      scratch = Number::Of(leaf.decimal()).ToText();
      return scratch;
    case ValueKind::kTime:
      scratch = FormatIso8601(leaf.time());
      return scratch;
    default:
      return {};
  }
}

std::optional<Number> LeafNumber(const Value& leaf) {
  switch (leaf.kind()) {
    case ValueKind::kInt:
      return Number::Of(leaf.integer());
    case ValueKind::kDouble:
      return Number::Of(leaf.decimal());
    case ValueKind::kString:
      return Number::Parse(leaf.text());
    default:
      return {};
  }
}

std::optional<int64_t> PartOfTime(TimePart part, const Value& leaf) {
  const std::optional<CivilTime> time = TimeOf(leaf);
  if (!time) return {};
  switch (part) {
    case TimePart::kMinute:
      return time->minute;
    case TimePart::kHour:
      return time->hour;
    case TimePart::kDay:
      return time->day;
    case TimePart::kWeek:
      return IsoWeek(*time);
    case TimePart::kMonth:
      return time->month;
    case TimePart::kYear:
      return time->year;
  }
  return {};
}

bool LeafHolds(const Test& test, const Value& leaf, const LeafTexts& texts) {
  switch (test.kind) {
    case TestKind::kText: {
      const auto& text = test.cased ? texts.text : texts.folded;
      return text && test.pattern.Matches(*text);
    }
    case TestKind::kNumber: {
      const auto number = LeafNumber(leaf);
      return number && *number == test.number;
    }
    case TestKind::kBool:
      if (leaf.kind() == ValueKind::kBool) return leaf.boolean() == test.truth;
      return leaf.is_text() && EqualsIgnoreCase(leaf.text(), test.truth ? "true" : "false");
    case TestKind::kRegex:
      return texts.text && test.regex->FoundIn(*texts.text);
    case TestKind::kNetwork: {
      if (!leaf.is_text()) return false;
      const auto ip = ParseIp(leaf.text());
      return ip && ip->is_v4 == test.network.network.is_v4 && test.network.Contains(*ip);
    }
    case TestKind::kCompare: {
      const auto number = LeafNumber(leaf);
      return number && Holds(test.comparison, *number <=> test.number);
    }
    case TestKind::kTimePart: {
      const auto part = PartOfTime(test.part, leaf);
      return part && Holds(test.comparison, Number::Of(*part) <=> test.number);
    }
    case TestKind::kNull:
    case TestKind::kExists:
    case TestKind::kFieldRef:
      break;
  }
  return false;
}

bool LeavesAgree(RefMode mode, const Value& a, const Value& b) {
  if (mode == RefMode::kEquals && (a.is_number() || b.is_number())) {
    const auto x = LeafNumber(a);
    const auto y = LeafNumber(b);
    if (x && y) return *x == *y;
  }
  std::string scratch;
  std::string folded_a;
  std::string folded_b;
  const auto text_a = LeafText(a, scratch);
  if (!text_a) return false;
  AppendFolded(folded_a, *text_a);
  const auto text_b = LeafText(b, scratch);
  if (!text_b) return false;
  AppendFolded(folded_b, *text_b);
  switch (mode) {
    case RefMode::kEquals:
      return folded_a == folded_b;
    case RefMode::kContains:
      return folded_a.find(folded_b) != std::string::npos;
    case RefMode::kStartsWith:
      return StartsWith(folded_a, folded_b);
    case RefMode::kEndsWith:
      return EndsWith(folded_a, folded_b);
  }
  return false;
}

}  // namespace vedette::sigma
