// The one file that touches zstd.
#include <zstd.h>

#include <vector>

#include <fmt/format.h>

#include "core/check.h"
#include "ingest/byte_source.h"
#include "ingest/compress.h"

namespace vedette {
namespace {

constexpr size_t kInputBytes = 64 * 1024;

class ZstdSource : public ByteSource {
 public:
  ZstdSource(std::unique_ptr<ByteSource> stored, std::string name)
      : stored_(std::move(stored)), name_(std::move(name)), input_bytes_(kInputBytes), stream_(ZSTD_createDStream()) {
    CHECK(stream_ != nullptr);
    input_.src = input_bytes_.data();
    input_.size = input_.pos = 0;
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }

  Result<size_t> Read(char* to, size_t size) override {
    ZSTD_outBuffer output{to, size, 0};
    while (output.pos < size && !failed_ && !finished_) Step(output);
    if (output.pos == 0 && size > 0 && failed_) return Fail(*failed_);
    return output.pos;
  }
  uint64_t stored_bytes() const override { return stored_->stored_bytes() - (input_.size - input_.pos); }

 private:
  void Step(ZSTD_outBuffer& output) {
    if (input_.pos == input_.size && !drain_) {
      Result<size_t> got = stored_->Read(input_bytes_.data(), input_bytes_.size());
      if (!got) {
        failed_ = got.error();
        return;
      }
      input_.size = *got;
      input_.pos = 0;
      if (*got == 0) {
        if (inside_frame_) {
          Break("zstd-truncated", "the zstd data ends in the middle");
        } else {
          finished_ = true;
        }
        return;
      }
    }
    const size_t written_before = output.pos;
    const size_t left = ZSTD_decompressStream(stream_, &output, &input_);
    if (ZSTD_isError(left)) {
      Break("zstd-damaged", fmt::format("the zstd data cannot be read ({})", ZSTD_getErrorName(left)));
      return;
    }
    inside_frame_ = left != 0;
    // A full output buffer may leave decoded bytes behind in the stream.
    drain_ = inside_frame_ && output.pos == output.size && output.pos > written_before;
  }

  void Break(std::string code, std::string message) {
    failed_ = Error{std::move(code), fmt::format("{}, at byte {} of the file", message, stored_bytes()), Place{name_}};
  }

  std::unique_ptr<ByteSource> stored_;
  std::string name_;
  std::vector<char> input_bytes_;
  ZSTD_DStream* stream_;
  ZSTD_inBuffer input_{};
  bool inside_frame_ = false;
  bool drain_ = false;
  bool finished_ = false;
  std::optional<Error> failed_;
};

}  // namespace

std::string CompressZstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const size_t written = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
  CHECK(!ZSTD_isError(written));
  out.resize(written);
  return out;
}

std::unique_ptr<ByteSource> MakeZstdSource(std::unique_ptr<ByteSource> stored, std::string name) {
  return std::make_unique<ZstdSource>(std::move(stored), std::move(name));
}

}  // namespace vedette
