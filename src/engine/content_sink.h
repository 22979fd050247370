// A ContentSink is the LineSink of a content folder: it parses lines by its parsers and tells the
// tally what became of them.
//
//   SinkFactory make = MakeContentSinks(content, ingest_time);
//
// `content` outlives the sinks. One sink per thread.
#pragma once

#include "engine/content_set.h"
#include "engine/line_sink.h"
#include "parse/line_parser.h"

namespace vedette {

class ContentSink : public LineSink {
 public:
  // `ingest_time` is what year-less times are resolved against.
  ContentSink(const ContentSet& content, Timestamp ingest_time);

  void Parse(const RawLine& line, Batch& out, Tally& tally) override;

 private:
  LineParser parser_;
  Timestamp ingest_time_;
  const ContentSet& content_;
};

SinkFactory MakeContentSinks(const ContentSet& content, Timestamp ingest_time);

}  // namespace vedette
