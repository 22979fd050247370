#include "ingest/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace vedette {
namespace {

class FileSource : public ByteSource {
 public:
  FileSource(int fd, std::string path, bool owned)
      : fd_(fd), path_(std::move(path)), owned_(owned) {}
  ~FileSource() override {
    if (owned_) ::close(fd_);
  }

  Result<size_t> Read(char* to, size_t size) override {
    ssize_t got;
    do {
      got = ::read(fd_, to, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      return Fail("input-unreadable", fmt::format("cannot read: {}", std::strerror(errno)),
                  Place{path_});
    }
    taken_ += static_cast<uint64_t>(got);
    return static_cast<size_t>(got);
  }
  uint64_t stored_bytes() const override { return taken_; }

 private:
  int fd_;
  std::string path_;
  bool owned_;
  uint64_t taken_ = 0;
};

class MemorySource : public ByteSource {
 public:
  MemorySource(std::string_view bytes, size_t step) : bytes_(bytes), step_(step) {}

  Result<size_t> Read(char* to, size_t size) override {
    const size_t n = std::min({size, step_, bytes_.size() - at_});
    if (n > 0) std::memcpy(to, bytes_.data() + at_, n);
    at_ += n;
    return n;
  }
  uint64_t stored_bytes() const override { return at_; }

 private:
  std::string_view bytes_;
  size_t step_;
  size_t at_ = 0;
};

// Gives back the bytes that were read to recognise the encoding, then goes on.
class PeekedSource : public ByteSource {
 public:
  PeekedSource(std::string head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  Result<size_t> Read(char* to, size_t size) override {
    if (at_ == head_.size()) return rest_->Read(to, size);
    const size_t n = std::min(size, head_.size() - at_);
    std::memcpy(to, head_.data() + at_, n);
    at_ += n;
    return n;
  }
  uint64_t stored_bytes() const override { return rest_->stored_bytes() - (head_.size() - at_); }

 private:
  std::string head_;
  size_t at_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

struct Magic {
  std::string_view bytes;
  size_t offset;
  std::string_view what;
};

using namespace std::string_view_literals;

constexpr Magic kUnsupported[] = {
    {"PK\x03\x04"sv, 0, "a zip archive"},
    {"PK\x05\x06"sv, 0, "an empty zip archive"},
    {"\xfd"
     "7zXZ\0"sv,
     0, "xz compressed"},
    {"BZh"sv, 0, "bzip2 compressed"},
    {"7z\xbc\xaf\x27\x1c"sv, 0, "a 7-Zip archive"},
    {"\x04\x22\x4d\x18"sv, 0, "lz4 compressed"},
    {"Rar!\x1a\x07"sv, 0, "a RAR archive"},
    {"ustar"sv, 257, "a tar archive"},
    {"ElfFile\0"sv, 0, "a Windows event log (evtx)"},
    {"\x7f"
     "ELF"sv,
     0, "a program"},
    {"SQLite format 3\0"sv, 0, "an SQLite database"},
    {"PAR1"sv, 0, "a Parquet file"},
    {"\xd4\xc3\xb2\xa1"sv, 0, "a packet capture"},
    {"\x0a\x0d\x0d\x0a"sv, 0, "a packet capture"},
    {"%PDF-"sv, 0, "a PDF document"},
    {"\xff\xfe"sv, 0, "UTF-16 text"},
    {"\xfe\xff"sv, 0, "UTF-16 text"},
};

// A line end comes, and no NUL before it.
bool BeginsWithALine(std::string_view head) {
  const size_t at = head.find_first_of("\n\0"sv);
  return at != std::string_view::npos && head[at] == '\n';
}

}  // namespace

Encoding SniffEncoding(std::string_view head, std::string_view* what) {
  auto has = [&](std::string_view bytes, size_t offset) {
    return head.size() >= offset + bytes.size() && head.substr(offset, bytes.size()) == bytes;
  };
  if (has("\x1f\x8b"sv, 0)) return Encoding::kGzip;
  if (has("\x28\xb5\x2f\xfd"sv, 0)) return Encoding::kZstd;
  if (has("\x2a\x4d\x18"sv, 1) && (static_cast<unsigned char>(head[0]) & 0xf0) == 0x50) {
    return Encoding::kZstd;  // a skippable frame first
  }
  for (const Magic& magic : kUnsupported) {
    // "BZh" could begin a line of text; bzip2 goes on with a digit and the start of its block.
    if (!has(magic.bytes, magic.offset)) continue;
    if (magic.bytes == "BZh"sv && !has("1AY&SY"sv, 4)) continue;
    if (magic.bytes == "ustar"sv && BeginsWithALine(head)) continue;
    if (what != nullptr) *what = magic.what;
    return Encoding::kUnsupported;
  }
  return Encoding::kPlain;
}

Result<std::unique_ptr<ByteSource>> OpenStored(const std::string& path, uint64_t offset) {
  if (path == "-") return std::make_unique<FileSource>(STDIN_FILENO, "standard input", false);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return Fail("input-unreadable", fmt::format("cannot open: {}", std::strerror(errno)),
                Place{path});
  }
  auto source = std::make_unique<FileSource>(fd, path, true);
  if (offset != 0 && ::lseek(fd, static_cast<off_t>(offset), SEEK_SET) < 0) {
    return Fail("input-unreadable",
                fmt::format("cannot go to byte {}: {}", offset, std::strerror(errno)), Place{path});
  }
  return source;
}

Result<std::unique_ptr<ByteSource>> Decode(std::unique_ptr<ByteSource> stored,
                                           const std::string& name, Encoding* encoding) {
  std::string head(512, '\0');
  size_t filled = 0;
  while (filled < head.size()) {
    Result<size_t> got = stored->Read(head.data() + filled, head.size() - filled);
    if (!got) return Fail(got.error());
    if (*got == 0) break;
    filled += *got;
    // A line of text is enough, so that a slow pipe is not waited for.
    if (filled >= 8 && BeginsWithALine({head.data(), filled})) break;
  }
  head.resize(filled);
  std::string_view what;
  const Encoding sniffed = SniffEncoding(head, &what);
  if (encoding != nullptr) *encoding = sniffed;
  if (sniffed == Encoding::kUnsupported) {
    return Fail("input-format",
                fmt::format("this is {}, not a log: unpack or convert it first", what),
                Place{name});
  }
  std::unique_ptr<ByteSource> whole =
      std::make_unique<PeekedSource>(std::move(head), std::move(stored));
  if (sniffed == Encoding::kGzip) return MakeGzipSource(std::move(whole), name);
  if (sniffed == Encoding::kZstd) return MakeZstdSource(std::move(whole), name);
  return whole;
}

Result<std::unique_ptr<ByteSource>> OpenBytes(const std::string& path, Encoding* encoding) {
  Result<std::unique_ptr<ByteSource>> stored = OpenStored(path);
  if (!stored) return Fail(stored.error());
  return Decode(std::move(*stored), path == "-" ? "standard input" : path, encoding);
}

std::unique_ptr<ByteSource> MakeMemorySource(std::string_view bytes, size_t step) {
  return std::make_unique<MemorySource>(bytes, step);
}

}  // namespace vedette
