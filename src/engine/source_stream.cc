#include "engine/source_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace vedette {
namespace {

constexpr size_t kCopyBytes = 256 * 1024;

Result<TempFile> Spool(const std::string& path, const std::string& temp_directory) {
  Result<std::unique_ptr<ByteSource>> pipe = OpenStored(path);
  if (!pipe) return Fail(pipe.error());
  Result<TempFile> spool = TempFile::Create(temp_directory);
  if (!spool) return spool;
  std::string buffer(kCopyBytes, '\0');
  for (;;) {
    Result<size_t> got = (*pipe)->Read(buffer.data(), buffer.size());
    if (!got) return Fail(got.error());
    if (*got == 0) return spool;
    if (Result<void> written = spool->Append({buffer.data(), *got}); !written) return Fail(written.error());
  }
}

bool ReadExactly(ByteSource& bytes, char* to, uint64_t size, std::optional<Error>* error) {
  while (size > 0) {
    Result<size_t> got = bytes.Read(to, size);
    if (!got) *error = got.error();
    if (!got || *got == 0) return false;
    to += *got;
    size -= *got;
  }
  return true;
}

class FileHandle {
 public:
  explicit FileHandle(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~FileHandle() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;

  int fd() const { return fd_; }
  bool Stat(uint64_t* bytes, int64_t* modified_ns) const {
    struct stat info;
    if (fd_ < 0 || ::fstat(fd_, &info) != 0) return false;
    *bytes = static_cast<uint64_t>(info.st_size);
    *modified_ns = info.st_mtim.tv_sec * kNanosPerSecond + info.st_mtim.tv_nsec;
    return true;
  }

 private:
  int fd_;
};

}  // namespace

bool Input::Open(const std::string& temp_directory, Diagnostics& faults) {
  const Place place{file_.path == "-" ? "standard input" : file_.path};
  auto fail = [&](const Error& error) {
    faults.Error(place, error.code, error.message);
    return false;
  };
  path_ = file_.path;
  if (file_.is_pipe) {
    Result<TempFile> spool = Spool(file_.path, temp_directory);
    if (!spool) return fail(spool.error());
    spool_.emplace(std::move(*spool));
    path_ = spool_->path();
  }
  Result<std::unique_ptr<ByteSource>> stored = OpenStored(path_);
  if (!stored) return fail(stored.error());
  Result<std::unique_ptr<ByteSource>> bytes = Decode(std::move(*stored), place.file, &encoding_);
  if (!bytes) return fail(bytes.error());
  if (!FileHandle(path_).Stat(&bytes_, &modified_ns_)) {
    return fail(Error{"input-unreadable", fmt::format("cannot look at it: {}", std::strerror(errno)), place});
  }
  if (bytes_ == 0) {
    faults.Note(place, "input-empty", "there is nothing in it");
  } else if (encoding_ == Encoding::kPlain &&
             (file_.path.ends_with(".gz") || file_.path.ends_with(".zst"))) {
    faults.Warning(place, "input-format", "named as if compressed, but it is not; read as it is");
  }
  return true;
}

Error Input::Changed() const {
  return Error{"input-changed", "the file changed while it was read; some of its events are missing", Place{file_.path}};
}

Result<LineBlock> Input::Read(const BlockRef& ref) {
  if (is_plain()) return ReadPlain(ref);
  std::unique_lock lock(mutex_);
  turn_came_.wait(lock, [&] { return next_turn_ == ref.turn; });
  Result<LineBlock> block = ReadForward(ref);
  ++next_turn_;
  if (next_turn_ == turns_) bytes_forward_.reset();
  turn_came_.notify_all();
  return block;
}

Result<LineBlock> Input::ReadPlain(const BlockRef& ref) const {
  const FileHandle file(path_);
  uint64_t bytes;
  int64_t modified_ns;
  if (!file.Stat(&bytes, &modified_ns)) {
    return Fail("input-unreadable", fmt::format("cannot open it again: {}", std::strerror(errno)), Place{file_.path});
  }
  if (bytes != bytes_ || modified_ns != modified_ns_) return Fail(Changed());
  LineBlock block;
  const size_t size = static_cast<size_t>(ref.end - ref.begin);
  std::shared_ptr<char[]> memory(new char[size + kLinePadding]);
  for (size_t filled = 0; filled < size;) {
    const ssize_t got = ::pread(file.fd(), memory.get() + filled, size - filled, static_cast<off_t>(ref.begin + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Fail(Changed());
    filled += static_cast<size_t>(got);
  }
  std::memset(memory.get() + size, 0, kLinePadding);
  SplitLines({memory.get(), size}, ref.begin, lines_.max_line_bytes, block);
  block.begin = ref.begin;
  block.end = ref.end;
  block.memory = std::move(memory);
  return block;
}

Result<LineBlock> Input::ReadForward(const BlockRef& ref) {
  std::optional<Error> error;
  if (bytes_forward_ == nullptr || ref.begin < forward_at_) {
    Result<std::unique_ptr<ByteSource>> bytes = OpenBytes(path_);
    if (!bytes) return Fail(bytes.error());
    bytes_forward_ = std::move(*bytes);
    forward_at_ = 0;
  }
  std::shared_ptr<char[]> skipped(new char[kCopyBytes]);
  while (forward_at_ < ref.begin) {
    const uint64_t step = std::min<uint64_t>(kCopyBytes, ref.begin - forward_at_);
    if (!ReadExactly(*bytes_forward_, skipped.get(), step, &error)) return Fail(error ? *error : Changed());
    forward_at_ += step;
  }
  LineBlock block;
  const size_t size = static_cast<size_t>(ref.end - ref.begin);
  std::shared_ptr<char[]> memory(new char[size + kLinePadding]);
  if (!ReadExactly(*bytes_forward_, memory.get(), size, &error)) return Fail(error ? *error : Changed());
  forward_at_ = ref.end;
  std::memset(memory.get() + size, 0, kLinePadding);
  SplitLines({memory.get(), size}, ref.begin, lines_.max_line_bytes, block);
  block.begin = ref.begin;
  block.end = ref.end;
  block.memory = std::move(memory);
  return block;
}

}  // namespace vedette
