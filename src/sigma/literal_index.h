// A LiteralIndex finds which of many literals a text equals, begins with, ends with or contains:
// all literals that rules ask one field for.
//
//   LiteralIndex index;
//   index.Add(LiteralIndex::Kind::kSuffix, R"(\cmd.exe)", 12);  …  index.Build();
//   index.Find(text, [&](uint32_t id) { … });
//
// Whole texts are looked up by hash, ends by their last (first) eight bytes. For the inside, each
// literal is filed under the one of its four-byte grams that the fewest others have; a bitmap that
// fits the first-level cache says at which positions of the text a gram of the index may stand, and
// only there literals are compared. Literals of two and three bytes have a pass of their own over
// grams of two, if there are any. So the cost is two passes over the text at about a nanosecond a
// byte, whatever the number of literals. Literals inside a text have at least kLeastInside bytes.
//
// Visits an id once per place where its literal stands. Immutable and thread-safe after Build.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/hash.h"
#include "sigma/word_table.h"

namespace vedette::sigma {

class LiteralIndex {
 public:
  enum class Kind : uint8_t { kWhole, kPrefix, kSuffix, kInside };
  static constexpr size_t kLeastInside = 2;

  // No empty literals but as kWhole.
  void Add(Kind kind, std::string_view literal, uint32_t id);
  void Build();

  template <typename Visit>
  void Find(std::string_view text, Visit visit) const {
    if (!whole_.empty()) {
      for (uint32_t i : whole_.Find(HashBytes64(text, 0))) {
        if (TextOf(literals_[i]) == text) visit(literals_[i].id);
      }
    }
    FindEnds<true>(text, prefixes_, prefix_lengths_, visit);
    FindEnds<false>(text, suffixes_, suffix_lengths_, visit);
    FindInside<kGram>(text, long_, visit);
    FindInside<kShortGram>(text, short_, visit);
  }

 private:
  static constexpr size_t kWord = 8;
  static constexpr size_t kGram = 4;
  static constexpr size_t kShortGram = 2;

  struct Grams;
  struct Literal {
    uint32_t from = 0;  // in `texts_`
    uint32_t size = 0;
    uint32_t id = 0;
    uint32_t gram_at = 0;  // where in the literal its gram stands
    uint32_t last = 0;     // its last bytes, as many as a gram has
  };

  // Files the literals inside a text that have `least` to `most` bytes.
  template <size_t kSize>
  void FileInside(Grams& grams, size_t least, size_t most);

  std::string_view TextOf(const Literal& literal) const {
    return {texts_.data() + literal.from, literal.size};
  }

  // Up to eight bytes as a number; shorter ones carry their length.
  static uint64_t Word(const char* bytes, size_t size) {
    uint64_t word = 0;
    std::memcpy(&word, bytes, size);
    return size == kWord ? word : word | uint64_t{size} << 56;
  }
  template <size_t kSize>
  static uint32_t Gram(const char* bytes) {
    uint32_t gram = 0;
    std::memcpy(&gram, bytes, kSize);
    return gram;
  }

  template <bool kFront, typename Visit>
  void FindEnds(std::string_view text, const WordTable& table, uint32_t lengths,
                Visit& visit) const {
    for (size_t size = 1; lengths >> size != 0 && size <= text.size(); ++size) {
      if ((lengths >> size & 1) == 0) continue;
      const char* at = kFront ? text.data() : text.data() + text.size() - size;
      for (uint32_t i : table.Find(Word(at, size))) {
        const std::string_view literal = TextOf(literals_[i]);
        if (literal.size() > text.size()) continue;
        const char* from = kFront ? text.data() : text.data() + text.size() - literal.size();
        if (std::memcmp(from, literal.data(), literal.size()) == 0) visit(literals_[i].id);
      }
    }
  }

  // Literals inside a text, filed under grams of one size.
  struct Grams {
    WordTable literals;
    std::vector<uint64_t> bits;
    int shift = 32;

    void Reserve(size_t count);
    bool MayHave(uint32_t gram) const {
      const size_t bit = BitOf(gram);
      return bits[bit / 64] >> (bit % 64) & 1;
    }
    size_t BitOf(uint32_t gram) const { return gram * 0x9E3779B1U >> shift; }
  };

  template <size_t kSize, typename Visit>
  void FindInside(std::string_view text, const Grams& grams, Visit& visit) const {
    if (grams.literals.empty() || text.size() < kSize) return;
    const char* const begin = text.data();
    for (size_t at = 0, last = text.size() - kSize; at <= last; ++at) {
      const uint32_t gram = Gram<kSize>(begin + at);
      if (!grams.MayHave(gram)) [[likely]]
        continue;
      for (uint32_t i : grams.literals.Find(gram)) {
        const Literal& literal = literals_[i];
        if (literal.gram_at > at || literal.size - literal.gram_at > text.size() - at) continue;
        const char* const from = begin + at - literal.gram_at;
        // Most that have the gram differ in their last bytes.
        if (Gram<kSize>(from + literal.size - kSize) != literal.last) continue;
        if (std::memcmp(from, texts_.data() + literal.from, literal.size) == 0) visit(literal.id);
      }
    }
  }

  std::string texts_;  // of all literals, behind each other
  std::vector<Literal> literals_;
  std::vector<Kind> kinds_;  // of each
  WordTable whole_;
  WordTable prefixes_;
  WordTable suffixes_;
  uint32_t prefix_lengths_ = 0;  // bit n: some prefix is filed under n bytes
  uint32_t suffix_lengths_ = 0;
  Grams long_;   // literals of four bytes and more
  Grams short_;  // of two and three
};

}  // namespace vedette::sigma
