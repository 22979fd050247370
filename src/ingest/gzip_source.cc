// The one file that touches ISA-L.
#include <isa-l/igzip_lib.h>

#include <vector>

#include <fmt/format.h>

#include "core/check.h"
#include "ingest/byte_source.h"
#include "ingest/compress.h"

namespace vedette {
namespace {

constexpr size_t kInputBytes = 64 * 1024;
constexpr unsigned char kMagic[2] = {0x1f, 0x8b};

class GzipSource : public ByteSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> stored, std::string name)
      : stored_(std::move(stored)), name_(std::move(name)), input_(kInputBytes) {
    isal_inflate_init(&state_);
    StartMember();
  }

  Result<size_t> Read(char* to, size_t size) override {
    if (failed_) return Fail(*failed_);
    if (size > UINT32_MAX) size = UINT32_MAX;
    state_.next_out = reinterpret_cast<uint8_t*>(to);
    state_.avail_out = static_cast<uint32_t>(size);
    while (state_.avail_out > 0 && !finished_) {
      if (state_.block_state == ISAL_BLOCK_FINISH) {
        NextMember();
      } else {
        Inflate();
      }
      if (failed_) break;
    }
    const size_t written = size - state_.avail_out;
    if (written == 0 && size > 0 && failed_) return Fail(*failed_);
    return written;
  }
  uint64_t stored_bytes() const override { return stored_->stored_bytes() - state_.avail_in; }

 private:
  void StartMember() {
    isal_inflate_reset(&state_);
    state_.crc_flag = ISAL_GZIP;
  }

  void Inflate() {
    if (state_.avail_in == 0 && !Refill()) {
      if (!failed_) Break("gzip-truncated", "the gzip data ends in the middle");
      return;
    }
    const uint32_t in_before = state_.avail_in;
    const uint32_t out_before = state_.avail_out;
    const auto block_before = state_.block_state;
    const int status = isal_inflate(&state_);
    if (status < 0 || status == ISAL_NEED_DICT) {
      Break("gzip-damaged", status == ISAL_INCORRECT_CHECKSUM ? "a gzip checksum does not fit the data"
                                                             : "the gzip data is damaged");
      return;
    }
    if (state_.avail_in == in_before && state_.avail_out == out_before && state_.block_state == block_before &&
        !Refill() && !failed_) {
      Break("gzip-truncated", "the gzip data ends in the middle");
    }
  }

  // After a member: another one, zeros to fill up a tape block, or the end.
  void NextMember() {
    for (;;) {
      while (state_.avail_in > 0 && *state_.next_in == 0) Skip(1);
      if (state_.avail_in >= 2) break;
      if (!Refill()) break;
    }
    if (failed_) return;
    if (state_.avail_in == 0) {
      finished_ = true;
    } else if (state_.avail_in >= 2 && state_.next_in[0] == kMagic[0] && state_.next_in[1] == kMagic[1]) {
      StartMember();
    } else {
      Break("gzip-damaged", "something that is not gzip follows the gzip data");
    }
  }

  void Skip(uint32_t bytes) {
    state_.next_in += bytes;
    state_.avail_in -= bytes;
  }

  // Appends input behind what is left. False at the end of input or on failure.
  bool Refill() {
    const size_t left = state_.avail_in;
    if (left == input_.size()) return true;
    if (left > 0) std::memmove(input_.data(), state_.next_in, left);
    Result<size_t> got = stored_->Read(reinterpret_cast<char*>(input_.data()) + left, input_.size() - left);
    state_.next_in = input_.data();
    if (!got) {
      failed_ = got.error();
      return false;
    }
    state_.avail_in = static_cast<uint32_t>(left + *got);
    return *got > 0;
  }

  void Break(std::string code, std::string message) {
    failed_ = Error{std::move(code), fmt::format("{}, at byte {} of the file", message, stored_bytes()), Place{name_}};
  }

  std::unique_ptr<ByteSource> stored_;
  std::string name_;
  std::vector<uint8_t> input_;
  inflate_state state_;
  bool finished_ = false;
  std::optional<Error> failed_;
};

}  // namespace

std::string CompressGzip(std::string_view text) {
  CHECK(text.size() < UINT32_MAX / 2);
  std::string out(text.size() + text.size() / 8 + 4096, '\0');
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  std::vector<uint8_t> level_buffer(ISAL_DEF_LVL1_DEFAULT);
  stream.level = 1;
  stream.level_buf = level_buffer.data();
  stream.level_buf_size = static_cast<uint32_t>(level_buffer.size());
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uint32_t>(text.size());
  stream.next_out = reinterpret_cast<uint8_t*>(out.data());
  stream.avail_out = static_cast<uint32_t>(out.size());
  CHECK(isal_deflate_stateless(&stream) == COMP_OK);
  out.resize(stream.total_out);
  return out;
}

std::unique_ptr<ByteSource> MakeGzipSource(std::unique_ptr<ByteSource> stored, std::string name) {
  return std::make_unique<GzipSource>(std::move(stored), std::move(name));
}

}  // namespace vedette
