#include "ingest/line_reader.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/check.h"
#include "core/text.h"

namespace vedette {
namespace {

bool IsBlank(std::string_view text) {
  for (char c : text) {
    if (c != ' ' && c != '\t') return false;
  }
  return true;
}

std::shared_ptr<char[]> NewMemory(size_t bytes) {
  return std::shared_ptr<char[]>(new char[bytes + kLinePadding]);
}

}  // namespace

void SplitLines(std::string_view text, uint64_t offset, size_t max_line_bytes, LineBlock& block) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  for (const char* at = begin; at < end;) {
    const char* stop =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
    const char* next = stop == nullptr ? end : stop + 1;
    if (stop == nullptr) stop = end;
    RawLine line;
    line.offset = offset + static_cast<uint64_t>(at - begin);
    line.text = {at, static_cast<size_t>(stop - at)};
    at = next;
    if (line.text.size() > max_line_bytes) {
      line.text = line.text.substr(0, max_line_bytes);
      line.too_long = true;
    } else if (!line.text.empty() && line.text.back() == '\r') {
      line.text.remove_suffix(1);
    }
    if (StartsWith(line.text, "\xef\xbb\xbf")) line.text.remove_prefix(3);
    if (!line.too_long && IsBlank(line.text)) {
      ++block.blank_lines;
    } else {
      block.lines.push_back(line);
    }
  }
}

LineReader::LineReader(std::unique_ptr<ByteSource> bytes, LineOptions options, uint64_t offset)
    : bytes_(std::move(bytes)), options_(options), offset_(offset) {
  CHECK(options_.block_bytes > 0);
}

Result<LineReader> LineReader::OpenAt(const std::string& path, uint64_t offset,
                                      LineOptions options) {
  Encoding encoding;
  Result<std::unique_ptr<ByteSource>> bytes = OpenBytes(path, &encoding);
  if (!bytes) return Fail(bytes.error());
  if (offset == 0) return LineReader(std::move(*bytes), options);
  if (encoding == Encoding::kPlain && path != "-") {
    bytes = OpenStored(path, offset);
    if (!bytes) return Fail(bytes.error());
    return LineReader(std::move(*bytes), options, offset);
  }
  LineReader reader(std::move(*bytes), options);
  if (!reader.SkipBytes(offset)) {
    if (reader.error()) return Fail(*reader.error());
    return Fail("input-changed", fmt::format("there is no byte {}", offset), Place{path});
  }
  return reader;
}

// Reads until `size` bytes are there, the input ends or breaks; eager: until something is there.
size_t LineReader::Fill(char* to, size_t size) {
  size_t filled = 0;
  while (filled < size && !ended_) {
    Result<size_t> got = bytes_->Read(to + filled, size - filled);
    if (!got) error_ = got.error();
    if (!got || *got == 0) {
      ended_ = true;
      break;
    }
    filled += *got;
    if (options_.eager) break;
  }
  return filled;
}

bool LineReader::Next(LineBlock& block) {
  block.Clear();
  block.begin = block.end = offset_;
  if (offset_ >= stop_) return false;
  size_t capacity = std::max(options_.block_bytes, carry_.size() + 1);
  std::shared_ptr<char[]> memory = NewMemory(capacity);
  size_t filled = carry_.size();
  std::memcpy(memory.get(), carry_.data(), filled);
  size_t searched = 0;
  const char* last = nullptr;  // the last line end
  for (;;) {
    last = static_cast<const char*>(memrchr(memory.get() + searched, '\n', filled - searched));
    // A skip may leave whole lines in the carry; they need no reading.
    if (last != nullptr && (filled == capacity || ended_ || options_.eager)) break;
    if (last == nullptr) searched = filled;
    if (ended_ || (last == nullptr && filled > options_.max_line_bytes)) break;
    if (filled == capacity) {
      capacity = std::min(capacity * 2, std::max(capacity, options_.max_line_bytes) + 1);
      std::shared_ptr<char[]> grown = NewMemory(capacity);
      std::memcpy(grown.get(), memory.get(), filled);
      memory = std::move(grown);
    }
    filled += Fill(memory.get() + filled, capacity - filled);
  }
  if (filled == 0) return false;

  const bool endless = last == nullptr && !ended_;  // longer than any line may be
  size_t whole = last != nullptr && !ended_ ? static_cast<size_t>(last + 1 - memory.get()) : filled;
  if (offset_ + whole > stop_) {
    // The line that is under way just before the stop still belongs to us.
    const char* under_way = memory.get() + (stop_ - 1 - offset_);
    const void* line_end =
        std::memchr(under_way, '\n', static_cast<size_t>(memory.get() + whole - under_way));
    if (line_end != nullptr)
      whole = static_cast<size_t>(static_cast<const char*>(line_end) + 1 - memory.get());
  }
  carry_.assign(memory.get() + whole, filled - whole);
  std::memset(memory.get() + whole, 0, kLinePadding);
  SplitLines({memory.get(), whole}, offset_, options_.max_line_bytes, block);
  offset_ += whole;
  block.memory = std::move(memory);
  if (endless) SkipLine();
  block.end = offset_;
  return true;
}

void LineReader::SkipLine() {
  std::string bytes = std::move(carry_);
  carry_.clear();
  for (;;) {
    const size_t found = bytes.find('\n');
    if (found != std::string::npos) {
      offset_ += found + 1;
      carry_.assign(bytes, found + 1);
      return;
    }
    offset_ += bytes.size();
    bytes.resize(64 * 1024);
    bytes.resize(Fill(bytes.data(), bytes.size()));
    if (bytes.empty()) return;
  }
}

bool LineReader::SkipBytes(uint64_t wanted) {
  std::string bytes = std::move(carry_);
  carry_.clear();
  for (;;) {
    if (bytes.size() >= wanted) {
      offset_ += wanted;
      carry_.assign(bytes, wanted);
      return true;
    }
    wanted -= bytes.size();
    offset_ += bytes.size();
    bytes.resize(64 * 1024);
    bytes.resize(Fill(bytes.data(), bytes.size()));
    if (bytes.empty()) return false;
  }
}

}  // namespace vedette
