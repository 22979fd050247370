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
    if (Result<void> written = spool->Append({buffer.data(), *got}); !written)
      return Fail(written.error());
  }
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

// Pads with zeros. False at an error or the end of the file.
bool ReadAt(int fd, uint64_t offset, char* to, size_t size) {
  for (size_t filled = 0; filled < size;) {
    const ssize_t got =
        ::pread(fd, to + filled, size - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    filled += static_cast<size_t>(got);
  }
  std::memset(to + size, 0, kLinePadding);
  return true;
}

struct EntryHead {
  uint64_t offset;
  uint32_t bytes;
} __attribute__((packed));

}  // namespace

Result<std::unique_ptr<SortedFile>> SortedFile::Create(const std::string& temp_directory) {
  Result<TempFile> file = TempFile::Create(temp_directory);
  if (!file) return Fail(file.error());
  return std::unique_ptr<SortedFile>(new SortedFile(std::move(*file)));
}

Result<uint64_t> SortedFile::Append(std::string_view entries) {
  std::lock_guard lock(mutex_);
  const uint64_t begin = file_.bytes();
  if (Result<void> written = file_.Append(entries); !written) return Fail(written.error());
  return begin;
}

void SortedFile::AppendEntry(std::string& out, const RawLine& line) {
  const EntryHead head{line.offset, static_cast<uint32_t>(line.text.size())};
  out.append(reinterpret_cast<const char*>(&head), sizeof(head));
  out.append(line.text);
}

Result<LineBlock> SortedFile::Read(uint64_t begin, uint64_t end) const {
  const FileHandle file(file_.path());
  const size_t size = static_cast<size_t>(end - begin);
  std::shared_ptr<char[]> memory(new char[size + kLinePadding]);
  if (file.fd() < 0 || !ReadAt(file.fd(), begin, memory.get(), size)) {
    return Fail("temp-file", "cannot read a temporary file back");
  }
  LineBlock block;
  block.begin = begin;
  block.end = end;
  for (size_t at = 0; at < size;) {
    EntryHead head;
    std::memcpy(&head, memory.get() + at, sizeof(head));
    at += sizeof(head);
    block.lines.push_back({{memory.get() + at, head.bytes}, head.offset, false});
    at += head.bytes;
  }
  block.memory = std::move(memory);
  return block;
}

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
    return fail(Error{"input-unreadable",
                      fmt::format("cannot look at it: {}", std::strerror(errno)), place});
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
  return Error{"input-changed",
               "the file changed while it was read; some of its events are missing",
               Place{file_.path}};
}

void Input::Expect(const std::vector<BlockRef*>& refs) {
  turns_ = next_turn_ = 0;
  forward_.reset();
  forward_at_ = 0;
  expected_.clear();
  passed_.clear();
  broken_.reset();
  for (BlockRef* ref : refs) {
    ref->turn = turns_++;
    if (!is_plain()) expected_[ref->begin] = ref->end;
  }
}

Result<LineBlock> Input::Read(const BlockRef& ref) {
  if (is_plain()) return ReadPlain(ref);
  std::unique_lock lock(mutex_);
  turn_came_.wait(lock, [&] { return next_turn_ == ref.turn; });
  Result<LineBlock> block = ReadForward(ref);
  ++next_turn_;
  if (next_turn_ == turns_) {
    forward_.reset();
    passed_.clear();
  }
  turn_came_.notify_all();
  return block;
}

LineBlock Input::Split(std::shared_ptr<const char[]> memory, const BlockRef& ref) const {
  LineBlock block;
  SplitLines({memory.get(), static_cast<size_t>(ref.end - ref.begin)}, ref.begin,
             lines_.max_line_bytes, block);
  block.begin = ref.begin;
  block.end = ref.end;
  block.memory = std::move(memory);
  return block;
}

Result<LineBlock> Input::ReadPlain(const BlockRef& ref) const {
  const FileHandle file(path_);
  uint64_t bytes;
  int64_t modified_ns;
  if (!file.Stat(&bytes, &modified_ns)) {
    return Fail("input-unreadable", fmt::format("cannot open it again: {}", std::strerror(errno)),
                Place{file_.path});
  }
  // One that only grew still has what was surveyed.
  if (bytes < bytes_ || (bytes == bytes_ && modified_ns != modified_ns_)) return Fail(Changed());
  const size_t size = static_cast<size_t>(ref.end - ref.begin);
  std::shared_ptr<char[]> memory(new char[size + kLinePadding]);
  if (!ReadAt(file.fd(), ref.begin, memory.get(), size)) return Fail(Changed());
  return Split(std::move(memory), ref);
}

Result<LineBlock> Input::ReadForward(const BlockRef& ref) {
  if (const auto passed = passed_.find(ref.begin); passed != passed_.end()) {
    LineBlock block = Split(std::move(passed->second), ref);
    passed_.erase(passed);
    return block;
  }
  if (broken_) return Fail(*broken_);
  if (forward_ == nullptr || ref.begin < forward_at_) {
    Result<std::unique_ptr<ByteSource>> bytes = OpenBytes(path_);
    if (!bytes) return Fail(bytes.error());
    forward_ = std::move(*bytes);
    forward_at_ = 0;
  }
  // Keep what will be asked for later, throw away the rest.
  while (forward_at_ < ref.begin) {
    const auto next = expected_.lower_bound(forward_at_);
    const bool keep = next->first == forward_at_ && next->first != ref.begin;
    const uint64_t step = keep ? next->second - forward_at_
                               : std::min<uint64_t>(kCopyBytes, next->first - forward_at_);
    const uint64_t begin = forward_at_;
    Result<std::shared_ptr<const char[]>> memory = ReadOn(step);
    if (!memory) return Fail(memory.error());
    if (keep) {
      passed_[begin] = std::move(*memory);
      expected_.erase(next);
    }
  }
  expected_.erase(ref.begin);
  Result<std::shared_ptr<const char[]>> memory = ReadOn(ref.end - ref.begin);
  if (!memory) return Fail(memory.error());
  return Split(std::move(*memory), ref);
}

// The next bytes of a compressed input, padded with zeros.
Result<std::shared_ptr<const char[]>> Input::ReadOn(uint64_t size) {
  std::shared_ptr<char[]> memory(new char[size + kLinePadding]);
  for (uint64_t filled = 0; filled < size;) {
    Result<size_t> got = forward_->Read(memory.get() + filled, static_cast<size_t>(size - filled));
    if (!got || *got == 0) {
      broken_ = got ? Changed() : got.error();
      return Fail(*broken_);
    }
    filled += *got;
    forward_at_ += *got;
  }
  std::memset(memory.get() + size, 0, kLinePadding);
  return memory;
}

}  // namespace vedette
