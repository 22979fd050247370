#include "event/value.h"

#include <algorithm>

#include <fmt/format.h>

namespace vedette {

std::string Value::ToText() const {
  switch (kind()) {
    case ValueKind::kNull:
      return {};
    case ValueKind::kBool:
      return boolean() ? "true" : "false";
    case ValueKind::kInt:
      return fmt::format_int(int_).str();
    case ValueKind::kDouble:
      return fmt::format("{}", double_);
    case ValueKind::kString:
    case ValueKind::kIp:
      return std::string(text());
    case ValueKind::kTime:
      return FormatIso8601(time());
    case ValueKind::kList: {
      std::string out;
      for (uint32_t i = 0; i < size(); ++i) {
        if (i > 0) out += ", ";
        out += list_[i].ToText();
      }
      return out;
    }
  }
  return {};
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case ValueKind::kNull:
      return true;
    case ValueKind::kDouble:
      return a.double_ == b.double_;
    case ValueKind::kString:
    case ValueKind::kIp:
      return a.text() == b.text();
    case ValueKind::kList:
      return a.size() == b.size() && std::equal(a.list_, a.list_ + a.size(), b.list_);
    default:
      return a.int_ == b.int_;
  }
}

}  // namespace vedette
