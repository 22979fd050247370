// A TempFile is nameless room on disk that is gone when the object is, or the process, however it
// ends.
//
//   Result<TempFile> spool = TempFile::Create(directory);
//   spool->Append(bytes);
//
// Lives in `directory`, or in $TMPDIR or /tmp when that is empty. One thread writes; readers open
// path() afresh, also from other threads, once writing is over. Errors: temp-file (no room, no
// right to write).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace vedette {

class TempFile {
 public:
  static Result<TempFile> Create(const std::string& directory = {});
  TempFile(TempFile&& other) noexcept;
  TempFile& operator=(TempFile&&) = delete;
  ~TempFile();

  Result<void> Append(std::string_view bytes);
  uint64_t bytes() const { return bytes_; }
  // Opens for reading as a file would; valid as long as the object.
  std::string path() const;

 private:
  TempFile(int fd, std::string directory) : fd_(fd), directory_(std::move(directory)) {}

  int fd_;
  std::string directory_;
  uint64_t bytes_ = 0;
};

}  // namespace vedette
