#include "sigma/json_value.h"

#include <charconv>

#include "core/text.h"

namespace vedette::sigma {
namespace {

constexpr int kMaxDepth = 64;

class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {}

  bool ReadWhole(JsonValue& to) {
    if (!ReadValue(to, 0)) return false;
    SkipBlanks();
    return at_ == text_.size();
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  bool Take(char c) {
    SkipBlanks();
    return at_ < text_.size() && text_[at_] == c && ++at_;
  }
  bool TakeWord(std::string_view word) {
    if (!StartsWith(text_.substr(at_), word)) return false;
    at_ += word.size();
    return true;
  }

  bool ReadValue(JsonValue& to, int depth) {
    SkipBlanks();
    if (at_ == text_.size() || depth > kMaxDepth) return false;
    switch (text_[at_]) {
      case '{':
        return ReadObject(to, depth);
      case '[':
        return ReadList(to, depth);
      case '"':
        to.kind = JsonValue::Kind::kText;
        return ReadText(to.text);
      case 't':
      case 'f':
        to.kind = JsonValue::Kind::kBool;
        to.truth = text_[at_] == 't';
        return TakeWord(to.truth ? "true" : "false");
      case 'n':
        return TakeWord("null");
      default:
        return ReadNumber(to);
    }
  }

  bool ReadObject(JsonValue& to, int depth) {
    to.kind = JsonValue::Kind::kObject;
    ++at_;
    if (Take('}')) return true;
    do {
      SkipBlanks();
      auto& [key, value] = to.members.emplace_back();
      if (at_ == text_.size() || text_[at_] != '"' || !ReadText(key) || !Take(':') ||
          !ReadValue(value, depth + 1))
        return false;
    } while (Take(','));
    return Take('}');
  }

  bool ReadList(JsonValue& to, int depth) {
    to.kind = JsonValue::Kind::kList;
    ++at_;
    if (Take(']')) return true;
    do {
      if (!ReadValue(to.items.emplace_back(), depth + 1)) return false;
    } while (Take(','));
    return Take(']');
  }

  bool ReadText(std::string& to) {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') return ++at_ > 0;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        to += c;
      } else if (!ReadEscape(to)) {
        return false;
      }
    }
    return false;
  }

  bool ReadEscape(std::string& to) {
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
    if (++at_ == text_.size()) return false;
    const size_t known = kNames.find(text_[at_]);
    if (known != std::string_view::npos) {
      to += kBytes[known];
      return true;
    }
    uint32_t code = 0;
    if (text_[at_] != 'u' || !ReadHex(code)) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      uint32_t low = 0;
      if (!StartsWith(text_.substr(at_ + 1), "\\u")) return false;
      at_ += 2;
      if (!ReadHex(low) || low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000) {
      return false;
    }
    AppendUtf8(to, code);
    return true;
  }

  // The four digits behind `at_`, which ends on the last.
  bool ReadHex(uint32_t& code) {
    if (text_.size() - at_ < 5) return false;
    const char* first = text_.data() + at_ + 1;
    const auto [end, error] = std::from_chars(first, first + 4, code, 16);
    at_ += 4;
    return error == std::errc() && end == first + 4;
  }

  static void AppendUtf8(std::string& to, uint32_t code) {
    const auto tail = [&](int shift) { to += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
    if (code < 0x80) {
      to += static_cast<char>(code);
    } else if (code < 0x800) {
      to += static_cast<char>(0xC0 | code >> 6);
      tail(0);
    } else if (code < 0x10000) {
      to += static_cast<char>(0xE0 | code >> 12);
      tail(6);
      tail(0);
    } else {
      to += static_cast<char>(0xF0 | code >> 18);
      tail(12);
      tail(6);
      tail(0);
    }
  }

  size_t TakeDigits() {
    const size_t from = at_;
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    return at_ - from;
  }

  bool ReadNumber(JsonValue& to) {
    const size_t from = at_;
    if (text_[at_] == '-') ++at_;
    const size_t first = at_;
    const size_t digits = TakeDigits();
    if (digits == 0 || (digits > 1 && text_[first] == '0')) return false;
    bool whole = true;
    if (at_ < text_.size() && text_[at_] == '.') {
      whole = false;
      ++at_;
      if (TakeDigits() == 0) return false;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      whole = false;
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (TakeDigits() == 0) return false;
    }
    const std::string_view number = text_.substr(from, at_ - from);
    if (whole) {
      if (const auto integer = ParseInt(number)) {
        to.kind = JsonValue::Kind::kInt;
        to.integer = *integer;
      } else {
        to.kind = JsonValue::Kind::kText;
        to.text = number;
      }
      return true;
    }
    const auto decimal = ParseDouble(number);
    if (!decimal) return false;
    to.kind = JsonValue::Kind::kDouble;
    to.decimal = *decimal;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<JsonValue> JsonValue::Read(std::string_view text) {
  JsonValue value;
  if (!IsValidUtf8(text) || !JsonParser(text).ReadWhole(value)) return {};
  return value;
}

const JsonValue* JsonValue::Find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

Value JsonValue::ToValue() const {
  switch (kind) {
    case Kind::kBool:
      return Value::Bool(truth);
    case Kind::kInt:
      return Value::Int(integer);
    case Kind::kDouble:
      return Value::Double(decimal);
    case Kind::kText:
      return Value::String(text);
    default:
      return {};
  }
}

}  // namespace vedette::sigma
