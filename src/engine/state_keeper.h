// A StateKeeper holds what survives a run: it opens a state folder, gives a new judge its memory
// back, and says what each checkpoint holds.
//
//   Result<StateKeeper> keeper = StateKeeper::Open(options, content, faults);
//   Result<void> restored = keeper->Restore(judge, faults);
//   StateChanges changes = keeper->Collect(judge);        // what changed since the last time
//   keeper->db().Write(changes);                          // or behind the pipeline's back
//
// A state belongs to no content set: each model keeps its memory as long as what it remembers is
// defined the same (ModelSpec::memory_hash); one that is defined differently, or is new, starts to
// learn, which is a note. What is wrong with the folder is an error that says what to do; with
// `repair` the rest is gone on with and what was lost is a warning. One thread. Records by key:
//
//   !format !engine !seed !zones !suffixes   the header, as text
//   r                                        the run: RunProgress
//   i… f…                                    inputs (input_book.h)
//   q…                                       ids of the duplicate window
//   n<id>                                    a model's number and hash
//   m<number>…  j/…                          the model's records; the judge's and the sessions'
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/content_set.h"
#include "engine/event_mark.h"
#include "engine/input_book.h"
#include "engine/judge.h"
#include "engine/merge.h"
#include "store/state_db.h"

namespace vedette {

inline constexpr uint32_t kStateFormat = 2;

// How far a run is, and what a run that goes on with it needs to do the same.
struct RunProgress {
  bool finished = true;
  uint64_t number = 0;  // of runs under this state
  Timestamp ingest_time{INT64_MAX};
  EventMark start;  // what earlier runs judged
  EventMark mark;   // what this one did
  std::string out_folder;
  uint64_t detections_bytes = 0;
  uint64_t events = 0;
  uint64_t detections = 0;
  Timestamp first_event{INT64_MAX};
  Timestamp last_event{INT64_MIN};

  EventMark judged() const { return std::max(start, mark); }
};

struct StoredModel {
  uint32_t number = 0;
  Hash128 memory_hash;
  std::string kind;
};

class StateKeeper {
 public:
  struct Options {
    std::string folder;
    bool repair = false;
    StateDb::Mode mode = StateDb::Mode::kWrite;
    StateDbOptions db;
  };

  static Result<StateKeeper> Open(const Options& options, const ContentSet& content,
                                  Diagnostics& faults);

  // Into a judge that has judged nothing. It tracks changes from now on. With `cold`, scopes stay
  // in the state until they are asked for; the keeper then outlives the judge's last question.
  Result<void> Restore(Judge& judge, Diagnostics& faults, bool cold = false);

  // All that changed in the judge, and the run's progress.
  StateChanges Collect(Judge& judge);
  // Puts the ids of the duplicate window in place of those there were.
  void SetRemembered(std::vector<SeenIds::Entry> remembered, StateChanges& changes);
  const std::vector<SeenIds::Entry>& remembered() const { return remembered_; }

  RunProgress& progress() { return progress_; }
  InputBook& inputs() { return inputs_; }
  StateDb& db() { return db_; }

  static uint64_t HashSeed() { return Judge::Options().hash_seed; }

 private:
  struct Slot {
    uint32_t number = 0;
    bool kept = false;  // its memory is still the model's
  };

  StateKeeper(StateDb db, const ContentSet& content, bool repair)
      : db_(std::move(db)), content_(&content), repair_(repair) {}

  Result<void> ReportLoss(const StateDb::Repaired& repaired, Diagnostics& faults);
  Result<void> ReadHeader(Diagnostics& faults);
  Result<void> Migrate(uint32_t from, Diagnostics& faults);
  Result<std::map<std::string, StoredModel>> StoredModels();
  Result<void> MatchModels(Diagnostics& faults);
  Result<void> DropNameless(const std::map<std::string, StoredModel>& named, Diagnostics& faults);
  Result<void> ReadRun(StateDamage& damage);
  void SaveProgress(StateChanges& changes) const;

  StateDb db_;
  const ContentSet* content_;
  bool repair_;
  RunProgress progress_;
  InputBook inputs_;
  std::vector<SeenIds::Entry> remembered_;
  std::vector<Slot> slots_;  // by model
  StateChanges deferred_;    // found necessary on opening; part of the first checkpoint
};

// The prefix of a model's records, and of the judge's.
std::string ModelPrefix(uint32_t number);
inline constexpr std::string_view kJudgePrefix = "j/";

// By id. What cannot be understood is an error, or, with `left_out`, counted there and left out.
Result<std::map<std::string, StoredModel>> ReadStoredModels(const StateDb& db,
                                                            uint64_t* left_out = nullptr);
Result<RunProgress> ReadRunProgress(const StateDb& db);
// For those who look into records and change nothing about their format: `state-older`,
// `state-newer`.
Result<void> ExpectCurrentFormat(const StateDb& db);

}  // namespace vedette
