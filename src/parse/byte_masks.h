// Bit masks over a text: where its '=', bars and backslashes are, and the bytes that cannot stand
// in a CEF key. One bit a byte, 64 to a word.
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

  // The first '=' at or behind a place, or npos; likewise the others.
  size_t NextEquals(size_t from) const { return Next<&Word::equals>(from); }
  size_t NextBar(size_t from) const { return Next<&Word::bars>(from); }
  size_t NextBackslash(size_t from) const { return Next<&Word::backslashes>(from); }
  // The last byte before `end` that cannot stand in a key, or npos.
  size_t LastBreakBefore(size_t end) const {
    size_t word = end / 64;
    uint64_t bits = words_[word].breaks & ((uint64_t{1} << (end % 64)) - 1);
    while (bits == 0) {
      if (word == 0) return std::string_view::npos;
      bits = words_[--word].breaks;
    }
    return word * 64 + 63 - static_cast<size_t>(std::countl_zero(bits));
  }

 private:
  struct Word {
    uint64_t equals, bars, backslashes, breaks;
  };

  template <uint64_t Word::*kMask>
  size_t Next(size_t from) const {
    size_t word = from / 64;
    if (word >= used_) return std::string_view::npos;
    uint64_t bits = words_[word].*kMask & (~uint64_t{0} << (from % 64));
    while (bits == 0) {
      if (++word == used_) return std::string_view::npos;
      bits = words_[word].*kMask;
    }
    return word * 64 + static_cast<size_t>(std::countr_zero(bits));
  }

  std::vector<Word> words_;  // one more than are in use
  size_t used_ = 0;
};

// Letters, digits and "_.-[],/": what real senders put into the keys of a CEF extension.
bool IsCefKeyByte(char c);

}  // namespace vedette
