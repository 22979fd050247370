// An InputBook knows which inputs were read in earlier runs, and how far, so that the next run
// reads each line once.
//
//   InputBook book;
//   book.Load(view, damage);
//   std::vector<SourceFile> todo = book.NotYetRead(discovered, faults);  // grown files from where they ended
//   … run …
//   book.Finish(todo, ends, changes);
//
// A file is known again by its path and the first 4 KiB of its (decompressed) content, or, when it
// was renamed or compressed since, by that content alone. A file of a known path whose beginning is
// another one is a new file. Pipes are always new. One thread. Source of the idea: how log shippers
// follow rotated files by a fingerprint.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/diagnostics.h"
#include "core/state_records.h"
#include "ingest/discover.h"

namespace vedette {

// How an input begins.
struct Fingerprint {
  Hash128 hash;
  uint64_t bytes = 0;  // hashed, at most 4 KiB

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

class InputBook {
 public:
  Result<void> Load(const StateView& view, StateDamage& damage);

  // Of the discovered inputs, what was not read yet, with `begin` and `end` set.
  std::vector<SourceFile> NotYetRead(const std::vector<SourceFile>& discovered,
                                     Diagnostics& faults);

  // The inputs of a run that begins: a run that is interrupted goes on with exactly these.
  void Begin(const std::vector<SourceFile>& sources, StateChanges& changes);
  // The inputs of the interrupted run. One that is no longer what it was is an error (false), or,
  // with `repair`, a warning, and is left out.
  bool Interrupted(bool repair, std::vector<SourceFile>* sources, Diagnostics& faults) const;
  // All were read, up to `ends` (bytes of the decompressed input).
  void Finish(const std::vector<SourceFile>& sources, const std::vector<uint64_t>& ends,
              StateChanges& changes);

  size_t finished_count() const { return finished_.size(); }

 private:
  struct Finished {
    Fingerprint begins;
    uint64_t done = 0;    // bytes of the decompressed input; where the next line starts
    uint64_t stored = 0;  // bytes of the file
  };
  struct Pending {
    SourceFile source;
    Fingerprint begins;
  };

  void Save(const std::string& path, const Finished& finished, StateChanges& changes) const;

  std::map<std::string, Finished> finished_;  // by path
  std::vector<Pending> pending_;
  std::map<std::string, Fingerprint> looked_;  // how files of this process began, by path
};

}  // namespace vedette
