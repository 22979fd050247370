// Readers of the formats that are lists of keys and values or of columns: CEF, LEEF, key=value, CSV and text with a separator.
//
// Each splits the line once and keeps what content asks for. False means that the line does not hold together; the record may then hold
// part of it. Views point into the line where no escape had to be undone. Sources: the CEF implementation standard (ArcSight), the
// LEEF format (QRadar), RFC 4180; the departures of real senders are noted where they are handled.
#pragma once

#include <string_view>

#include "parse/json_reader.h"
#include "parse/path_table.h"
#include "parse/record.h"

namespace vedette {

// `text` begins behind "CEF:".
bool ReadCef(std::string_view text, const PathTable& paths, JsonReader& json, Record& record);
// `text` begins behind "LEEF:".
bool ReadLeef(std::string_view text, const PathTable& paths, JsonReader& json, Record& record);

struct KvOptions {
  std::string pair = "=";
  std::string separator = " ";
};
bool ReadKv(std::string_view text, const KvOptions& options, const PathTable& paths, JsonReader& json, Record& record);

struct ColumnOptions {
  std::string separator = ",";
  bool quotes = true;                       // CSV; false: the separator is all there is
  std::vector<std::string> names;           // of columns, optional
};
// False when a quote is not closed.
bool ReadColumns(std::string_view text, const ColumnOptions& options, const PathTable& paths, JsonReader& json, Record& record);

}  // namespace vedette
