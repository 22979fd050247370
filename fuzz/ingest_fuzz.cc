// Bytes of a file, as anybody may hand them to us: recognised, decompressed, cut into lines.
// However the reading is cut up, the lines must be the same.
#include <cstdint>
#include <string>
#include <vector>

#include "core/check.h"
#include "ingest/byte_source.h"
#include "ingest/line_reader.h"

namespace vedette {
namespace {

struct Outcome {
  std::vector<std::string> lines;
  std::vector<uint64_t> offsets;
  uint64_t blank = 0;
  uint64_t end = 0;
  std::string code;
};

Outcome Read(std::string_view stored, size_t step, const LineOptions& options) {
  Outcome outcome;
  Result<std::unique_ptr<ByteSource>> bytes = Decode(MakeMemorySource(stored, step), "fuzz");
  if (!bytes) {
    outcome.code = bytes.error().code;
    return outcome;
  }
  LineReader reader(std::move(*bytes), options);
  for (LineBlock block; outcome.end < 1 << 20 && reader.Next(block);) {
    CHECK(block.begin == outcome.end && block.end > block.begin);
    outcome.end = block.end;
    outcome.blank += block.blank_lines;
    uint64_t at = block.begin;
    for (const RawLine& line : block.lines) {
      CHECK(line.offset >= at && line.offset + line.text.size() <= block.end);
      CHECK(line.text.size() <= options.max_line_bytes);
      CHECK(line.text.find('\n') == std::string_view::npos);
      at = line.offset + line.text.size();
      uint64_t padding = 0;
      for (size_t i = 0; i < kLinePadding; ++i)
        padding += static_cast<uint8_t>(line.text.data()[line.text.size() + i]);
      CHECK(padding < UINT64_MAX);
      outcome.lines.emplace_back(line.text);
      outcome.offsets.push_back(line.offset);
    }
  }
  if (reader.error()) outcome.code = reader.error()->code;
  return outcome;
}

}  // namespace
}  // namespace vedette

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  if (size < 1) return 0;
  const uint8_t knob = data[0];
  const std::string_view stored(reinterpret_cast<const char*>(data) + 1, size - 1);
  LineOptions small;
  small.block_bytes = 1 + knob % 32;
  small.max_line_bytes = knob % 2 == 0 ? 50 : 1 << 20;
  small.eager = knob % 4 < 2;
  LineOptions large;
  large.max_line_bytes = small.max_line_bytes;
  const Outcome a = Read(stored, 1 + knob % 7, small);
  const Outcome b = Read(stored, SIZE_MAX, large);
  // Both stop soon after a megabyte, not at the same place.
  if (a.end >= 1 << 20 || b.end >= 1 << 20) return 0;
  CHECK(a.code == b.code);
  CHECK(a.lines == b.lines);
  CHECK(a.offsets == b.offsets);
  CHECK(a.blank == b.blank && a.end == b.end);
  return 0;
}
