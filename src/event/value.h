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

  static Value Bool(bool v) { return Value(ValueKind::kBool, v ? 1 : 0); }
  static Value Int(int64_t v) { return Value(ValueKind::kInt, v); }
  static Value Double(double v) {
    Value value;
    value.kind_ = ValueKind::kDouble;
    value.double_ = v;
    return value;
  }
  static Value Time(Timestamp t) { return Value(ValueKind::kTime, t.ns); }
  static Value String(std::string_view text) { return Text(ValueKind::kString, text); }
  static Value Ip(std::string_view text) { return Text(ValueKind::kIp, text); }
  // `items` lives as long as the value is used.
  static Value List(const Value* items, uint32_t count) {
    Value value;
    value.kind_ = ValueKind::kList;
    value.list_ = items;
    value.size_ = count;
    return value;
  }

  ValueKind kind() const { return kind_; }
  bool is_null() const { return kind_ == ValueKind::kNull; }
  bool is_text() const { return kind_ == ValueKind::kString || kind_ == ValueKind::kIp; }
  bool is_list() const { return kind_ == ValueKind::kList; }
  bool is_number() const { return kind_ == ValueKind::kInt || kind_ == ValueKind::kDouble; }

  // Each requires the kind that it names.
  bool boolean() const { return int_ != 0; }
  int64_t integer() const { return int_; }
  double decimal() const { return double_; }
  Timestamp time() const { return {int_}; }
  std::string_view text() const { return {text_, size_}; }
  const Value* items() const { return list_; }
  uint32_t size() const { return size_; }  // bytes of a text, items of a list

  // As text for people and for keys: numbers in decimal, times in ISO 8601, lists joined with ", ".
  std::string ToText() const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  Value(ValueKind kind, int64_t v) : int_(v), kind_(kind) {}
  static Value Text(ValueKind kind, std::string_view text) {
    Value value;
    value.kind_ = kind;
    value.text_ = text.data();
    value.size_ = static_cast<uint32_t>(text.size());
    return value;
  }

  union {
    int64_t int_;
    double double_;
    const char* text_;
    const Value* list_;
  };
  uint32_t size_ = 0;
  ValueKind kind_ = ValueKind::kNull;
};

static_assert(sizeof(Value) == 16);

}  // namespace vedette
