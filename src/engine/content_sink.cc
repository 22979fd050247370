#include "engine/content_sink.h"

namespace vedette {
namespace {

// Hands a parser's words on to the tally.
class TallyObserver : public ParseObserver {
 public:
  TallyObserver(const ParserSet& parsers, Tally& tally) : parsers_(parsers), tally_(tally) {}

  void Parsed(const Event& event) override { tally_.Parsed(event.parser, event.product); }
  void Dropped(ParserId parser, std::string_view reason, uint32_t record) override {
    tally_.Dropped(parser, parsers_.parsers()[parser].product, reason, record);
  }
  void Unmatched(std::string_view reason, uint32_t record) override {
    tally_.Unmatched(reason, record);
  }
  void Malformed(ParserId parser, std::string_view reason, uint32_t record) override {
    if (parser == kNoParser) {
      tally_.Malformed(reason, record);
    } else {
      tally_.Malformed(parser, parsers_.parsers()[parser].product, reason, record);
    }
  }

 private:
  const ParserSet& parsers_;
  Tally& tally_;
};

}  // namespace

ContentSink::ContentSink(const ContentSet& content, Timestamp ingest_time)
    : parser_(content.parsers, content.library.schema, content.compiler.program(), content.tables),
      enricher_(content.library.schema, content.tables,
                content.countries ? &*content.countries : nullptr),
      ingest_time_(ingest_time),
      content_(content) {}

void ContentSink::Parse(const RawLine& line, Batch& out, Tally& tally) {
  if (line.too_long) {
    tally.Malformed("line-too-long");
    return;
  }
  TallyObserver observer(content_.parsers, tally);
  const size_t before = out.events.size();
  parser_.Parse(line.text, ingest_time_, out, observer);
  for (size_t i = before; i < out.events.size(); ++i) enricher_.Enrich(*out.events[i], out.arena);
}

void ContentSink::ReadTimes(const RawLine& line, TimeSpan* span) {
  if (line.too_long) return;
  parser_.ReadTimes(line.text, ingest_time_, [&](Timestamp time) { span->Add(time); });
}

SinkFactory MakeContentSinks(const ContentSet& content, Timestamp ingest_time) {
  return [&content, ingest_time] { return std::make_unique<ContentSink>(content, ingest_time); };
}

}  // namespace vedette
