// A ParserSet is every parser of a content folder, indexed so that choosing one costs the same for
// ten parsers and for ten thousand.
//
//   ParserSet parsers = ParserSet::Load(library, raw_names, compiler, faults);
//   parsers.Finish(raw_names);           // when everything that names raw values is compiled
//   LineParser parser(parsers, …);       // line_parser.h
//
// A form is found by one of its conditions: the value of a path that equals a literal, a path that
// has to be there, or a literal in the line. The other conditions are verified; of the forms that
// fit, the one with most conditions wins, then the smaller parser id. Every fault of every file is
// collected. Read-only after Finish; shared by threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "content/library.h"
#include "core/zone.h"
#include "event/event.h"
#include "expr/program.h"
#include "parse/field_plan.h"
#include "parse/literal_set.h"
#include "parse/pair_readers.h"
#include "parse/path_table.h"
#include "parse/text_pattern.h"
#include "parse/time_format.h"

namespace vedette {

struct Condition {
  enum class Kind { kEqual, kExists, kMissing, kPrefix, kSuffix, kContains, kText };
  Kind kind = Kind::kExists;
  PathId path = kNoPath;
  std::vector<std::string> texts;  // any of them; of kText: all
  std::vector<uint64_t> hashes;    // of kEqual: of each text
};

struct EventChoice {
  EventTypeId type = kNoEventType;
  std::optional<std::string> drop;  // a reason: the record is no event
  ExprId when = kNoExpr;
  std::vector<FieldSpec> fields;
};

struct ParserSpec {
  std::string id;
  std::string title;
  std::string about;
  std::string file;
  Place place;
  ProductId product = kNoProduct;
  Hasher product_hash{0};           // of vendor and product, to go on from
  std::vector<std::string> covers;  // names of published parsers that this one stands for
  std::vector<FieldSpec> fields;
  std::vector<EventChoice> events;
  std::vector<std::string> time_from;
  std::vector<TimeFormat> time_formats;
  const Zone* time_zone = Zone::Utc();
  std::vector<std::string> id_from;
  std::vector<RawId> raw_read;  // by its own conditions
};

// One wrapping of a parser, with every raw path resolved to ids.
struct FormSpec {
  ParserId parser = kNoParser;
  Format format = Format::kJson;
  std::string root;
  std::vector<std::string> suffixes;
  std::vector<Condition> conditions;
  size_t condition_count = 0;
  uint32_t rank = 0;  // smaller is better: more conditions, then the smaller parser id
  KvOptions kv;
  ColumnOptions columns;
  std::vector<TextPattern> patterns;
  std::vector<std::vector<PathId>> pattern_paths;  // by pattern and group

  std::vector<FieldPlan> fields;                      // of the parser, in order
  std::vector<std::vector<FieldPlan>> choice_fields;  // by event entry
  std::vector<PathId> time_paths;                     // in order
  std::vector<std::vector<PathId>> id_paths;
  std::vector<std::pair<RawId, std::vector<PathId>>> raw_paths;
};

class ParserSet {
 public:
  static ParserSet Load(ContentLibrary& library, RawNames& raw_names, Compiler& compiler,
                        Diagnostics& faults);
  void Finish(const RawNames& raw_names);

  const std::vector<ParserSpec>& parsers() const { return parsers_; }
  const std::vector<FormSpec>& forms() const { return forms_; }
  const PathTable& paths() const { return *paths_; }

  // The best form of that format for the record, or null. Forms that only literals find are tried
  // when no other fits.
  const FormSpec* Choose(Format format, const Record& record, std::string_view line) const;

  // All forms of free text that fit, the best first: which of them it is, their patterns decide.
  void ChooseText(const Record& record, std::string_view line,
                  std::vector<const FormSpec*>* fitting) const;

  // Whether `a` is to be preferred to `b`: more conditions, then the smaller id.
  static bool IsBetter(const FormSpec& a, const FormSpec& b) { return a.rank < b.rank; }

  // Distinct ways to split lines into pairs and columns that some form asks for.
  const std::vector<KvOptions>& kv_options() const { return kv_options_; }
  const std::vector<ColumnOptions>& column_options() const { return column_options_; }

 private:
  friend class ParserLoader;
  static constexpr uint8_t kByValue = 1;     // some form is found by the value of the path
  static constexpr uint8_t kByPresence = 2;  // some form is found by its being there

  bool Fits(const FormSpec& form, const Record& record, std::string_view line) const;
  // Calls `visit` with each form of that format that the values and keys of the record lead to,
  // some maybe twice.
  template <typename Visit>
  void ForEachByRecord(Format format, const Record& record, Visit visit) const;
  template <typename Visit>
  void ForEachByLiteral(Format format, std::string_view line, Visit visit) const;

  std::vector<ParserSpec> parsers_;
  std::vector<FormSpec> forms_;
  std::unique_ptr<PathTable> paths_ = std::make_unique<PathTable>();
  boost::unordered_flat_map<uint64_t, std::vector<uint32_t>> by_value_;  // hash of path and text
  std::vector<std::vector<uint32_t>> by_presence_;                       // by path
  std::vector<uint8_t> indexed_;  // by path: kByValue, kByPresence
  std::unique_ptr<LiteralSet> literals_;
  std::vector<uint32_t> raw_asked_;       // by raw value: how often parsers ask
  bool has_literals_[kFormatCount] = {};  // by format: some form is found by a literal
  std::vector<std::vector<uint32_t>> by_literal_;
  std::vector<KvOptions> kv_options_;
  std::vector<ColumnOptions> column_options_;
};

}  // namespace vedette
