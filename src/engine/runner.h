// The main job: raw logs in, detections, sessions and a summary out.
//
//   Diagnostics faults;
//   Result<RunReport> report = RunJob(content, options, faults);
//
// Writes detections.ndjson, sessions.ndjson and summary.json to the output folder. Everything but
// positions and the summary's `sources` and `run` parts depends on the lines and the content alone.
// An input that cannot be read is a fault, and the rest goes on; an output that cannot be written
// ends the job with an error.
//
// Under a state, inputs that earlier runs read are left out, detections go behind those of earlier
// runs in the same folder, and sessions are those of all runs. A job that was killed at any instant
// is gone on with by running it again; the results are those of a run that nobody disturbed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/file_system.h"
#include "engine/accounting.h"
#include "engine/content_set.h"
#include "engine/event_stream.h"
#include "engine/judge.h"
#include "session/session_book.h"

namespace vedette {

// A state folder: what was learned survives the process (docs/state.md).
struct StateOptions {
  std::string folder;   // empty: none
  bool repair = false;  // go on without what is lost, and say what that is
  // A checkpoint is due after that many events (0: never), or, with a clock, after that long.
  uint64_t every_events = 1'000'000;
  Nanoseconds every = std::chrono::seconds(30);
  std::function<Nanoseconds()> clock;
  // Off, the thread that judges writes checkpoints itself.
  bool write_behind = true;

  // For tests. Asked after each batch: true ends the run here, with the error `stopped`, as if the
  // process had been killed, but for a checkpoint that is being written.
  std::function<bool(uint64_t events)> stop;
  // After the n-th checkpoint of the process was handed over.
  std::function<void(uint64_t n)> on_checkpoint;
};

struct RunOptions {
  std::vector<std::string> inputs;
  std::string out_folder;  // empty: nothing is written
  unsigned threads = 1;
  Nanoseconds lateness = std::chrono::minutes(10);
  Timestamp ingest_time{INT64_MAX};  // "now"; the default clamps nothing
  uint64_t keep_bytes = 256 << 20;   // of parsed blocks, which then are not parsed a second time
  std::function<void(const Progress&)> on_progress;
  // What models may take up, in bytes; 0: no limit. What goes beyond it waits in the state; without
  // a state, or when an input cannot be read twice, it is forgotten.
  uint64_t memory = 0;
  // A key file: pseudonyms stand for people in all results, and no samples of raw lines are kept.
  std::string pseudonym_key;
  FileSystem* files = &FileSystem::Real();  // of results and state; inputs are always real
  size_t batch_events = kBatchEvents;       // judged together; makes no difference to the results
  StateOptions state;
};

struct RunReport {
  std::vector<SourceFile> sources;
  Accounting accounting;
  std::vector<Session> sessions;  // by day, then score
  std::vector<RuleCounts> rules;  // by rule
  uint64_t events = 0;
  uint64_t detections = 0;
  uint64_t checkpoints = 0;  // between the first and the last one
  Timestamp first_event{INT64_MAX};
  Timestamp last_event{INT64_MIN};
};

Result<RunReport> RunJob(const ContentSet& content, const RunOptions& options, Diagnostics& faults);

// A person or machine with all its sessions, for ranking.
struct RankedEntity {
  EntityKind kind = EntityKind::kUser;
  std::string id;
  int64_t peak_risk_micro = 0;
  size_t notable_sessions = 0;
  const Session* best = nullptr;  // its session with the highest score
};

// By peak of entity risk, then best score, then name.
std::vector<RankedEntity> RankEntities(const std::vector<Session>& sessions);

}  // namespace vedette
