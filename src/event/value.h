// A Value is one field's content: 16 bytes, no ownership.
//
//   Value v = Value::String("ada");
//   if (v.is_text()) use(v.text());
//
// Text and lists point into memory that somebody else keeps (a batch's arena). Null and absent are
// one thing. An IP is kept as its text, with its own kind. Copying is free; compare with ==, which
// compares kind and content.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace vedette {

enum class ValueKind : uint8_t { kNull, kBool, kInt, kDouble, kString, kIp, kTime, kList };

class Value {
 public:
  constexpr Value() : int_(0) {}

  static Value Bool(bool v) { return Value(ValueKind::kBool, v ? 1 : 0, 0); }
  static Value Int(int64_t v) { return Value(ValueKind::kInt, v, 0); }
  static Value Double(double v) {
    Value value(ValueKind::kDouble, 0, 0);
    value.double_ = v;
    return value;
  }
  static Value Time(Timestamp t) { return Value(ValueKind::kTime, t.ns, 0); }
  static Value String(std::string_view text) { return Text(ValueKind::kString, text); }
  static Value Ip(std::string_view text) { return Text(ValueKind::kIp, text); }
  // `items` lives as long as the value is used.
  static Value List(const Value* items, uint32_t count) {
    Value value(ValueKind::kList, 0, count);
    value.list_ = items;
    return value;
  }

  ValueKind kind() const { return static_cast<ValueKind>(shape_ & 0xff); }
  bool is_null() const { return kind() == ValueKind::kNull; }
  bool is_text() const { return kind() == ValueKind::kString || kind() == ValueKind::kIp; }
  bool is_list() const { return kind() == ValueKind::kList; }
  bool is_number() const { return kind() == ValueKind::kInt || kind() == ValueKind::kDouble; }

  // Each requires the kind that it names.
  bool boolean() const { return int_ != 0; }
  int64_t integer() const { return int_; }
  double decimal() const { return double_; }
  Timestamp time() const { return {int_}; }
  std::string_view text() const { return {text_, size()}; }
  const Value* items() const { return list_; }
  uint32_t size() const {
    return static_cast<uint32_t>(shape_ >> 32);
  }  // bytes of a text, items of a list

  // As text for people and for keys: numbers in decimal, times in ISO 8601, lists joined with ", ".
  std::string ToText() const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  Value(ValueKind kind, int64_t v, uint32_t size)
      : int_(v), shape_(static_cast<uint64_t>(kind) | uint64_t{size} << 32) {}
  static Value Text(ValueKind kind, std::string_view text) {
    Value value(kind, 0, static_cast<uint32_t>(text.size()));
    value.text_ = text.data();
    return value;
  }

  union {
    int64_t int_;
    double double_;
    const char* text_;
    const Value* list_;
  };
  // The kind, and in the upper half the size: one word, because a value is copied as whole words,
  // and a processor waits for smaller parts that were just written.
  uint64_t shape_ = 0;
};

static_assert(sizeof(Value) == 16);

}  // namespace vedette
