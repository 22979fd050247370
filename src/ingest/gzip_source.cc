// The one file that touches ISA-L.
#include <isa-l/igzip_lib.h>

#include <tuple>

#include "core/check.h"
#include "ingest/compress.h"
#include "ingest/decoder.h"

namespace vedette {
namespace {

constexpr uint8_t kMagic[2] = {0x1f, 0x8b};

class GzipSource : public Decoder {
 public:
  GzipSource(std::unique_ptr<ByteSource> stored, std::string name)
      : Decoder(std::move(stored), std::move(name), 64 * 1024) {
    isal_inflate_init(&state_);
    StartMember();
  }

 private:
  size_t FillOutput() override {
    state_.next_out = reinterpret_cast<uint8_t*>(output_.data());
    state_.avail_out = static_cast<uint32_t>(output_.size());
    while (state_.avail_out > 0 && !finished_ && !failed_) {
      if (state_.block_state == ISAL_BLOCK_FINISH) {
        NextMember();
      } else {
        Inflate();
      }
    }
    return output_.size() - state_.avail_out;
  }
  size_t input_left() const override { return state_.avail_in; }

  void StartMember() {
    isal_inflate_reset(&state_);
    state_.crc_flag = ISAL_GZIP;
  }

  void Inflate() {
    const bool more = state_.avail_in > 0 || Refill();
    if (failed_) return;
    const auto before = Progress();
    // Also without more input: bits and bytes may wait inside.
    const int status = isal_inflate(&state_);
    if (status < 0 || status == ISAL_NEED_DICT) {
      Break("gzip-damaged", status == ISAL_INCORRECT_CHECKSUM
                                ? "a gzip checksum does not fit the data"
                                : "the gzip data is damaged");
    } else if (Progress() == before && (!more || !Refill()) && !failed_) {
      Break("gzip-truncated", "the gzip data ends in the middle");
    }
  }

  std::tuple<uint32_t, uint32_t, int, int> Progress() const {
    return {state_.avail_in, state_.avail_out, static_cast<int>(state_.block_state),
            state_.read_in_length};
  }

  // After a member: another one, zeros to fill up a tape block, or the end.
  void NextMember() {
    do {
      while (state_.avail_in > 0 && *state_.next_in == 0) {
        ++state_.next_in;
        --state_.avail_in;
      }
    } while (state_.avail_in < 2 && Refill());
    if (failed_) return;
    if (state_.avail_in == 0) {
      finished_ = true;
    } else if (state_.avail_in >= 2 && state_.next_in[0] == kMagic[0] &&
               state_.next_in[1] == kMagic[1]) {
      StartMember();
    } else {
      Break("gzip-damaged", "something that is not gzip follows the gzip data");
    }
  }

  // Adds input behind what is left. False when there is none.
  bool Refill() {
    const size_t left = state_.avail_in;
    if (left > 0) std::memmove(input_.data(), state_.next_in, left);
    const size_t filled = FillInput(left);
    state_.next_in = reinterpret_cast<uint8_t*>(input_.data());
    state_.avail_in = static_cast<uint32_t>(filled);
    return filled > left;
  }

  // Zeroed: damaged data may point back before its beginning, and must read the same there each
  // time.
  inflate_state state_{};
};

}  // namespace

std::unique_ptr<ByteSource> MakeGzipSource(std::unique_ptr<ByteSource> stored, std::string name) {
  return std::make_unique<GzipSource>(std::move(stored), std::move(name));
}

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

}  // namespace vedette
