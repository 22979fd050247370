// A ParsedBlock is a block of lines with the events that came of it, ordered, all with one
// lifetime.
#pragma once

#include <memory>

#include "engine/line_sink.h"
#include "event/batch.h"
#include "ingest/raw_line.h"

namespace vedette {

struct ParsedBlock {
  static constexpr size_t kArenaBytes = 32 * 1024;

  LineBlock lines;
  Batch batch{kArenaBytes};
  // Of a run of events that live in other blocks: these, and at which time each event takes its
  // turn (late ones, not at theirs).
  std::vector<std::shared_ptr<ParsedBlock>> parts;
  std::vector<Timestamp> keys;
  uint64_t last_kept_by = 0;  // number of the latest merged batch that holds on to it

  void Clear() {
    lines.Clear();
    batch.Clear();
    parts.clear();
    keys.clear();
    last_kept_by = 0;
  }
  size_t bytes_held() const;
  // The raw line of an event of this block.
  std::string_view TextOf(const Event& event) const;
};

using ParsedBlockPtr = std::shared_ptr<ParsedBlock>;

// When a time counts as wrong rather than early: more than `tolerance` ahead of `now` is set back
// to `now`.
struct FutureLimit {
  Timestamp now{INT64_MAX};
  Nanoseconds tolerance = std::chrono::minutes(10);

  bool IsAhead(Timestamp time) const {
    return now.ns <= INT64_MAX - tolerance.count() && time > now + tolerance;
  }
};

// Parses `block.lines` into `block.batch`, sets positions, clamps, and orders the events.
void ParseBlock(ParsedBlock& block, SourceId source, LineSink& sink, const FutureLimit& limit,
                Tally& tally);

// The order of all events: time, id; then, so that nothing depends on where a line lies, content;
// at last position.
bool EventBefore(const Event& a, const Event& b);

}  // namespace vedette
