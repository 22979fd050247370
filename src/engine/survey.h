// The survey reads every input once and notes for every block of lines when its events happened.
// That makes the schedule by which the merge opens blocks: events come in order of time however
// lines lie in files, also where a file jumps back in time or lines stray far from their place, and
// only blocks whose time has come are in memory.
//
//   std::vector<BlockRef> blocks = TakeSurvey(inputs, options, make_sink, accounting, faults, progress, tick);
//
// What fits into `keep_bytes` is parsed at once and stays in memory, so that small inputs are
// parsed once; of the rest only the times are read. Cost: one pass of reading and half of parsing,
// on all threads; about 80 bytes of memory per 64 KiB of input.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/progress.h"
#include "engine/source_stream.h"

namespace vedette {

struct SurveyOptions {
  unsigned threads = 1;
  FutureLimit future;
  uint64_t keep_bytes = 256 << 20;
  // Plain files are surveyed in pieces of this size, by several threads.
  uint64_t piece_bytes = 64 << 20;
};

// The blocks that may hold events, by source and offset. Lines of all other blocks, and of those
// that are marked as counted, are in the accounting. A null input is left out. `tick` is called now
// and then.
std::vector<BlockRef> TakeSurvey(const std::vector<std::unique_ptr<Input>>& inputs,
                                 const SurveyOptions& options, const SinkFactory& make_sink,
                                 Accounting& accounting, Diagnostics& faults,
                                 ProgressCounters& progress, const std::function<void()>& tick);

}  // namespace vedette
