// A CheckpointWriter brings checkpoints to disk behind the pipeline's back.
//
//   CheckpointWriter writer(db, results);
//   if (writer.idle()) writer.Start(std::move(changes));
//   Result<void> done = writer.Wait();     // all that was started is on disk; or the first failure
//
// Before a checkpoint is written, the results that it knows of are synced: what a checkpoint says
// was written was written. One checkpoint at a time; Start waits for the one before. After a
// failure nothing more is written. Start, idle and Wait are for one thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "store/output_file.h"
#include "store/state_db.h"

namespace vedette {

class CheckpointWriter {
 public:
  // With `behind` off, Start does the work itself.
  CheckpointWriter(StateDb& db, OutputFile& results, bool behind);
  ~CheckpointWriter();
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  bool idle();
  void Start(StateChanges changes);
  Result<void> Wait();

 private:
  void Work();
  Result<void> Write(const StateChanges& changes);

  StateDb& db_;
  OutputFile& results_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<StateChanges> waiting_;
  bool stop_ = false;
  Result<void> outcome_;
  std::thread thread_;
};

}  // namespace vedette
