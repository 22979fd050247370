#include "core/file_system.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace vedette {
namespace {

std::string_view CodeOf(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "disk-full";
    case ENOENT:
      return "not-found";
    case EROFS:
    case EACCES:
    case EPERM:
      return "read-only";
    case EPIPE:
      return "pipe-closed";
    case EWOULDBLOCK:
      return "locked";
    default:
      return "file-failed";
  }
}

// Repeats a system call that a signal interrupted.
template <typename Call>
auto Retry(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  // Not to be repeated, whatever it says: the descriptor is gone.
  int Close() {
    const int fd = fd_;
    fd_ = -1;
    return fd < 0 ? 0 : ::close(fd);
  }
  void Release() { fd_ = -1; }

 private:
  int fd_;
};

int OpenRetrying(const std::string& path, int flags) {
  return Retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0644); });
}

// Pipes and terminals cannot be synced, and need not be.
bool IsNoFile(int error_number) { return error_number == EINVAL || error_number == ENOTSUP; }

class RealWritableFile : public WritableFile {
 public:
  RealWritableFile(std::string path, int fd) : WritableFile(std::move(path)), fd_(fd) {}

  Result<void> Sync() override {
    if (Retry([&] { return ::fsync(fd_.get()); }) < 0 && !IsNoFile(errno))
      return Fail(FileError("write", path(), errno));
    return {};
  }
  Result<void> Truncate(uint64_t bytes) override {
    if (Retry([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(bytes)); }) < 0)
      return Fail(FileError("shorten", path(), errno));
    return {};
  }
  Result<uint64_t> Size() override {
    struct stat info {};
    if (::fstat(fd_.get(), &info) < 0) return Fail(FileError("read", path(), errno));
    return static_cast<uint64_t>(info.st_size);
  }
  Result<void> Close() override {
    if (fd_.Close() < 0 && errno != EINTR) return Fail(FileError("write", path(), errno));
    return {};
  }

 protected:
  Result<size_t> WriteSome(std::string_view bytes) override {
    const ssize_t n = Retry([&] { return ::write(fd_.get(), bytes.data(), bytes.size()); });
    if (n < 0) return Fail(FileError("write", path(), errno));
    return static_cast<size_t>(n);
  }

  Descriptor fd_;
};

class StandardOutputFile : public RealWritableFile {
 public:
  StandardOutputFile() : RealWritableFile("standard output", STDOUT_FILENO) {}
  ~StandardOutputFile() override { fd_.Release(); }
  Result<void> Close() override { return {}; }
};

class RealReadableFile : public ReadableFile {
 public:
  RealReadableFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  Result<size_t> ReadAt(uint64_t offset, char* to, size_t bytes) override {
    size_t done = 0;
    while (done < bytes) {
      const ssize_t n = Retry([&] {
        return ::pread(fd_.get(), to + done, bytes - done, static_cast<off_t>(offset + done));
      });
      if (n < 0) return Fail(FileError("read", path_, errno));
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }

 private:
  std::string path_;
  Descriptor fd_;
};

class RealFileLock : public FileLock {
 public:
  explicit RealFileLock(int fd) : fd_(fd) {}

 private:
  Descriptor fd_;  // closing it unlocks
};

class RealFileSystem : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> OpenWritable(const std::string& path,
                                                     OpenMode mode) override {
    const int how = mode == OpenMode::kReplace ? O_TRUNC : 0;
    const int fd = OpenRetrying(path, O_WRONLY | O_CREAT | O_APPEND | how);
    if (fd < 0) return Fail(FileError("write", path, errno));
    return std::make_unique<RealWritableFile>(path, fd);
  }

  Result<std::unique_ptr<ReadableFile>> OpenReadable(const std::string& path) override {
    const int fd = OpenRetrying(path, O_RDONLY);
    if (fd < 0) return Fail(FileError("read", path, errno));
    return std::make_unique<RealReadableFile>(path, fd);
  }

  Result<void> Rename(const std::string& from, const std::string& to) override {
    if (std::rename(from.c_str(), to.c_str()) != 0) return Fail(FileError("replace", to, errno));
    return {};
  }

  Result<void> Remove(const std::string& path) override {
    if (std::remove(path.c_str()) != 0) return Fail(FileError("remove", path, errno));
    return {};
  }

