// Raw lines: the bytes of one log line as received, and blocks of them that share one piece of
// memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace vedette {

// Readable bytes behind the end of every line; what they hold is not said. simdjson asks for them.
inline constexpr size_t kLinePadding = 64;

struct RawLine {
  std::string_view text;  // without line end, carriage return and byte order mark
  uint64_t offset = 0;    // of its first byte in the (decompressed) input
  bool too_long = false;  // `text` is only the beginning; the rest was skipped
};

// A run of whole lines. Blank lines are counted, not listed. The lines live as long as `memory`.
struct LineBlock {
  std::shared_ptr<const char[]> memory;
  std::vector<RawLine> lines;
  uint64_t begin = 0;  // the bytes of the input that this block stands for
  uint64_t end = 0;
  uint64_t blank_lines = 0;

  void Clear() {
    memory.reset();
    lines.clear();
    begin = end = blank_lines = 0;
  }
};

// Splits whole lines (the last may lack its line end) and appends them to `block`. `text` must be
// followed by kLinePadding readable bytes and outlive the block; `offset` is where it stands in the
// input.
void SplitLines(std::string_view text, uint64_t offset, size_t max_line_bytes, LineBlock& block);

}  // namespace vedette
