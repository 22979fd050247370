#include "ingest/temp_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace vedette {

Result<TempFile> TempFile::Create(const std::string& directory) {
  std::string where = directory;
  if (where.empty()) {
    const char* set = std::getenv("TMPDIR");
    where = set != nullptr && *set != '\0' ? set : "/tmp";
  }
  std::string name = where + "/vedette-XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) {
    return Fail("temp-file", fmt::format("cannot make a temporary file: {}", std::strerror(errno)),
                Place{where});
  }
  ::unlink(name.c_str());
  return TempFile(fd, std::move(where));
}

TempFile::TempFile(TempFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      directory_(std::move(other.directory_)),
      bytes_(other.bytes_) {}

TempFile::~TempFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> TempFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return Fail("temp-file",
                  fmt::format("cannot write a temporary file: {}", std::strerror(errno)),
                  Place{directory_});
    }
    bytes.remove_prefix(static_cast<size_t>(written));
    bytes_ += static_cast<uint64_t>(written);
  }
  return {};
}

// The kernel opens a nameless file through this link.
std::string TempFile::path() const { return fmt::format("/proc/self/fd/{}", fd_); }

}  // namespace vedette
