// Reads JSON into a record: one pass over the object, keeping what content asks for. The only file that touches simdjson.
//
//   JsonReader reader;
//   JsonOutcome outcome = reader.ReadObject(text, paths.root(), record);
//
// `text` must be followed by 64 readable bytes. Strings are unescaped into the reader's buffers and are good until the next call with
// that reader. A text value that holds JSON is read as JSON when a path goes into it. Numbers up to 64 bits stay exact. One per thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "parse/path_table.h"
#include "parse/record.h"

namespace vedette {

enum class JsonOutcome { kObject, kArray, kBroken };

class JsonReader {
 public:
  JsonReader();
  ~JsonReader();

  // An array at the top is told, not read.
  JsonOutcome ReadObject(std::string_view text, const PathNode& root, Record& record);

  // As ReadObject for text without padding, such as a value: copies it. At most `kMaxNesting` deep.
  bool ReadNested(std::string_view text, const PathNode& node, Record& record);

  // Calls `visit` with the text of each element of the array under `key` (or of the top-level array when `key` is empty). False when
  // there is no such array or it holds anything but objects.
  bool ForEachElement(std::string_view text, std::string_view key, const std::function<void(std::string_view)>& visit);

  // The text value of a top-level key, or empty.
  std::string_view TopLevelText(std::string_view text, std::string_view key, Record& record);

 private:
  static constexpr int kMaxNesting = 4;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vedette
