#include "store/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace vedette {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;

}  // namespace

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
}

Error OutputFile::Failure() const {
  return {"output-failed", fmt::format("cannot write {}: {}", path_, std::strerror(errno)), {}};
}

Result<void> OutputFile::Open(const std::string& path, uint64_t keep) {
  path_ = path;
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  struct stat info;
  if (fd_ < 0 || ::fstat(fd_, &info) != 0) return Fail(Failure());
  if (static_cast<uint64_t>(info.st_size) < keep) {
    return Fail("output-shorter", fmt::format("{} has {} bytes where the state knows of {}", path,
                                              info.st_size, keep));
  }
  if (::ftruncate(fd_, static_cast<off_t>(keep)) != 0 ||
      ::lseek(fd_, static_cast<off_t>(keep), SEEK_SET) < 0) {
    return Fail(Failure());
  }
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
  for (size_t done = 0; done < buffer_.size();) {
    const ssize_t wrote = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return Fail(Failure());
    done += static_cast<size_t>(wrote);
  }
  written_ += buffer_.size();
  buffer_.clear();
  return written_;
}

Result<void> OutputFile::Sync() {
  if (::fdatasync(fd_) != 0 && errno != EINVAL) return Fail(Failure());
  return {};
}

Result<void> OutputFile::Close() {
  if (fd_ < 0) return {};
  Result<uint64_t> flushed = Flush();
  if (::close(std::exchange(fd_, -1)) != 0 && flushed) return Fail(Failure());
  if (!flushed) return Fail(flushed.error());
  return {};
}

Result<void> ReplaceOutput(const std::string& path, std::string_view bytes) {
  const std::string part = path + ".part";
  OutputFile file;
  Result<void> done = file.Open(part, 0);
  if (done) done = file.Append(bytes);
  if (done) {
    if (Result<uint64_t> flushed = file.Flush(); !flushed) done = Fail(flushed.error());
  }
  if (done) done = file.Sync();
  if (done) done = file.Close();
  std::error_code error;
  if (done) {
    std::filesystem::rename(part, path, error);
    if (error) {
      done = Fail("output-failed", fmt::format("cannot write {}: {}", path, error.message()));
    }
  }
  if (!done) std::filesystem::remove(part, error);
  return done;
}

}  // namespace vedette
