// A LineSink turns one raw line into events: the seam between reading and parsing.
//
// The stream asks a SinkFactory for one per thread. Parse appends the events of the line to `out`,
// sets their time, id, type, product, parser, `position.record` and fields, and tells the tally
// what became of each record of the line: exactly one of Parsed (with an event appended), Dropped,
// Unmatched, Malformed per record, at least one per line. Source, offset and clamping are the
// stream's. Views into the line may be kept in events: the line lives as long as its events.
//
// A line may be parsed twice (once to find its time, once when its turn has come), in any order of
// lines and by any thread, and must give the same each time: a sink keeps no memory of earlier
// lines.
#pragma once

#include <functional>
#include <memory>

#include "engine/accounting.h"
#include "event/batch.h"
#include "ingest/raw_line.h"

namespace vedette {

class LineSink {
 public:
  virtual ~LineSink() = default;
  virtual void Parse(const RawLine& line, Batch& out, Tally& tally) = 0;
};

// Called from any thread.
using SinkFactory = std::function<std::unique_ptr<LineSink>()>;

}  // namespace vedette
