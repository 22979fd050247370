// For tests of the readers: the paths that a test asks for, and what a record holds of them, as one
// text.
//
//   TestPaths paths({"a.b", "list[*].x"});
//   paths.Show();      // "a.b=i:1 list[*].x=[s:u|s:v]"
//
// Values are shown with their kind: s text, i whole number, d decimal, b boolean, t time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "parse/json_reader.h"
#include "parse/record.h"

namespace vedette {

inline std::string ShowValue(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return "null";
    case ValueKind::kBool:
      return value.boolean() ? "b:true" : "b:false";
    case ValueKind::kInt:
      return "i:" + std::to_string(value.integer());
    case ValueKind::kDouble:
      return "d:" + value.ToText();
    case ValueKind::kTime:
      return "t:" + FormatIso8601(value.time());
    case ValueKind::kString:
    case ValueKind::kIp:
      return "s:" + std::string(value.text());
    case ValueKind::kList:
      break;
  }
  std::string text = "[";
  for (uint32_t i = 0; i < value.size(); ++i)
    text += (i > 0 ? "|" : "") + ShowValue(value.items()[i]);
  return text + "]";
}

struct TestPaths {
  explicit TestPaths(const std::vector<std::string>& asked) {
    for (const std::string& path : asked) ids.push_back(table.Intern(path));
    record.emplace(table);
    record->Begin();
  }

  // Of every path that has a value, in the order in which they were asked.
  std::string Show() const {
    std::string text;
    for (PathId id : ids) {
      if (!record->Has(id)) continue;
      if (!text.empty()) text += ' ';
      text += table.name(id) + "=" + ShowValue(record->Get(id));
    }
    return text;
  }

  PathTable table;
  std::vector<PathId> ids;
  std::optional<Record> record;
  JsonReader json;
};

}  // namespace vedette