  Result<void> MakeFolder(const std::string& path) override {
    if (::mkdir(path.c_str(), 0755) == 0) return {};
    const int error = errno;
    struct stat info {};
    if (error == EEXIST && ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return {};
    return Fail(FileError("create the folder", path, error));
  }

  Result<void> SyncFolder(const std::string& path) override {
    const Descriptor folder(OpenRetrying(path, O_RDONLY | O_DIRECTORY));
    if (folder.get() < 0 || (Retry([&] { return ::fsync(folder.get()); }) < 0 && !IsNoFile(errno)))
      return Fail(FileError("write to the folder", path, errno));
    return {};
  }

  Result<std::vector<std::string>> List(const std::string& folder) override {
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator at(folder, error);
    for (const std::filesystem::directory_iterator end; !error && at != end; at.increment(error))
      names.push_back(at->path().filename().string());
    if (error) return Fail(FileError("read the folder", folder, error.value()));
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<FileInfo> Stat(const std::string& path) override {
    struct stat info {};
    if (::stat(path.c_str(), &info) < 0) {
      if (errno == ENOENT || errno == ENOTDIR) return FileInfo{};
      return Fail(FileError("read", path, errno));
    }
    if (S_ISDIR(info.st_mode)) return FileInfo{FileInfo::Kind::kFolder, 0};
    return FileInfo{FileInfo::Kind::kFile, static_cast<uint64_t>(info.st_size)};
  }

  Result<std::unique_ptr<FileLock>> Lock(const std::string& path) override {
    auto lock = std::make_unique<Descriptor>(OpenRetrying(path, O_RDWR | O_CREAT));
    if (lock->get() < 0) return Fail(FileError("lock", path, errno));
    if (Retry([&] { return ::flock(lock->get(), LOCK_EX | LOCK_NB); }) < 0)
      return Fail(FileError("lock", path, errno));
    const int fd = lock->get();
    lock->Release();
    return std::make_unique<RealFileLock>(fd);
  }
};

}  // namespace

FileSystem& FileSystem::Real() {
  static RealFileSystem real;
  return real;
}

std::unique_ptr<WritableFile> StandardOutput() { return std::make_unique<StandardOutputFile>(); }

Result<void> WritableFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const Result<size_t> written = WriteSome(bytes);
    if (!written) return Fail(written.error());
    bytes.remove_prefix(*written);
  }
  return {};
}

std::string ParentFolder(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> MakeFolders(FileSystem& files, const std::string& path) {
  const std::string folder =
      path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  const Result<FileInfo> info = files.Stat(folder);
  if (!info) return Fail(info.error());
  if (info->kind == FileInfo::Kind::kFolder) return {};
  if (info->kind == FileInfo::Kind::kFile)
    return Fail("file-failed", fmt::format("{} is a file, not a folder", folder));
  const std::string parent = ParentFolder(folder);
  if (parent != folder) {
    if (Result<void> made = MakeFolders(files, parent); !made) return made;
  }
  if (Result<void> made = files.MakeFolder(folder); !made) return made;
  return files.SyncFolder(parent);
}

Result<std::string> ReadFile(FileSystem& files, const std::string& path) {
  const Result<std::unique_ptr<ReadableFile>> file = files.OpenReadable(path);
  if (!file) return Fail(file.error());
  constexpr size_t kBytesAtOnce = 1 << 16;
  std::string text;
  while (true) {
    const size_t old = text.size();
    text.resize(old + kBytesAtOnce);
    const Result<size_t> read = (*file)->ReadAt(old, text.data() + old, kBytesAtOnce);
    if (!read) return Fail(read.error());
    text.resize(old + *read);
    if (*read < kBytesAtOnce) return text;
  }
}

Result<void> ReplaceFile(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string part = path + ".part";
  const auto write = [&]() -> Result<void> {
    const Result<std::unique_ptr<WritableFile>> file = files.OpenWritable(part, OpenMode::kReplace);
    if (!file) return Fail(file.error());
    if (Result<void> done = (*file)->Append(bytes); !done) return done;
    if (Result<void> done = (*file)->Sync(); !done) return done;
    if (Result<void> done = (*file)->Close(); !done) return done;
    return files.Rename(part, path);
  };
  if (Result<void> written = write(); !written) {
    (void)files.Remove(part);  // The first failure is the one to tell.
    return written;
  }
  return files.SyncFolder(ParentFolder(path));
}

Error FileError(std::string_view what, const std::string& path, int error_number) {
  const std::string_view code = CodeOf(error_number);
  const std::string_view choice =
      code == "disk-full" ? "; make room and run the same command again" : "";
  return {std::string(code),
          fmt::format("cannot {} {}: {}{}", what, path,
                      std::generic_category().message(error_number), choice),
          {}};
}

}  // namespace vedette
