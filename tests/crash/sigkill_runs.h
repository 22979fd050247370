// Kills the real binary with SIGKILL at random moments, starts it again until it is done, and
// compares its results with those of a run that nobody disturbed.
//
//   SigkillOptions options;
//   options.command = {"build/dev/vedette", "run", "--content", "content", "logs"};
//   options.folder = "/tmp/kills";
//   options.kills = 100;
//   SigkillOutcome outcome = RunSigkills(options);
//
// Runs are told `--state` and `--out` in folders below `folder`. When a kill comes depends on the
// seed and on the machine: the simulated kills are those that replay. Takes about `kills` times
// half as long as one run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "difference.h"

namespace vedette::crash {

struct SigkillOptions {
  std::vector<std::string> command;
  std::string folder;
  uint64_t kills = 100;
  uint64_t seed = 1;
  // Passed on as --checkpoint-every.
  std::string checkpoint_every = "1000";
  bool tell = false;  // every campaign, on standard output
};

struct SigkillOutcome {
  uint64_t kills = 0;
  uint64_t runs = 0;
  uint64_t campaigns = 0;  // from an empty state to results that were compared
  Difference detections, sessions;
  uint64_t detection_lines = 0, session_lines = 0;  // of the undisturbed run
  double seconds = 0;                               // of the undisturbed run
  std::string failure;  // a run that ended by itself, and not well: its words

  bool good() const { return failure.empty() && detections.none() && sessions.none() && kills > 0; }
  std::string ToString() const;
};

SigkillOutcome RunSigkills(const SigkillOptions& options);

}  // namespace vedette::crash
