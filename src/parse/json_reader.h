// Reads JSON into a record: one pass over the object, keeping what content asks for. The only file
// that touches simdjson.
//
//   JsonReader reader;
//   JsonOutcome outcome = reader.ReadObject(text, paths.root(), record);
//   if (outcome != JsonOutcome::kObject) …                // told why
//
// Texts without escapes are views into `text`; others are unescaped into the record's arena. A text
// value that holds JSON is read as JSON when a path goes into it. Numbers up to 64 bits stay exact,
// larger ones are kept as their digits. simdjson finds the structure (and checks quotes, control
// characters and UTF-8 of the whole text); what nobody asks for is skipped from bracket to bracket,
// so its inside is not checked further. The reader remembers which key followed which, which makes
// looking keys up cheap; nothing that it returns depends on that. One per thread. No allocation in
// steady state. `text` is not read beyond its end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "parse/path_table.h"
#include "parse/record.h"

namespace vedette {

enum class JsonOutcome { kObject, kArray, kBroken, kBadUtf8, kTruncated, kTooDeep };

class JsonReader {
 public:
  JsonReader();
  ~JsonReader();

  // An array at the top is told, not read.
  JsonOutcome ReadObject(std::string_view text, const PathNode& root, Record& record);

  // From now on paths that are not early (path_table.h) are skipped, or no longer.
  void SetEarlyOnly(bool early_only);

  // As ReadObject, for a value that may hold an object or a list. At most kMaxNesting texts within
  // texts.
  bool ReadNested(std::string_view text, const PathNode& node, Record& record);

  // Calls `visit` with the text of each element of the array under the top-level `key` (or of the
  // top-level array when `key` is empty), in order. False, without a call, when there is no such
  // array or none of its elements is an object. `visit` may use the reader.
  bool ForEachElement(std::string_view text, std::string_view key,
                      const std::function<void(std::string_view)>& visit);

  // The text under a top-level key, or under "a.b" that under b of the object a; empty when there
  // is none. A view into `text` or `arena`.
  std::string_view TopLevelText(std::string_view text, std::string_view key, Arena& arena);

  static constexpr int kMaxNesting = 4;
  static constexpr int kMaxDepth = 64;  // brackets within brackets

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vedette
