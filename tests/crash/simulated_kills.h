// Runs the engine on a disk that fails, kills it at random operations, starts it again until it is
// done, and compares the results with those of a run that nobody disturbed.
//
//   SimulatedKills kills(world);
//   SeedOutcome outcome = kills.Play(42, {});
//
// The seed decides everything: how often checkpoints come, whether a second batch of logs follows
// in a run of its own, and for each life whether power goes (unsynced bytes and names are lost,
// torn or reordered), the process dies (nothing is lost), the device answers with errors, or the
// disk is full, and when. Unless checkpoints are written behind the pipeline's back, a seed replays
// exactly.
#pragma once

#include <cstdint>
#include <string>

#include "core/simulated_disk.h"
#include "difference.h"
#include "engine/runner.h"
#include "small_world.h"

namespace vedette::crash {

struct SeedOutcome {
  uint64_t seed = 0;
  uint64_t power_cuts = 0;
  uint64_t process_kills = 0;
  uint64_t device_errors = 0;  // lives that these ended
  uint64_t full_disks = 0;
  uint64_t runs = 0;
  Difference detections, sessions;
  std::string refusal;  // what a run said that would not go on, or did not say clearly
  uint64_t trace = 0;   // of the disk

  uint64_t kills() const { return power_cuts + process_kills + device_errors + full_disks; }
  bool good() const { return refusal.empty() && detections.none() && sessions.none(); }
  std::string ToString() const;
};

struct PlayOptions {
  bool write_behind = false;
  bool cold = false;  // memory holds a fraction of the scopes; the rest waits in the state
  bool tell = false;  // every life, on standard output
};

class SimulatedKills {
 public:
  explicit SimulatedKills(const SmallWorld& world);

  SeedOutcome Play(uint64_t seed, const PlayOptions& options) const;

  // Runs once on the given disk: results in "out", state in "state".
  Result<RunReport> Run(SimulatedDisk& disk, int stage, const StateOptions& state,
                        size_t batch_events = kBatchEvents, Diagnostics* notes = nullptr,
                        uint64_t memory = 0) const;

 private:
  struct Results {
    std::string detections, sessions;
  };
  // What a run leaves, or the reason why that cannot be read.
  static Result<Results> Read(SimulatedDisk& disk);

  const SmallWorld& world_;
  Results expected_[kStages + 1][kStages];  // by first and last stage
};

}  // namespace vedette::crash
