// An EventStream turns a list of inputs into one stream of events, in order of time, each once.
//
//   EventStream stream(DiscoverSources(paths, faults), options, make_sink, accounting, faults);
//   while (BatchPtr batch = stream.Next()) judge.Process(batch->events, detections);
//   if (auto fault = accounting.Imbalance()) …
//
// The first Next surveys all inputs (survey.h); from then on blocks are opened when their time
// comes. The sequence of events depends on the lines alone: not on how they lie in files, on
// compression, names or threads. Only positions tell the files. Duplicates are dropped: the same
// event id within `lateness` plus one hour; the first in the order stays.
//
// Pipes are copied to disk and treated like files, unless `live_pipes` says that somebody goes on
// writing to them: then their lines are taken as they come, put in order within `lateness`, and
// what comes later than that is marked late (reorder.h). Next waits for such a pipe when nothing
// else is known to come before its next line.
//
// Options are read once. `accounting`, `faults` and the factory outlive the stream; both lists are
// complete when Next has returned null. An input that cannot be read, or breaks off, is an error in
// `faults`; the others go on. Next is for one thread. The events of a batch live as long as the
// batch. Memory: the blocks that overlap in time (about 200 KiB for each input that is open at one
// time), `keep_bytes`, the ids of the duplicate window.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostics.h"
#include "engine/accounting.h"
#include "engine/arrange.h"
#include "engine/block_feed.h"
#include "engine/event_mark.h"
#include "engine/line_sink.h"
#include "engine/merge.h"
#include "engine/progress.h"
#include "ingest/discover.h"
#include "ingest/line_reader.h"

namespace vedette {

struct EventStreamOptions {
  // What "now" is: events more than `future_tolerance` ahead of it are set back to it. The default
  // clamps nothing.
  Timestamp ingest_time{INT64_MAX};
  Nanoseconds future_tolerance = std::chrono::minutes(10);
  Nanoseconds lateness = std::chrono::minutes(10);
  Nanoseconds max_late = std::chrono::days(7);
  bool live_pipes = false;
  // Threads in all, the caller's included; 1 starts none.
  unsigned threads = 1;
  // Those beside the caller's, where others use them, too; outlives the stream. Null: it has its
  // own.
  Crew* crew = nullptr;
  LineOptions lines;
  // Parsed blocks that may stay in memory between survey and merge.
  uint64_t keep_bytes = 256 << 20;
  uint64_t piece_bytes = 64 << 20;
  size_t batch_events = kBatchEvents;
  // Inputs that need more than their share are sorted on disk.
  ArrangeLimits limits;
  // For pipes and sorting; empty: $TMPDIR or /tmp.
  std::string temp_directory;
  // What an earlier run has judged: events up to there come late, wherever they lie. Those that are
  // more than `max_late` older only teach.
  EventMark late_until;
  // What this run judged before it was interrupted: counted once more, not handed out.
  EventMark resume_after;
  // Of the duplicate window, from an earlier run; see EventStream::remembered.
  std::vector<SeenIds::Entry> remembered;
  // Called from Next's thread, at least once a batch, and during the survey a few times a second.
  std::function<void(const Progress&)> on_progress;
};

class EventStream {
 public:
  EventStream(std::vector<SourceFile> sources, EventStreamOptions options, SinkFactory make_sink,
              Accounting& accounting, Diagnostics& faults);
  ~EventStream();

  // Up to `batch_events` events; null at the end.
  BatchPtr Next();

  const std::vector<SourceFile>& sources() const { return sources_; }
  Progress progress() const { return counters_.Read(); }
  // Blocks held open at the busiest moment so far.
  size_t most_open_blocks() const { return most_open_blocks_; }
  // Inputs whose lines had to be sorted on disk; known after the first Next.
  size_t inputs_sorted() const { return inputs_sorted_; }
  // When Next has returned null: the ids that later events may be duplicates of, in the order in
  // which they came, and how far each input was read (decompressed bytes).
  std::vector<SeenIds::Entry> remembered() const { return seen_.entries(); }
  const std::vector<uint64_t>& ends() const { return ends_; }

 private:
  class LivePipe;

  void Prepare();
  bool OpenDue(bool may_wait);
  void OpenDueBlocks();
  void Finish();

  std::vector<SourceFile> sources_;
  EventStreamOptions options_;
  SinkFactory make_sink_;
  Accounting& accounting_;
  Diagnostics& faults_;

  bool prepared_ = false;
  bool finished_ = false;
  std::vector<std::unique_ptr<Input>> inputs_;  // null: cannot be read, or is live
  std::vector<std::unique_ptr<LivePipe>> live_;
  Arrangement arrangement_;
  size_t next_block_ = 0;
  uint64_t batches_ = 0;
  std::optional<Crew> own_crew_;
  std::unique_ptr<BlockFeed> feed_;
  Merge merge_;
  SeenIds seen_;
  Tally tally_;
  std::vector<uint64_t> ends_;  // by source
  std::vector<bool> reported_;  // by source: a fault of reading again
  ProgressCounters counters_;
  size_t most_open_blocks_ = 0;
  size_t inputs_sorted_ = 0;
};

}  // namespace vedette
