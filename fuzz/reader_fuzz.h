// For fuzzing the readers of raw logs: paths of every kind, and a look at every byte of what a
// record then holds.
#pragma once

#include <string>
#include <string_view>

#include "core/check.h"
#include "parse/json_reader.h"
#include "parse/pair_readers.h"
#include "parse/record.h"

namespace vedette {

// Everything that a value holds, as text; reads every byte of it.
inline void AppendWhole(std::string& text, const Value& value, int depth = 0) {
  CHECK(depth < 3);
  text += static_cast<char>('0' + static_cast<int>(value.kind()));
  if (value.is_list()) {
    for (uint32_t i = 0; i < value.size(); ++i) AppendWhole(text, value.items()[i], depth + 1);
  } else {
    text += value.ToText();
  }
  text += '\n';
}

struct FuzzPaths {
  FuzzPaths() {
    for (const char* path : {"a",
                             "b",
                             "a.b",
                             "a.b.c",
                             "l",
                             "l[0]",
                             "l[1].x",
                             "l[*]",
                             "l[*].x",
                             "l[*].y[*].z",
                             "x.y.z",
                             "label.user",
                             "json.a",
                             "json.b.c",
                             "cef.vendor",
                             "cef.name",
                             "cef.severity",
                             "leef.vendor",
                             "leef.event",
                             "col.0",
                             "col.2",
                             "c",
                             "msg",
                             "syslog.time",
                             "syslog.host",
                             "syslog.app",
                             "syslog.pid",
                             "syslog.msgid",
                             "sd.id",
                             "sd.a.b",
                             "$line"}) {
      table.Intern(path);
    }
  }

  std::string Whole(const Record& record) const {
    std::string text;
    for (PathId id = 0; id < table.size(); ++id) {
      if (record.Has(id)) AppendWhole(text += std::to_string(id), record.Get(id));
    }
    return text;
  }

  PathTable table;
};

// Reads with a reader that has seen all inputs before and with a new one: both must say the same.
// `read(reader, json, record)` returns what it made of the input.
template <typename Read>
void ReadTwice(Read read) {
  static const FuzzPaths paths;
  static PairReader warm_pairs(paths.table);
  static JsonReader warm_json;
  static Record warm_record(paths.table);
  PairReader pairs(paths.table);
  JsonReader json;
  Record record(paths.table);
  warm_record.Begin();
  record.Begin();
  const bool warm = read(paths.table, warm_pairs, warm_json, warm_record);
  const bool cold = read(paths.table, pairs, json, record);
  CHECK(warm == cold);
  CHECK(paths.Whole(warm_record) == paths.Whole(record));
}

}  // namespace vedette
