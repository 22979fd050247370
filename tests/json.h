// A small JSON reader for tests: a whole text into a tree.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vedette::tree {

struct Json {
  enum class Kind { kNull, kBool, kNumber, kText, kList, kObject };

  Kind kind = Kind::kNull;
  bool truth = false;
  double number = 0;
  std::string text;
  std::vector<Json> list;
  std::map<std::string, Json> members;

  // Null when there is no such member.
  const Json& operator[](const std::string& key) const;
  int64_t integer() const { return static_cast<int64_t>(number); }

  // Null when the text is not one JSON value.
  static Json Read(std::string_view text);
};

}  // namespace vedette::tree
