// The main job: raw logs in, detections, sessions and a summary out.
//
//   Diagnostics faults;
//   Result<RunReport> report = RunJob(content, options, faults);
//
// Writes detections.ndjson, sessions.ndjson and summary.json to the output folder. Everything but
// positions and the summary's `sources` and `run` parts depends on the lines and the content alone.
// An input that cannot be read is a fault, and the rest goes on; an output that cannot be written
// ends the job with an error.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/accounting.h"
#include "engine/content_set.h"
#include "engine/event_stream.h"
#include "engine/judge.h"
#include "session/session_book.h"

namespace vedette {

struct RunOptions {
  std::vector<std::string> inputs;
  std::string out_folder;  // empty: nothing is written
  unsigned threads = 1;
  Nanoseconds lateness = std::chrono::minutes(10);
  Timestamp ingest_time{INT64_MAX};  // "now"; the default clamps nothing
  std::function<void(const Progress&)> on_progress;
};

struct RunReport {
  std::vector<SourceFile> sources;
  Accounting accounting;
  std::vector<Session> sessions;  // by day, then score
  std::vector<RuleCounts> rules;  // by rule
  uint64_t events = 0;
  uint64_t detections = 0;
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
