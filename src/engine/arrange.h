// Makes every input readable in order of time within bounded memory.
//
// The survey says when each block happened. Most inputs are in order but for a few minutes, and are
// simply read again. An input is rewritten, its lines sorted by time in runs, to the temporary file
// when
//   * so many of its blocks overlap in time that holding them would take too much memory (lines far from their place), or
//   * it is compressed and would have to be read with wide jumps, or
//   * it is one of too many compressed inputs that are open at one time.
// Which inputs those are follows from the survey alone, and makes no difference to the events.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/source_stream.h"

namespace vedette {

// What may be in memory and open. No limit changes the events.
struct ArrangeLimits {
  // Raw bytes of blocks that may be open at one time, shared by the inputs that are open then; each
  // may have at least `open_bytes_each`. An open block takes about three times its raw bytes.
  uint64_t open_bytes = 256 << 20;
  uint64_t open_bytes_each = 512 << 10;
  // Bytes that a compressed input may be read ahead of what is due.
  uint64_t passed_bytes = 8 << 20;
  size_t open_compressed = 64;
  // Sorted at one time by each thread.
  uint64_t run_bytes = 32 << 20;
};

struct ArrangeOptions {
  unsigned threads = 1;
  FutureLimit future;
  std::string temp_directory;
  ArrangeLimits limits;
};

struct Arrangement {
  std::vector<BlockRef> schedule;      // by time of the first event, then source and offset
  std::unique_ptr<SortedFile> sorted;  // null: nothing was rewritten
  size_t inputs_sorted = 0;
};

// What becomes of the lines of rewritten inputs is added to the accounting; blocks that cannot be
// read again count as lost.
Arrangement Arrange(std::vector<BlockRef> blocks, const std::vector<std::unique_ptr<Input>>& inputs,
                    const ArrangeOptions& options, const SinkFactory& make_sink,
                    Accounting& accounting, Diagnostics& faults, const std::function<void()>& tick);

}  // namespace vedette
