// Literal lists of expressions, prepared so that a question costs the same for three literals or
// three thousand.
//
//   EqualSet ports({Value::Int(22), Value::String("3389")});
//   ports.Has(value);                       // in(value, 22, '3389')
//   AffixSet endings({".zip", ".rar"}, AffixSet::kEnd);
//   endings.Fits("plan.rar");               // endsWithAny
//
// Immutable, thread-safe, no allocation per question. Texts that they are made from are copied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "core/hash.h"
#include "event/value.h"

namespace vedette {

struct TextHash {
  using is_transparent = void;
  using is_avalanching = void;
  size_t operator()(std::string_view text) const { return HashBytes64(text, 0); }
};
using TextSet = boost::unordered_flat_set<std::string, TextHash, std::equal_to<>>;

// Compares as `=` does (evaluator.h, ValuesEqual): a number with numeric texts, too. Cost: one
// probe for texts and whole numbers.
class EqualSet {
 public:
  explicit EqualSet(const std::vector<Value>& literals);

  bool Has(const Value& value) const;

 private:
  std::vector<std::string> kept_;
  std::vector<Value> all_;  // texts point into kept_
  TextSet texts_;
  std::vector<Value> no_texts_;                  // what a text may equal beside a text
  boost::unordered_flat_set<int64_t> integers_;  // whole numbers, also those in texts
  std::vector<Value> decimals_;                  // other numbers, also those in texts
  bool has_true_ = false;
  bool has_false_ = false;
};

// Whether a text starts or ends with one of the literals. Cost: one probe for each distinct length
// of a literal.
class AffixSet {
 public:
  enum Side { kStart, kEnd };
  AffixSet(std::vector<std::string> literals, Side side);

  bool Fits(std::string_view text) const;

 private:
  Side side_;
  std::vector<std::string> few_;  // compared one by one; else empty
  TextSet many_;
  std::vector<size_t> lengths_;  // ascending
};

}  // namespace vedette
