#include "sigma/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace vedette::sigma {
namespace {

constexpr size_t kMostDigits = 37;  // of a whole number that is kept exactly
constexpr double kWholeLimit = 1e18;
constexpr __int128 kNano = 1'000'000'000;
constexpr __int128 kMostNano = static_cast<__int128>(1'000'000'000'000'000'000) * kNano;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view TakeDigits(std::string_view& text) {
  size_t size = 0;
  while (size < text.size() && IsDigit(text[size])) ++size;
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

std::string Digits(__int128 value) {
  std::string text;
  const bool negative = value < 0;
  do {
    const int digit = static_cast<int>(value % 10);
    text += static_cast<char>('0' + (digit < 0 ? -digit : digit));
    value /= 10;
  } while (value != 0);
  if (negative) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace

Number Number::Of(int64_t value) {
  Number number;
  number.integer_ = value;
  return number;
}

Number Number::Of(double value) {
  Number number;
  if (std::abs(value) < kWholeLimit && value == std::trunc(value)) {
    number.integer_ = static_cast<__int128>(value);
  } else {
    number.whole_ = false;
    number.decimal_ = value;
  }
  return number;
}

std::optional<Number> Number::Parse(std::string_view text) {
  if (text.empty()) return {};
  std::string_view rest = text;
  const bool negative = rest[0] == '-';
  if (negative || rest[0] == '+') rest.remove_prefix(1);
  std::string_view whole = TakeDigits(rest);
  if (whole.empty()) return {};
  std::string_view fraction;
  bool has_exponent = false;
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    fraction = TakeDigits(rest);
    if (fraction.empty()) return {};
  }
  if (!rest.empty() && (rest[0] == 'e' || rest[0] == 'E')) {
    has_exponent = true;
    rest.remove_prefix(1);
    if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
    if (TakeDigits(rest).empty()) return {};
  }
  if (!rest.empty()) return {};
  while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
  const bool fractionless = fraction.find_first_not_of('0') == std::string_view::npos;
  if (!has_exponent && fractionless && whole.size() <= kMostDigits) {
    Number number;
    for (char c : whole) number.integer_ = number.integer_ * 10 + (c - '0');
    if (negative) number.integer_ = -number.integer_;
    return number;
  }
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return Of(value);
}

std::strong_ordering Number::operator<=>(const Number& other) const {
  if (whole_ && other.whole_) return integer_ <=> other.integer_;
  if (!whole_ && !other.whole_) {
    return decimal_ < other.decimal_   ? std::strong_ordering::less
           : decimal_ > other.decimal_ ? std::strong_ordering::greater
                                       : std::strong_ordering::equal;
  }
  if (!whole_) return 0 <=> (other <=> *this);
  // A whole number and one that has a fraction or is large.
  if (std::abs(other.decimal_) >= 1e38)
    return other.decimal_ > 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  const double floor = std::floor(other.decimal_);
  const auto below = static_cast<__int128>(floor);
  if (integer_ != below) return integer_ <=> below;
  return floor == other.decimal_ ? std::strong_ordering::equal : std::strong_ordering::less;
}

__int128 Number::ToNano() const {
  const __int128 most = kMostNano;
  if (whole_) return std::clamp(integer_, -(most / kNano), most / kNano) * kNano;
  if (std::abs(decimal_) >= kWholeLimit) return decimal_ < 0 ? -most : most;
  const double floor = std::floor(decimal_);
  return static_cast<__int128>(floor) * kNano +
         static_cast<__int128>(std::round((decimal_ - floor) * 1e9));
}

double Number::ToDouble() const { return whole_ ? static_cast<double>(integer_) : decimal_; }

std::string Number::ToText() const {
  return whole_ ? Digits(integer_) : fmt::format("{}", decimal_);
}

}  // namespace vedette::sigma
