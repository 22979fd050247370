// A LineReader cuts one input into blocks of whole lines.
//
//   Result<LineReader> reader = LineReader::OpenAt("logs/week1.json.gz");
//   for (LineBlock block; reader->Next(block);) {
//     for (const RawLine& line : block.lines) use(line.text, line.offset);
//   }
//   if (reader->error()) …                     // the input broke off; all lines before that came
//
// Lines end with LF or CR LF; the last one needs no end. A line longer than `max_line_bytes` is
// handed out as its beginning, marked, and the rest is skipped. Offsets count bytes of the
// decompressed input; every block's `end` can be opened at again. Memory: one block, or one long
// line. One thread. Cost: one memchr over the bytes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "ingest/byte_source.h"
#include "ingest/raw_line.h"

namespace vedette {

struct LineOptions {
  size_t block_bytes = 64 * 1024;
  size_t max_line_bytes = 16 * 1024 * 1024;
  // Hand out lines as soon as they are there instead of filling the block; for pipes that somebody
  // writes to slowly.
  bool eager = false;
};

class LineReader {
 public:
  // `offset` is where `bytes` stands in the input.
  LineReader(std::unique_ptr<ByteSource> bytes, LineOptions options, uint64_t offset = 0);

  // Opens a file ("-": standard input) at a byte of its decompressed content, which is where a line
  // starts. In a compressed file everything before is decompressed and thrown away.
  static Result<LineReader> OpenAt(const std::string& path, uint64_t offset = 0,
                                   LineOptions options = {});

  // Replaces the block. False at the end and after a failure.
  bool Next(LineBlock& block);
  // Hands out no line that starts at or after this byte of the input.
  void StopAt(uint64_t offset) { stop_ = offset; }
  // Throws away everything up to and including the next line end.
  void SkipLine();
  // Throws away that many bytes of the input. False if there are fewer.
  bool SkipBytes(uint64_t bytes);

  const std::optional<Error>& error() const { return error_; }
  // The byte of the input where the next block starts.
  uint64_t offset() const { return offset_; }
  uint64_t stored_bytes() const { return bytes_->stored_bytes(); }

 private:
  size_t Fill(char* to, size_t size);

  std::unique_ptr<ByteSource> bytes_;
  LineOptions options_;
  uint64_t offset_;
  uint64_t stop_ = UINT64_MAX;
  std::string
      carry_;  // read but not handed out: the start of a line, or several lines after a skip
  bool ended_ = false;
  std::optional<Error> error_;
};

}  // namespace vedette
