// An Input is one source that is read twice: once whole, to learn when its blocks of lines happened
// (the survey), and then block by block, when the merge reaches their time.
//
//   Input input(file, id, options);
//   input.Open(faults);
//   …survey…
//   input.Expect(refs);                         // the blocks that will be read, in the order in which they will be
//   Result<LineBlock> block = input.Read(ref);  // any thread
//
// Plain files are read at the block's offset. Compressed ones are decompressed forward by one
// decompressor that lives while blocks of the input are due; blocks that are passed on the way to
// an earlier time stay in memory until they are asked for, and whoever asks out of turn waits.
// Inputs whose lines are too far out of order for that are rewritten first (arrange.h). Pipes are
// copied to a temporary file.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "engine/parsed_block.h"
#include "ingest/discover.h"
#include "ingest/line_reader.h"
#include "ingest/temp_file.h"

namespace vedette {

// Where a block of lines lies and when its events happened.
struct BlockRef {
  Timestamp first;  // of its events, or earlier
  Timestamp last;
  uint64_t begin = 0;  // bytes of the decompressed input, or of the sorted file
  uint64_t end = 0;
  uint32_t lines = 0;  // without blank ones
  uint32_t blank_lines = 0;
  SourceId source = 0;
  uint32_t turn = 0;     // its place among the blocks of its input; set by Expect
  bool sorted = false;   // lies in the sorted file
  bool counted = false;  // what became of its lines is counted already
  uint32_t events = 0;   // of one that is counted
  ParsedBlockPtr kept;   // still in memory from the survey
};

// Lines in order of time, with their offsets, in one temporary file that all rewritten inputs
// share. Append from any thread; Read once all is written, from any thread.
class SortedFile {
 public:
  static Result<std::unique_ptr<SortedFile>> Create(const std::string& temp_directory);

  // Writes entries made by AppendEntry; returns where they begin.
  Result<uint64_t> Append(std::string_view entries);
  Result<LineBlock> Read(uint64_t begin, uint64_t end) const;

  static void AppendEntry(std::string& out, const RawLine& line);

 private:
  explicit SortedFile(TempFile file) : file_(std::move(file)) {}

  std::mutex mutex_;
  TempFile file_;
};

class Input {
 public:
  Input(SourceFile file, LineOptions lines) : file_(std::move(file)), lines_(lines) {}

  // Copies a pipe to a temporary file in `temp_directory`, finds out the encoding. False when it
  // cannot be read at all.
  bool Open(const std::string& temp_directory, Diagnostics& faults);

  const SourceFile& file() const { return file_; }
  bool is_plain() const { return encoding_ == Encoding::kPlain; }
  // As stored.
  uint64_t stored_bytes() const { return bytes_; }
  // How far the survey came, in bytes of the decompressed input. From any thread.
  void NoteEnd(uint64_t offset) {
    std::lock_guard lock(mutex_);
    surveyed_end_ = std::max(surveyed_end_, offset);
  }
  uint64_t surveyed_end() const { return surveyed_end_; }
  Result<LineReader> OpenAt(uint64_t offset) const {
    return LineReader::OpenAt(path_, offset, lines_);
  }

  // The blocks that will be read from now on, in the order in which they will be asked for. Sets
  // their turns.
  void Expect(const std::vector<BlockRef*>& refs);
  // The lines of a block once more. Each expected block once.
  Result<LineBlock> Read(const BlockRef& ref);

 private:
  Result<LineBlock> ReadPlain(const BlockRef& ref) const;
  Result<LineBlock> ReadForward(const BlockRef& ref);
  Result<std::shared_ptr<const char[]>> ReadOn(uint64_t size);
  LineBlock Split(std::shared_ptr<const char[]> memory, const BlockRef& ref) const;
  Error Changed() const;

  SourceFile file_;
  LineOptions lines_;
  std::string path_;
  Encoding encoding_ = Encoding::kPlain;
  uint64_t bytes_ = 0;
  int64_t modified_ns_ = 0;
  std::optional<TempFile> spool_;
  uint64_t surveyed_end_ = 0;

  // Of compressed inputs.
  std::mutex mutex_;
  std::condition_variable turn_came_;
  uint32_t turns_ = 0;
  uint32_t next_turn_ = 0;
  std::unique_ptr<ByteSource> forward_;
  uint64_t forward_at_ = 0;
  std::map<uint64_t, uint64_t> expected_;  // begin -> end of blocks that were not read yet
  std::map<uint64_t, std::shared_ptr<const char[]>> passed_;
  std::optional<Error> broken_;
};

}  // namespace vedette
