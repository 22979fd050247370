// A disk held in memory that fails as told: what tests put under everything that is written.
//
//   SimulatedDisk disk(seed);
//   disk.CrashAfter(17);              // the 18th operation and all later ones fail
//   … run; it gives up …
//   disk.Restart();                   // what a machine finds after power came back
//   … run again …
//
// What survives a crash is what was synced. Of the rest, the seed decides page by page (4 KiB):
// written, not written, or torn at a sector (512 bytes); a file's length may be the old or the new;
// names created, renamed or removed since their folder was synced may or may not be, in any
// combination. A failed sync leaves pages that a later sync will not write either, as real ones do.
// Writes are cut short at random, so that nobody relies on whole ones.
//
// An operation is a call that changes something. Same seed and same calls, same outcome. May be
// used from several threads; which call is the n-th then depends on them. Cost: a mutex and a copy
// of the bytes per call.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/file_system.h"

namespace vedette {

class SimulatedDisk : public FileSystem {
 public:
  explicit SimulatedDisk(uint64_t seed);
  ~SimulatedDisk() override;

  // Power goes when this many more operations are done.
  void CrashAfter(uint64_t operations);
  // One call in `every`, on average, fails with EIO, without effect or with part of it. 0: none.
  void FailOneIn(uint64_t every);
  // Room for file contents. Writes beyond it fail with ENOSPC after filling it up.
  void SetCapacity(uint64_t bytes);
  void SetReadOnly(bool read_only);

  // Power goes now (if it has not yet), and comes back: files that were open are of no use any
  // more, locks are free, the disk works. Limits of room stay.
  void Restart();

  // The process dies, the machine does not: as Restart, but all that was written stays.
  void KillProcess();

  bool crashed() const;
  uint64_t operations() const;  // since the disk was made
  uint64_t used_bytes() const;
  // A hash of all operations so far: two runs with the same did the same.
  uint64_t trace() const;
  // What failed on purpose so far, crashes not counted.
  uint64_t injected_failures() const;

  // Flips one bit of a file's contents, for good. False: there is no such byte.
  bool FlipBit(const std::string& path, uint64_t byte);

  Result<std::unique_ptr<WritableFile>> OpenWritable(const std::string& path,
                                                     OpenMode mode) override;
  Result<std::unique_ptr<ReadableFile>> OpenReadable(const std::string& path) override;
  Result<void> Rename(const std::string& from, const std::string& to) override;
  Result<void> Remove(const std::string& path) override;
  Result<void> MakeFolder(const std::string& path) override;
  Result<void> SyncFolder(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& folder) override;
  Result<FileInfo> Stat(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> Lock(const std::string& path) override;

 private:
  struct Inode;
  struct Folder;
  class Writable;
  class Readable;
  class Held;
  using InodePtr = std::shared_ptr<Inode>;

  // A change of a folder that is not synced.
  struct NameChange {
    std::string name;
    InodePtr now;         // null: removed
    std::string removed;  // by a rename, with it
  };
  struct Inode {
    std::string bytes;               // as programs see them
    std::string on_disk;             // as last synced
    std::set<uint64_t> dirty;        // pages that a sync would write
    std::shared_ptr<Folder> folder;  // set: it is a folder
  };
  struct Folder {
    std::map<std::string, InodePtr> names;
    std::map<std::string, InodePtr> on_disk;
    std::vector<NameChange> changes;
  };

  // Counts an operation. The errno that it should answer instead, or 0.
  int BeginChange(std::string_view what, const std::string& path, uint64_t bytes = 0);
  int BeginRead();
  uint64_t Random(uint64_t below);
  bool Chance(uint64_t one_in) { return Random(one_in) == 0; }
  InodePtr Find(const std::string& path) const;
  // The folder that holds the last part of `path`, and that part.
  std::pair<std::shared_ptr<Folder>, std::string> Locate(const std::string& path) const;
  void Change(Folder& folder, NameChange change);
  void BeginNextLife();
  void LosePower(Folder& folder);
  void LosePower(Inode& file);
  uint64_t Used(const Folder& folder) const;

  Result<size_t> Write(Inode& file, const std::string& path, std::string_view bytes);
  Result<void> Sync(Inode& file, const std::string& path);
  Result<void> Truncate(Inode& file, const std::string& path, uint64_t bytes);

  mutable std::mutex mutex_;
  uint64_t random_;
  std::shared_ptr<Folder> root_;
  std::set<std::string> locks_;
  uint64_t life_ = 0;  // files opened in an earlier one are dead
  uint64_t operations_ = 0;
  std::optional<uint64_t> crash_at_;
  bool crashed_ = false;
  bool read_only_ = false;
  uint64_t fail_one_in_ = 0;
  uint64_t capacity_ = UINT64_MAX;
  uint64_t used_ = 0;
  uint64_t injected_ = 0;
  uint64_t trace_ = 0;
};

}  // namespace vedette
