// TextVerdicts remembers how the tests of one field came out, text by text: names, domains and
// command lines come again and again, and what was asked of one need not be asked again.
//
//   TextVerdicts verdicts(40);                       // tests, numbered from 0
//   TextVerdicts::Row row = verdicts.RowOf(hash);    // of this text; empty when it is new
//   if (row.Knows(7)) return row.Holds(7);
//   row.Tell(7, found);
//
// A test must depend on the text alone: only speed depends on what is remembered. Texts are told
// apart by their 128-bit hash. Fixed size: texts that fall on one slot push each other out. A row
// is good until the next RowOf. One thread. Memory: kSlots times 16 bytes and two bits a test.
#pragma once

#include <cstdint>
#include <vector>

#include "core/hash.h"

namespace vedette {

class TextVerdicts {
 public:
  static constexpr size_t kSlots = 2048;

  class Row {
   public:
    Row() = default;
    explicit Row(uint64_t* bits) : bits_(bits) {}

    bool Knows(size_t test) const { return bits_[2 * (test / 64)] >> (test % 64) & 1; }
    bool Holds(size_t test) const { return bits_[2 * (test / 64) + 1] >> (test % 64) & 1; }
    void Tell(size_t test, bool holds) {
      bits_[2 * (test / 64)] |= uint64_t{1} << (test % 64);
      bits_[2 * (test / 64) + 1] |= uint64_t{holds} << (test % 64);
    }

   private:
    uint64_t* bits_ = nullptr;
  };

  TextVerdicts() = default;
  explicit TextVerdicts(size_t tests)
      : tests_(tests), words_(2 + 2 * ((tests + 63) / 64)), slots_(kSlots * words_) {}

  size_t tests() const { return tests_; }

  Row RowOf(const Hash128& text) {
    uint64_t* const slot = &slots_[(text.low & (kSlots - 1)) * words_];
    if (slot[0] != text.high || slot[1] != text.low) {
      slot[0] = text.high;
      slot[1] = text.low;
      for (size_t i = 2; i < words_; ++i) slot[i] = 0;
    }
    return Row(slot + 2);
  }

 private:
  size_t tests_ = 0;
  size_t words_ = 0;
  std::vector<uint64_t> slots_;
};

}  // namespace vedette
