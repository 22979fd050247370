// Readers of the formats that are lists of keys and values or of columns: CEF, LEEF, key=value, CSV
// and text with a separator.
//
//   PairReader reader(paths);
//   if (!reader.ReadCef(text, json, record)) …          // the line does not hold together
//
// Each splits the line once and keeps what content asks for; after false the record may hold part
// of it. Views point into the line where no escape had to be undone. Empty values are absent; of a
// repeated key the last value counts. A path that goes on below a key goes into the JSON that its
// value holds. Sources: the CEF implementation standard (ArcSight), the LEEF format (QRadar), RFC
// 4180; the departures of real senders are noted where they are handled. One per thread; no
// allocation in steady state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parse/byte_masks.h"
#include "parse/json_reader.h"
#include "parse/known_keys.h"
#include "parse/path_table.h"
#include "parse/record.h"

namespace vedette {

struct KvOptions {
  std::string pair = "=";
  std::string separator = " ";
  friend bool operator==(const KvOptions&, const KvOptions&) = default;
};

struct ColumnOptions {
  std::string separator = ",";
  bool quotes = true;              // CSV; false: the separator is all there is
  std::vector<std::string> names;  // of columns, optional
  friend bool operator==(const ColumnOptions&, const ColumnOptions&) = default;
};

class PairReader {
 public:
  // `paths` is complete and outlives the reader.
  explicit PairReader(const PathTable& paths);

  // `text` begins behind "CEF:".
  bool ReadCef(std::string_view text, JsonReader& json, Record& record);
  // `text` begins behind "LEEF:".
  bool ReadLeef(std::string_view text, JsonReader& json, Record& record);
  // False when a quote is not closed.
  bool ReadKv(std::string_view text, const KvOptions& options, JsonReader& json, Record& record);
  // False when a quote is not closed, or something follows a closed one.
  bool ReadColumns(std::string_view text, const ColumnOptions& options, JsonReader& json,
                   Record& record);

 private:
  struct Label {
    KnownKey* key;
    std::string_view text;
  };

  void Begin();
  void Add(KnownKey* key, std::string_view spelling, std::string_view value, std::string_view raw,
           JsonReader& json, Record& record);
  void Store(const PathNode& node, std::string_view value, std::string_view raw, JsonReader& json,
             Record& record);
  bool ReadDeeper(const PathNode& node, std::string_view value, std::string_view raw,
                  JsonReader& json, Record& record);
  void ReadWithin(const PathNode* node, std::string_view value, std::string_view raw,
                  JsonReader& json, Record& record);
  void StoreLabels(JsonReader& json, Record& record);

  const PathNode& root_;
  const PathNode* labels_;
  const PathNode* embedded_;  // json.<path>
  const PathNode* cef_header_[6];
  const PathNode* leef_header_[4];
  const PathNode* columns_;

  KnownKeys keys_;
  ByteMasks masks_;
  uint32_t now_ = 0;
  std::vector<Label> found_labels_;  // of the record in hand, when some are asked for
  bool embedded_found_ = false;
};

}  // namespace vedette
