// Measures the path of log lines, stage by stage, on given input, beside floors measured in the
// same run.
//
//   std::vector<BenchRow> rows = BenchPath(content, inputs, rounds, faults);
//
// Every stage runs over the same lines, held in memory; the fastest of `rounds` passes counts. The
// floors: a memchr split of the same bytes, and a bare simdjson walk over the lines that are JSON.
// Wall time; one thread but where a row says otherwise.
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
};

std::vector<BenchRow> BenchPath(const ContentSet& content, const std::vector<std::string>& inputs,
                                int rounds, Diagnostics& faults);

}  // namespace vedette
