// The logs of a simulated organisation with the shipped content, for benchmarks of whole stages.
//
//   const SimulatedWorld& world = SimulatedWorld::Get(20, 14);   // people, days; made once a process
//   for (std::string_view line : world.lines()) …
//   judge.Process(world.events(), detections);                   // in order of time, enriched
//
// Seed 7, so that every run measures the same lines. SimulatedLogs are files only; a SimulatedWorld
// also holds their lines and events in memory, which takes about three times as much.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/scratch_dir.h"
#include "engine/content_set.h"
#include "event/batch.h"
#include "ingest/raw_line.h"

namespace vedette::bench {

inline constexpr Timestamp kNoIngestTime{INT64_MAX};

class SimulatedLogs {
 public:
  SimulatedLogs(int people, int days);

  const ContentSet& content() const { return *content_; }
  std::string folder() const { return folder_.path() + "/logs"; }

 private:
  ScratchDir folder_;
  std::unique_ptr<ContentSet> content_;
};

class SimulatedWorld {
 public:
  static const SimulatedWorld& Get(int people, int days);

  const ContentSet& content() const { return logs_.content(); }
  std::string folder() const { return logs_.folder(); }
  const std::vector<std::string>& files() const { return files_; }

  // Padded for parsers; `json` are those that begin with a brace.
  const std::vector<std::string_view>& lines() const { return lines_; }
  const std::vector<std::string_view>& json() const { return json_; }
  uint64_t bytes() const { return bytes_; }

  const std::vector<Event*>& events() const { return batch_.events; }

 private:
  SimulatedWorld(int people, int days);

  SimulatedLogs logs_;
  std::vector<std::string> files_;
  std::vector<LineBlock> blocks_;
  std::vector<std::string_view> lines_, json_;
  uint64_t bytes_ = 0;
  Batch batch_;
};

}  // namespace vedette::bench
