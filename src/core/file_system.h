// The file layer: everything that Vedette writes goes through a FileSystem, so that tests can put a
// failing disk under it (simulated_disk.h).
//
//   FileSystem& files = FileSystem::Real();
//   Result<void> written = ReplaceFile(files, "out/summary.json", text);
//
// Every call is checked. Errors name the file and what went wrong; their codes are `disk-full`,
// `not-found`, `read-only`, `locked`, `pipe-closed` and, for the rest, `file-failed`. What is not
// synced may be lost in a crash: bytes by WritableFile::Sync, names by SyncFolder. A FileSystem may
// be used from several threads at once; a file belongs to one at a time, but Sync may run beside.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace vedette {

// Written from front to back. Closed when it goes, then without a word of what failed.
class WritableFile {
 public:
  explicit WritableFile(std::string path) : path_(std::move(path)) {}
  virtual ~WritableFile() = default;
  WritableFile(const WritableFile&) = delete;
  WritableFile& operator=(const WritableFile&) = delete;

  // All bytes, at the end of the file. After a failure any part of them may be there.
  Result<void> Append(std::string_view bytes);
  // Answers when all that was appended survives a crash. After a failure nobody knows what does:
  // do not just try again.
  virtual Result<void> Sync() = 0;
  // Cuts the file, or fills it up with zeros; then appends follow.
  virtual Result<void> Truncate(uint64_t bytes) = 0;
  virtual Result<uint64_t> Size() = 0;
  virtual Result<void> Close() = 0;

  const std::string& path() const { return path_; }

 protected:
  // As the system call: at least one byte of those given, perhaps not all.
  virtual Result<size_t> WriteSome(std::string_view bytes) = 0;

 private:
  std::string path_;
};

class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  // Up to `bytes` bytes; less only at the end of the file.
  virtual Result<size_t> ReadAt(uint64_t offset, char* to, size_t bytes) = 0;
};

// Held until it goes, by this process alone.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class OpenMode { kReplace, kAppend };  // both create the file if it is missing

struct FileInfo {
  enum class Kind { kNothing, kFile, kFolder };
  Kind kind = Kind::kNothing;
  uint64_t bytes = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<WritableFile>> OpenWritable(const std::string& path,
                                                             OpenMode mode) = 0;
  virtual Result<std::unique_ptr<ReadableFile>> OpenReadable(const std::string& path) = 0;
  // Replaces `to`, at once: nobody sees neither or half of it.
  virtual Result<void> Rename(const std::string& from, const std::string& to) = 0;
  // A file or an empty folder.
  virtual Result<void> Remove(const std::string& path) = 0;
  // Its parent is there already. No error if it is itself.
  virtual Result<void> MakeFolder(const std::string& path) = 0;
  // Makes names survive a crash: files created, renamed or removed in that folder.
  virtual Result<void> SyncFolder(const std::string& path) = 0;
  // Names, sorted.
  virtual Result<std::vector<std::string>> List(const std::string& folder) = 0;
  // What is not there is no error but kNothing.
  virtual Result<FileInfo> Stat(const std::string& path) = 0;
  // Creates the file. `locked` if another holder has it, in this process or another.
  virtual Result<std::unique_ptr<FileLock>> Lock(const std::string& path) = 0;

  // The files of this machine.
  static FileSystem& Real();
};

// Standard output as a file to append to; Close leaves it open. `pipe-closed` when nobody reads any
// more: for that, SIGPIPE has to be ignored.
std::unique_ptr<WritableFile> StandardOutput();

// Makes a folder and those above it that are missing. They survive a crash.
Result<void> MakeFolders(FileSystem& files, const std::string& path);

Result<std::string> ReadFile(FileSystem& files, const std::string& path);

// Puts `bytes` in place of the file, or leaves what was there: writes `path`.part, syncs, renames,
// syncs the folder.
Result<void> ReplaceFile(FileSystem& files, const std::string& path, std::string_view bytes);

// "out" of "out/summary.json", "." of "summary.json".
std::string ParentFolder(const std::string& path);

// An Error with the code for `error_number` (errno): "cannot write out/x: No space left on device".
Error FileError(std::string_view what, const std::string& path, int error_number);

}  // namespace vedette
