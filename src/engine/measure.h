// Measures the path of log lines, stage by stage, on given input, beside floors measured in the
// same run.
//
//   std::vector<BenchRow> rows = BenchPath(content, inputs, rounds, faults);
//
// Every stage runs over the same lines; the fastest of `rounds` passes counts. Time is CPU time of
// the process, which other programs spoil least; rows that compare numbers of threads, and runs
// with checkpoints to runs without, have wall time. Floors: a memchr split of the same bytes, and a
// bare simdjson walk over the lines that are JSON.
//
// The rows with a share add up to the whole path from files to files, with output and checkpoints.
// What cannot be run alone is a difference: ordering is what a stream costs beyond reading, parsing
// and enriching; writing is what a run costs beyond stream and judge.
#pragma once

#include <string>
#include <vector>

#include "engine/content_set.h"

namespace vedette {

struct BenchRow {
  std::string stage;
  std::string unit;  // what is counted: lines or events
  uint64_t count = 0;
  uint64_t bytes = 0;  // of raw log; 0 when the stage reads none
  double seconds = 0;
  std::string floor;  // stage that it is compared with
  double ratio = 0;   // its rate through the floor's
  double share = 0;   // of the CPU time of the whole path; 0: no part of it
};

std::vector<BenchRow> BenchPath(const ContentSet& content, const std::vector<std::string>& inputs,
                                int rounds, Diagnostics& faults);

}  // namespace vedette
