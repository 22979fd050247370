// A LiteralIndex finds which of many literals a text equals, begins with, ends with or contains:
// all literals that rules ask one field for.
//
//   LiteralIndex index;
//   index.Add(LiteralIndex::Kind::kSuffix, R"(\cmd.exe)", 12);  …  index.Build();
//   index.Find(text, [&](uint32_t id) { … });
//
// Whole texts are looked up by hash, ends by their last (first) eight bytes. For the inside, each
// literal is filed under the one of its four-byte grams that the fewest others have; a bitmap that
// fits the first-level cache says at which positions of the text a gram of the index may stand,
// eight of them at a time with AVX2, and only there literals are compared. Literals of three and of
// two bytes have a pass of their own, if there are any, and each of one byte a search. So the cost
// is that of a few passes over the text, whatever the number of literals.
//
// Visits an id once per place where its literal stands, or once. Immutable and thread-safe after
// Build.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "core/hash.h"
#include "sigma/word_table.h"

namespace vedette::sigma {

class LiteralIndex {
 public:
  enum class Kind : uint8_t { kWhole, kPrefix, kSuffix, kInside };
  static constexpr size_t kLeastInside = 1;

  // No empty literals but as kWhole.
  void Add(Kind kind, std::string_view literal, uint32_t id);
  void Build();

  bool empty() const { return literals_.empty(); }
  // Shorter texts have none of the literals; SIZE_MAX: there are none.
  size_t least() const { return least_; }

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
    FindInside<3>(text, of_three_, visit);
    FindInside<2>(text, of_two_, visit);
    for (const auto& [byte, id] : bytes_) {
      if (text.find(byte) != std::string_view::npos) visit(id);
    }
  }

 private:
  static constexpr size_t kWord = 8;
  static constexpr size_t kGram = 4;

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
    std::vector<uint32_t> bits;
    int shift = 32;

    static constexpr uint32_t kFactor = 0x9E3779B1;

    void Reserve(size_t count);
    size_t BitOf(uint32_t gram) const { return gram * kFactor >> shift; }
    bool MayHave(uint32_t gram) const {
      const size_t bit = BitOf(gram);
      return bits[bit / 32] >> (bit % 32) & 1;
    }
#ifdef __AVX2__
    // Bit n: MayHave the gram at bytes + n, for n from 0 to 7. Reads 16 bytes.
    template <size_t kSize>
    uint32_t MayHaveEight(const char* bytes) const {
      const __m256i both =
          _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)));
      const __m256i places = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5,
                                              6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
      const __m256i grams =
          _mm256_and_si256(_mm256_shuffle_epi8(both, places),
                           _mm256_set1_epi32(static_cast<int>(UINT32_MAX >> (32 - 8 * kSize))));
      const __m256i bit =
          _mm256_srl_epi32(_mm256_mullo_epi32(grams, _mm256_set1_epi32(static_cast<int>(kFactor))),
                           _mm_cvtsi32_si128(shift));
      const __m256i words = _mm256_i32gather_epi32(reinterpret_cast<const int*>(bits.data()),
                                                   _mm256_srli_epi32(bit, 5), 4);
      // The bit of each moves to the top; a shift takes 31 less the low five.
      const __m256i top = _mm256_sllv_epi32(words, _mm256_andnot_si256(bit, _mm256_set1_epi32(31)));
      return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(top)));
    }
#endif
  };

  // Reports the literals of the index whose gram stands at a position of the text.
  template <size_t kSize, typename Visit>
  void VisitAt(std::string_view text, size_t at, const Grams& grams, Visit& visit) const {
    const char* const begin = text.data();
    for (uint32_t i : grams.literals.Find(Gram<kSize>(begin + at))) {
      const Literal& literal = literals_[i];
      if (literal.gram_at > at || literal.size - literal.gram_at > text.size() - at) continue;
      const char* const from = begin + at - literal.gram_at;
      // Most that have the gram differ in their last bytes.
      if (Gram<kSize>(from + literal.size - kSize) != literal.last) continue;
      if (std::memcmp(from, texts_.data() + literal.from, literal.size) == 0) visit(literal.id);
    }
  }

  template <size_t kSize, typename Visit>
  void FindInside(std::string_view text, const Grams& grams, Visit& visit) const {
    if (grams.literals.empty() || text.size() < kSize) return;
    const size_t places = text.size() - kSize + 1;
    size_t at = 0;
#ifdef __AVX2__
    for (; at < places; at += 8) {
      // The 11 bytes that 8 grams take, and no byte behind the text.
      char tail[16] = {};
      const char* bytes = text.data() + at;
      if (text.size() - at < sizeof tail) {
        std::memcpy(tail, bytes, text.size() - at);
        bytes = tail;
      }
      uint32_t found = grams.MayHaveEight<kSize>(bytes);
      if (places - at < 8) found &= (1U << (places - at)) - 1;
      for (; found != 0; found &= found - 1)
        VisitAt<kSize>(text, at + static_cast<size_t>(std::countr_zero(found)), grams, visit);
    }
#else
    for (; at < places; ++at) {
      if (grams.MayHave(Gram<kSize>(text.data() + at))) VisitAt<kSize>(text, at, grams, visit);
    }
#endif
  }

  size_t least_ = SIZE_MAX;
  std::string texts_;  // of all literals, behind each other
  std::vector<Literal> literals_;
  std::vector<Kind> kinds_;  // of each
  WordTable whole_;
  WordTable prefixes_;
  WordTable suffixes_;
  uint32_t prefix_lengths_ = 0;  // bit n: some prefix is filed under n bytes
  uint32_t suffix_lengths_ = 0;
  Grams long_;                                    // literals of four bytes and more
  Grams of_three_;                                // of three bytes
  Grams of_two_;                                  // of two
  std::vector<std::pair<char, uint32_t>> bytes_;  // of one, with the id
};

}  // namespace vedette::sigma
