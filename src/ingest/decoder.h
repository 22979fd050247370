// What decompressing sources share: whole buffers on both sides. A decoder never sees the caller's
// buffer, because how much of damaged data it gives out depends on where its buffers end, and a
// second reading has to give what the first gave.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ingest/byte_source.h"

namespace vedette {

class Decoder : public ByteSource {
 public:
  Decoder(std::unique_ptr<ByteSource> stored, std::string name, size_t output_bytes)
      : input_(64 * 1024),
        output_(output_bytes),
        stored_(std::move(stored)),
        name_(std::move(name)) {}

  Result<size_t> Read(char* to, size_t size) final {
    if (taken_ == decoded_ && size > 0 && !finished_ && !failed_) {
      taken_ = 0;
      decoded_ = FillOutput();
    }
    if (taken_ == decoded_ && failed_) return Fail(*failed_);
    const size_t n = std::min(size, decoded_ - taken_);
    if (n > 0) std::memcpy(to, output_.data() + taken_, n);
    taken_ += n;
    return n;
  }
  uint64_t stored_bytes() const final { return stored_->stored_bytes() - input_left(); }

 protected:
  // Decodes into output_ until it is full, or `finished_` or `failed_` is set. Returns how many
  // bytes it holds.
  virtual size_t FillOutput() = 0;
  // Bytes of input_ that were not decoded yet.
  virtual size_t input_left() const = 0;

  // Fills up input_, which holds `left` bytes at its beginning. Returns how many it holds then.
  size_t FillInput(size_t left) {
    while (left < input_.size() && !failed_) {
      Result<size_t> got = stored_->Read(input_.data() + left, input_.size() - left);
      if (!got) failed_ = got.error();
      if (!got || *got == 0) break;
      left += *got;
    }
    return left;
  }

  void Break(std::string code, std::string_view message) {
    failed_ =
        Error{std::move(code), fmt::format("{}, at byte {} of the file", message, stored_bytes()),
              Place{name_}};
  }

  std::vector<char> input_;
  std::vector<char> output_;
  bool finished_ = false;
  std::optional<Error> failed_;

 private:
  std::unique_ptr<ByteSource> stored_;
  std::string name_;
  size_t decoded_ = 0;  // bytes of output_
  size_t taken_ = 0;    // of them by the caller
};

}  // namespace vedette
