// A file of results that is written from front to back and can be gone on with after a crash.
//
//   OutputFile file;
//   Result<void> opened = file.Open(files, "out/detections.ndjson", bytes_that_are_ours);
//   file.Append(lines);                       // buffered
//   Result<uint64_t> length = file.Flush();   // handed to the system; then remember the length
//   Result<void> kept = file.Sync();          // survives a crash
//
// Open cuts off what lies behind the given length: it was written after the last checkpoint and
// will be written again. Append and Flush belong to one thread; Sync may run in another at the same
// time. Errors are those of the file layer, and `output-shorter`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/file_system.h"

namespace vedette {

class OutputFile {
 public:
  // Keeps the first `keep` bytes; a shorter file is an error.
  Result<void> Open(FileSystem& files, const std::string& path, uint64_t keep);
  bool is_open() const { return file_ != nullptr; }

  Result<void> Append(std::string_view bytes);
  Result<uint64_t> Flush();
  Result<void> Sync();
  Result<void> Close();

  // Bytes of the file, buffered ones included.
  uint64_t bytes() const { return written_ + buffer_.size(); }

 private:
  std::unique_ptr<WritableFile> file_;
  uint64_t written_ = 0;
  std::string buffer_;
};

}  // namespace vedette
