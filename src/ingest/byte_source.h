// A ByteSource delivers the bytes of one input from front to back: a file, a pipe, or what a
// decompressor makes of either.
//
//   Result<std::unique_ptr<ByteSource>> bytes = OpenBytes("logs/week1.json.gz");
//   Result<size_t> got = (*bytes)->Read(buffer, sizeof(buffer));   // 0: the end
//
// OpenBytes looks at the first bytes, not at the name: gzip (several members too) and zstd are
// decompressed, archives that we cannot read are a fault, anything else is taken as it is. After an
// Error nothing more comes; all bytes before the damage were delivered. One thread at a time.
// Memory: 64 KiB of input and the decompressor's window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace vedette {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Writes up to `size` bytes and returns how many; 0 is the end.
  virtual Result<size_t> Read(char* to, size_t size) = 0;
  // How many bytes of the input as stored (compressed) were taken so far.
  virtual uint64_t stored_bytes() const = 0;
};

enum class Encoding : uint8_t { kPlain, kGzip, kZstd, kUnsupported };

// What the first bytes of an input say. Needs at most 512 of them. For kUnsupported, `what` names
// the format.
Encoding SniffEncoding(std::string_view head, std::string_view* what = nullptr);

// "-" is standard input. Codes of errors: input-unreadable, input-format.
Result<std::unique_ptr<ByteSource>> OpenBytes(const std::string& path,
                                              Encoding* encoding = nullptr);

// The bytes as they are stored. `offset` needs a seekable file when it is not 0.
Result<std::unique_ptr<ByteSource>> OpenStored(const std::string& path, uint64_t offset = 0);

// Each reads compressed bytes from `stored`; `name` is for errors. Codes: gzip-truncated,
// gzip-damaged, zstd-truncated, zstd-damaged.
std::unique_ptr<ByteSource> MakeGzipSource(std::unique_ptr<ByteSource> stored, std::string name);
std::unique_ptr<ByteSource> MakeZstdSource(std::unique_ptr<ByteSource> stored, std::string name);

// Bytes in memory, for tests and fuzzing; hands out at most `step` at a time. `bytes` outlives it.
std::unique_ptr<ByteSource> MakeMemorySource(std::string_view bytes, size_t step = SIZE_MAX);

// Decompresses what `stored` turns out to hold.
Result<std::unique_ptr<ByteSource>> Decode(std::unique_ptr<ByteSource> stored,
                                           const std::string& name, Encoding* encoding = nullptr);

}  // namespace vedette
