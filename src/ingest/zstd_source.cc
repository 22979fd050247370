// The one file that touches zstd.
#include <zstd.h>

#include <fmt/format.h>

#include "core/check.h"
#include "ingest/compress.h"
#include "ingest/decoder.h"

namespace vedette {
namespace {

class ZstdSource : public Decoder {
 public:
  ZstdSource(std::unique_ptr<ByteSource> stored, std::string name)
      : Decoder(std::move(stored), std::move(name), ZSTD_DStreamOutSize()),
        stream_(ZSTD_createDStream()) {
    CHECK(stream_ != nullptr);
    encoded_.src = input_.data();
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }

 private:
  size_t FillOutput() override {
    ZSTD_outBuffer decoded{output_.data(), output_.size(), 0};
    while (decoded.pos < decoded.size && !finished_ && !failed_) Step(decoded);
    return decoded.pos;
  }
  size_t input_left() const override { return encoded_.size - encoded_.pos; }

  void Step(ZSTD_outBuffer& decoded) {
    // A full output buffer may leave decoded bytes behind in the stream; they come before new
    // input.
    if (input_left() == 0 && !drain_) {
      encoded_.pos = 0;
      encoded_.size = FillInput(0);
      if (encoded_.size == 0) {
        if (inside_frame_ && !failed_) Break("zstd-truncated", "the zstd data ends in the middle");
        finished_ = true;
        return;
      }
    }
    const size_t left = ZSTD_decompressStream(stream_, &decoded, &encoded_);
    if (ZSTD_isError(left)) {
      Break("zstd-damaged",
            fmt::format("the zstd data cannot be read ({})", ZSTD_getErrorName(left)));
      return;
    }
    inside_frame_ = left != 0;
    drain_ = inside_frame_ && decoded.pos == decoded.size;
  }

  ZSTD_DStream* stream_;
  ZSTD_inBuffer encoded_{};
  bool inside_frame_ = false;
  bool drain_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> MakeZstdSource(std::unique_ptr<ByteSource> stored, std::string name) {
  return std::make_unique<ZstdSource>(std::move(stored), std::move(name));
}

std::string CompressZstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const size_t written = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
  CHECK(!ZSTD_isError(written));
  out.resize(written);
  return out;
}

}  // namespace vedette
