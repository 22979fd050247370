// Bit masks over a text: where its '=', its backslashes and the bytes that cannot stand in a CEF
// key are. One bit a byte, 64 to a word.
//
//   ByteMasks masks;
//   masks.Scan(text);
//   masks.NextEquals(0)…
//
// With AVX2 32 bytes at a time, else by a table. Reused from text to text.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

namespace vedette {

class ByteMasks {
 public:
  void Scan(std::string_view text);

  // The first '=' at or behind a place, or npos.
  size_t NextEquals(size_t from) const { return Next(equals_, from); }
  // The last byte before `end` that cannot stand in a key, or npos.
  size_t LastBreakBefore(size_t end) const {
    size_t word = end / 64;
    uint64_t bits = end % 64 == 0 ? 0 : breaks_[word] & ((uint64_t{1} << (end % 64)) - 1);
    while (bits == 0) {
      if (word == 0) return std::string_view::npos;
      bits = breaks_[--word];
    }
    return word * 64 + 63 - static_cast<size_t>(std::countl_zero(bits));
  }
  bool HasBackslash(size_t begin, size_t end) const {
    for (size_t at = begin; at < end; at = (at / 64 + 1) * 64) {
      uint64_t bits = backslashes_[at / 64] & (~uint64_t{0} << (at % 64));
      if (end / 64 == at / 64) bits &= (uint64_t{1} << (end % 64)) - 1;
      if (bits != 0) return true;
    }
    return false;
  }

 private:
  size_t Next(const std::vector<uint64_t>& words, size_t from) const {
    size_t word = from / 64;
    if (word >= used_) return std::string_view::npos;
    uint64_t bits = words[word] & (~uint64_t{0} << (from % 64));
    while (bits == 0) {
      if (++word == used_) return std::string_view::npos;
      bits = words[word];
    }
    return word * 64 + static_cast<size_t>(std::countr_zero(bits));
  }

  std::vector<uint64_t> equals_, breaks_, backslashes_;
  size_t used_ = 0;
};

// Letters, digits and "_.-[],/": what real senders put into the keys of a CEF extension.
bool IsCefKeyByte(char c);

}  // namespace vedette
