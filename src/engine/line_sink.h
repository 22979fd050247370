// A LineSink turns one raw line into events: the seam between reading and parsing.
//
// The stream asks a SinkFactory for one per thread. Parse appends the events of the line to `out`,
// sets their time, id, type, product, parser, `position.record` and fields, and tells the tally
// what became of each record of the line: exactly one of Parsed (with an event appended), Dropped,
// Unmatched, Malformed per record, at least one per line. Source, offset and clamping are the
// stream's. Views into the line may be kept in events: the line lives as long as its events.
//
// A line may be read twice (once for its times, once when its turn has come), in any order of lines
// and by any thread, and must give the same each time: a sink keeps no memory of earlier lines.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>

#include "engine/accounting.h"
#include "event/batch.h"
#include "ingest/raw_line.h"

namespace vedette {

// When the events of some lines happened.
struct TimeSpan {
  Timestamp first{INT64_MAX};
  Timestamp last{INT64_MIN};

  bool empty() const { return last < first; }
  void Add(Timestamp time) {
    first = std::min(first, time);
    last = std::max(last, time);
  }
};

class LineSink {
 public:
  virtual ~LineSink() = default;
  virtual void Parse(const RawLine& line, Batch& out, Tally& tally) = 0;
  // Widens the span by the times of the line's events, as Parse would set them, with as little work
  // as that takes. It may become wider than that: a record that is dropped may have a time, too.
  virtual void ReadTimes(const RawLine& line, TimeSpan* span) = 0;
};

// Called from any thread.
using SinkFactory = std::function<std::unique_ptr<LineSink>()>;

}  // namespace vedette
