// A file of results that is written from front to back and can be gone on with after a crash.
//
//   OutputFile file;
//   Result<void> opened = file.Open("out/detections.ndjson", bytes_that_are_ours);
//   file.Append(lines);                       // buffered
//   Result<uint64_t> length = file.Flush();   // handed to the system; then remember the length
//   Result<void> kept = file.Sync();          // survives a crash
//
// Open cuts off what lies behind the given length: it was written after the last checkpoint and
// will be written again. Append and Flush belong to one thread; Sync may run in another. Errors
// name the file; code `output-failed`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace vedette {

class OutputFile {
 public:
  OutputFile() = default;
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Keeps the first `keep` bytes; a shorter file is an error, code `output-shorter`.
  Result<void> Open(const std::string& path, uint64_t keep);
  bool is_open() const { return fd_ >= 0; }

  Result<void> Append(std::string_view bytes);
  Result<uint64_t> Flush();
  Result<void> Sync();
  Result<void> Close();

  // Bytes of the file, buffered ones included.
  uint64_t bytes() const { return written_ + buffer_.size(); }

 private:
  Error Failure() const;

  std::string path_;
  int fd_ = -1;
  uint64_t written_ = 0;
  std::string buffer_;
};

// Puts `bytes` in place of a file, at once and so that it survives a crash.
Result<void> ReplaceOutput(const std::string& path, std::string_view bytes);

}  // namespace vedette
