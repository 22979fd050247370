// How long lines take to their answers when they arrive at a share of what the pipeline can take.
//
//   OfferedLoad bench(content, inputs, faults);
//   const double capacity = bench.MeasureCapacity(clock);     // lines a second, as fast as it goes
//   LoadRow row = bench.Offer(1.1 * capacity, clock);
//
// The lines, in order of time, go through a real pipe into an EventStream that reads it live and a
// judge that starts empty, so each call does the same work. Overload is answered by pressing back,
// never by shedding: the stream reads the pipe only when the judge has asked for more, the pipe
// fills (64 KiB), and whoever writes to it waits. So what lies between source and answers stays
// bounded, and how far the source falls behind shows in `from_due`.
//
// Events are put in order within no lateness at all, so that what is measured is the pipeline, not
// the wait for stragglers. Two threads: the source, and reading to judging. Memory: all lines.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/latency_histogram.h"
#include "engine/content_set.h"
#include "engine/paced_source.h"

namespace vedette {

struct LoadRow {
  double offered_per_second = 0;
  double taken_per_second = 0;
  uint64_t lines = 0;
  uint64_t events = 0;
  uint64_t detections = 0;
  LatencyHistogram from_due;        // of an event: since its line was to be there
  LatencyHistogram from_source;     // since the source turned to it; then the pipe may press back
  uint64_t most_bytes_between = 0;  // at any time given to the pipe and not yet answered
  uint64_t model_bytes = 0;         // what was learned by the end
  int64_t resident_growth = 0;  // of the process, from the middle of the run to its end, in bytes
};

class OfferedLoad {
 public:
  OfferedLoad(const ContentSet& content, const std::vector<std::string>& inputs,
              Diagnostics& faults);
  ~OfferedLoad();

  size_t line_count() const;
  // Lines a second when all are offered at once: the best of three tries, so that a share above one
  // is more than can be taken.
  double MeasureCapacity(PaceClock& clock);
  LoadRow Offer(uint64_t lines_per_second, PaceClock& clock);

 private:
  struct Lines;

  const ContentSet& content_;
  Diagnostics& faults_;
  std::unique_ptr<const Lines> lines_;
};

}  // namespace vedette
