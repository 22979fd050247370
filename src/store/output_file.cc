#include "store/output_file.h"

#include <fmt/format.h>

namespace vedette {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;

}  // namespace

Result<void> OutputFile::Open(FileSystem& files, const std::string& path, uint64_t keep) {
  Result<std::unique_ptr<WritableFile>> file = files.OpenWritable(path, OpenMode::kAppend);
  if (!file) return Fail(file.error());
  const Result<uint64_t> size = (*file)->Size();
  if (!size) return Fail(size.error());
  if (*size < keep) {
    return Fail("output-shorter",
                fmt::format("{} has {} bytes where the state knows of {}", path, *size, keep));
  }
  if (*size > keep) {
    if (Result<void> cut = (*file)->Truncate(keep); !cut) return cut;
  }
  if (Result<void> synced = files.SyncFolder(ParentFolder(path)); !synced) return synced;
  file_ = *std::move(file);
  written_ = keep;
  return {};
}

Result<void> OutputFile::Append(std::string_view bytes) {
  buffer_.append(bytes);
  if (buffer_.size() < kBufferBytes) return {};
  if (Result<uint64_t> flushed = Flush(); !flushed) return Fail(flushed.error());
  return {};
}

Result<uint64_t> OutputFile::Flush() {
  if (buffer_.empty()) return written_;
  if (Result<void> written = file_->Append(buffer_); !written) return Fail(written.error());
  written_ += buffer_.size();
  buffer_.clear();
  return written_;
}

Result<void> OutputFile::Sync() { return file_->Sync(); }

Result<void> OutputFile::Close() {
  if (file_ == nullptr) return {};
  const Result<uint64_t> flushed = Flush();
  const Result<void> closed = file_->Close();
  file_.reset();
  if (!flushed) return Fail(flushed.error());
  return closed;
}

}  // namespace vedette
