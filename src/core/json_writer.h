// A JsonWriter appends one JSON value to a string, compactly, keys in the order in which they are
// given.
//
//   JsonWriter json(line);
//   json.BeginObject().Key("id").String(id).Key("score").Int(12).EndObject();
//
// The caller keeps begin and end balanced. One thread. No allocation beyond the string's growth.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }

  JsonWriter& Key(std::string_view key) {
    Comma();
    Quoted(key);
    out_ += ':';
    need_comma_ = false;
    return *this;
  }
  JsonWriter& String(std::string_view text) {
    Comma();
    Quoted(text);
    need_comma_ = true;
    return *this;
  }
  JsonWriter& Int(int64_t value) { return Raw(fmt::format_int(value).c_str()); }
  JsonWriter& UInt(uint64_t value) { return Raw(fmt::format_int(value).c_str()); }
  // The shortest text that reads back as the same number; null when it is not finite.
  JsonWriter& Double(double value) {
    if (!(value - value == 0)) return Null();
    return Raw(fmt::format("{}", value));
  }
  // Micro-units as a decimal number without floating point: 9523810 -> 9.52381.
  JsonWriter& Micro(int64_t micro) {
    const bool negative = micro < 0;
    const uint64_t magnitude =
        negative ? 0 - static_cast<uint64_t>(micro) : static_cast<uint64_t>(micro);
    std::string text = fmt::format("{}{}.{:06}", negative ? "-" : "", magnitude / 1'000'000,
                                   magnitude % 1'000'000);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return Raw(text);
  }
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }
  // A value that is already JSON.
  JsonWriter& Raw(std::string_view json) {
    Comma();
    out_ += json;
    need_comma_ = true;
    return *this;
  }

 private:
  void Comma() {
    if (need_comma_) out_ += ',';
  }
  void Quoted(std::string_view text) {
    out_ += '"';
    AppendJsonEscaped(out_, text);
    out_ += '"';
  }
  JsonWriter& Open(char bracket) {
    Comma();
    out_ += bracket;
    need_comma_ = false;
    return *this;
  }
  JsonWriter& Close(char bracket) {
    out_ += bracket;
    need_comma_ = true;
    return *this;
  }

  std::string& out_;
  bool need_comma_ = false;
};

}  // namespace vedette
