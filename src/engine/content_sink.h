// A ContentSink is the LineSink of a content folder: it parses lines by its parsers, tells the
// tally what became of them, and enriches the events.
//
//   SinkFactory make = MakeContentSinks(content, ingest_time);
//
// `content` outlives the sinks. One sink per thread.
#pragma once

#include "engine/content_set.h"
#include "engine/line_sink.h"
#include "enrich/enricher.h"
#include "parse/line_parser.h"

namespace vedette {

class ContentSink : public LineSink {
 public:
  // `ingest_time` is what year-less times are resolved against.
  ContentSink(const ContentSet& content, Timestamp ingest_time);

  void Parse(const RawLine& line, Batch& out, Tally& tally) override;
  void ReadTimes(const RawLine& line, TimeSpan* span) override;

 private:
  LineParser parser_;
  Enricher enricher_;
  Timestamp ingest_time_;
  const ContentSet& content_;
};

SinkFactory MakeContentSinks(const ContentSet& content, Timestamp ingest_time);

}  // namespace vedette
