// A LineParser turns raw lines into events: envelope, format, parser, fields, time, event type.
//
//   LineParser parser(parsers, schema, program, lookups);
//   parser.Parse(line, ingest_time, batch, observer);
//
// Every record of a line is told to the observer exactly once: parsed (an event is appended),
// dropped, unmatched or malformed. The line must outlive the events, which hold views of it;
// everything else that they hold is in the batch's arena. Keeps no memory of earlier lines. One per
// thread. Cost: about a microsecond for a JSON record of 1,000 bytes. Errors: none; a bad line is
// an outcome.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "event/batch.h"
#include "expr/evaluator.h"
#include "expr/lookups.h"
#include "parse/json_reader.h"
#include "parse/pair_readers.h"
#include "parse/parsers.h"
#include "parse/record.h"

namespace vedette {

// Told what became of each record of a line; `record` counts from 0.
class ParseObserver {
 public:
  virtual ~ParseObserver() = default;
  virtual void Parsed(const Event& event) = 0;
  virtual void Dropped(ParserId parser, std::string_view reason, uint32_t record) = 0;
  virtual void Unmatched(std::string_view reason, uint32_t record) = 0;
  // `parser` is kNoParser when none was chosen yet.
  virtual void Malformed(ParserId parser, std::string_view reason, uint32_t record) = 0;
};

struct Envelope;

class LineParser {
 public:
  LineParser(const ParserSet& parsers, const Schema& schema, const Program& program,
             const Lookups& lookups);

  void Parse(std::string_view line, Timestamp ingest_time, Batch& out, ParseObserver& observer);

  // Calls `visit` with the time of each record of the line that some parser takes and that has one,
  // whether or not an event would come of it. Costs about half of Parse.
  void ReadTimes(std::string_view line, Timestamp ingest_time,
                 const std::function<void(Timestamp)>& visit);

 private:
  static constexpr int kMaxWrappers = 4;  // records in records

  // Of the line in hand.
  struct ParseContext {
    Timestamp ingest_time;
    Batch& out;
    ParseObserver& observer;
    uint32_t record = 0;  // the next record's number
    const std::function<void(Timestamp)>* times_only = nullptr;
  };

  void ParseRecord(std::string_view line, int depth, ParseContext& context);
  bool ReadJson(const Envelope& envelope, std::string_view line, int depth, ParseContext& context);
  void ReadText(const Envelope& envelope, std::string_view line, ParseContext& context);
  bool TryText(std::string_view line, ParseContext& context, ParserId* limited);
  bool TryColumns(const Envelope& envelope, std::string_view line, ParseContext& context);
  bool Unwrap(std::string_view payload, int depth, ParseContext& context);
  void Build(const FormSpec& form, std::string_view raw, ParseContext& context);
  const EventChoice* ChooseEvent(const ParserSpec& parser, const Event& event);
  bool ReadTime(const FormSpec& form, Timestamp ingest_time, Timestamp* time) const;
  Hash128 IdOf(const FormSpec& form, std::string_view raw) const;
  void KeepRaw(const FormSpec& form, Event& event, Arena& arena) const;

  const ParserSet& parsers_;
  const Schema& schema_;
  Evaluator evaluator_;
  JsonReader json_;
  PairReader pairs_;
  Record record_;
  std::vector<const FormSpec*> fitting_;  // text forms of the line in hand
  const Zone& zone_;
  Batch times_scratch_;  // of ReadTimes
};

}  // namespace vedette
