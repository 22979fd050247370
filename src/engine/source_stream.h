// An Input is one source that is read twice: once whole, to learn when its blocks of lines happened (the survey), and then
// block by block, when the merge reaches their time.
//
//   Input input(file, id, options);
//   input.Open(faults);
//   …survey…
//   LineBlock block = input.Read(ref);          // any thread; of compressed inputs in the order of `turn`
//
// Plain files are read at the block's offset. Compressed ones are decompressed forward by one decompressor that lives while
// blocks of the input are due. Pipes are first copied to a temporary file.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/result.h"
#include "engine/parsed_block.h"
#include "ingest/discover.h"
#include "ingest/line_reader.h"
#include "ingest/temp_file.h"

namespace vedette {

// Where a block of lines lies and when its events happened.
struct BlockRef {
  Timestamp first;          // of its events
  Timestamp last;
  uint64_t begin = 0;       // bytes of the decompressed input
  uint64_t end = 0;
  uint32_t events = 0;
  SourceId source = 0;
  uint32_t turn = 0;        // its place among the blocks of its source, by time; set by the schedule
  ParsedBlockPtr kept;      // still in memory from the survey
};

class Input {
 public:
  Input(SourceFile file, LineOptions lines) : file_(std::move(file)), lines_(lines) {}

  // Copies a pipe to a temporary file in `temp_directory`, finds out the encoding. False when it cannot be read at all.
  bool Open(const std::string& temp_directory, Diagnostics& faults);

  const SourceFile& file() const { return file_; }
  bool is_plain() const { return encoding_ == Encoding::kPlain; }
  // As stored.
  uint64_t stored_bytes() const { return bytes_; }
  Result<LineReader> OpenAt(uint64_t offset) const { return LineReader::OpenAt(path_, offset, lines_); }

  // The lines of a block once more. Waits until it is the block's turn.
  Result<LineBlock> Read(const BlockRef& ref);
  // Before the first Read: how many blocks will be read.
  void ExpectBlocks(uint32_t count) { turns_ = count; }

 private:
  Result<LineBlock> ReadPlain(const BlockRef& ref) const;
  Result<LineBlock> ReadForward(const BlockRef& ref);
  Error Changed() const;

  SourceFile file_;
  LineOptions lines_;
  std::string path_;
  Encoding encoding_ = Encoding::kPlain;
  uint64_t bytes_ = 0;
  int64_t modified_ns_ = 0;
  std::optional<TempFile> spool_;

  std::mutex mutex_;
  std::condition_variable turn_came_;
  uint32_t turns_ = 0;
  uint32_t next_turn_ = 0;
  std::unique_ptr<ByteSource> bytes_forward_;
  uint64_t forward_at_ = 0;
};

}  // namespace vedette
