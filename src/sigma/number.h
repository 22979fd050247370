// A Number is an exact whole number of up to 127 bits, or a floating-point number: what Sigma's
// rules and events write.
//
//   Number::Parse("7045") == Number::Of(int64_t{7045});          // also "7045.0", "07045"
//   Number::Parse("9007199254740993") != Number::Parse("9007199254740992");
//
// Numbers without a fraction are whole whatever way they were written, so 5 equals 5.0. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vedette::sigma {

class Number {
 public:
  Number() = default;
  static Number Of(int64_t value);
  static Number Of(double value);  // finite

  // Digits with an optional sign, fraction and exponent, and nothing else.
  static std::optional<Number> Parse(std::string_view text);

  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const { return (*this <=> other) == 0; }

  // In billionths, rounded to the nearest, halves away from zero; what is out of range becomes the
  // largest such number. For exact sums.
  __int128 ToNano() const;
  double ToDouble() const;
  // Whole numbers in decimal digits, others in the shortest form.
  std::string ToText() const;

 private:
  bool whole_ = true;
  __int128 integer_ = 0;
  double decimal_ = 0;
};

}  // namespace vedette::sigma
