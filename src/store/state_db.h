// A StateDb keeps the records of a state folder on disk (RocksDB).
//
//   Result<StateDb> db = StateDb::Open("state", StateDb::Mode::kWrite);
//   Result<void> written = db->Write(changes);       // all of it, on disk, or nothing
//   Result<void> read = db->ForEach("m", visit);     // see StateView
//
// A folder that is missing or empty becomes a new state; one that holds anything else is refused.
// One process at a time may write; readers look at what was there when they opened. A record that
// fails its checksum is an error that names the file, never a missing record. Error codes:
// `state-locked`, `state-damaged`, `state-not-one`, `state-full`, `state-read-only`,
// `state-failed`. Write, ForEach and Get may run in different threads. Cost of a Write: one
// sequential write and a sync; of a Get: a block of 16 KiB, or, when there is no such record,
// mostly nothing but a look into filters, 10 bits of memory a record.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/file_system.h"
#include "core/state_records.h"

namespace vedette {

struct StateDbOptions {
  FileSystem* files = &FileSystem::Real();
  // Off: nothing is tidied up in other threads, so that a test is the same each time.
  bool background = true;
};

class StateDb : public StateView {
 public:
  enum class Mode { kWrite, kRead };

  static Result<StateDb> Open(const std::string& folder, Mode mode,
                              const StateDbOptions& options = {});
  // Makes a damaged folder readable again: every record that passes its checksum goes into a new
  // one, which takes its place. How many records were lost is not known here: compare with what
  // records say that there should be.
  struct Repaired {
    struct Gap {  // whatever lay between two keys is lost; `before` empty: up to the end
      std::string after, before;
    };
    std::string aside;        // where the damaged folder was put
    std::vector<Gap> gaps;    // in order of key
    bool files_lost = false;  // or the list of them: anything may be missing
  };
  static Result<Repaired> Repair(const std::string& folder, const StateDbOptions& options = {});

  StateDb(StateDb&&) noexcept;
  StateDb& operator=(StateDb&&) noexcept;
  ~StateDb() override;

  Result<void> Write(const StateChanges& changes);
  // Moves what was written from the log, where damage looks like the end, to tables, where it is
  // noticed. To be called when a run is finished.
  Result<void> Flush();
  Result<void> ForEach(std::string_view prefix, const Visit& visit) const override;
  Result<std::optional<std::string>> Get(std::string_view key) const override;
  // Rewrites the folder without what was erased: nothing of it is left in any file.
  Result<void> Compact();

  const std::string& folder() const;
  Place place() const override { return {folder()}; }
  uint64_t bytes_on_disk() const;

 private:
  struct Parts;
  explicit StateDb(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace vedette
