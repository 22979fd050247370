#include "parse/byte_masks.h"

#include <array>
#include <cstring>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "core/text.h"

namespace vedette {
namespace {

constexpr std::array<bool, 256> MakeKeyBytes() {
  std::array<bool, 256> is_key{};
  for (int c = '0'; c <= '9'; ++c) is_key[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c)
    is_key[static_cast<size_t>(c)] = is_key[static_cast<size_t>(c - 32)] = true;
  for (char c : {'_', '.', '-', '[', ']', ',', '/'}) is_key[static_cast<size_t>(c)] = true;
  return is_key;
}
constexpr std::array<bool, 256> kKeyBytes = MakeKeyBytes();

#ifdef __AVX2__
// A byte can stand in a key if a bit is set for both of its halves: one bit for each row of the
// ASCII table that has such bytes.
struct HalfTables {
  std::array<uint8_t, 16> low{}, high{};
};
constexpr HalfTables MakeHalfTables() {
  HalfTables tables;
  for (size_t row = 2; row < 8; ++row) tables.high[row] = static_cast<uint8_t>(1u << (row - 2));
  for (size_t c = 0; c < 128; ++c) {
    if (kKeyBytes[c]) tables.low[c & 15] |= tables.high[c >> 4];
  }
  return tables;
}
constexpr HalfTables kHalves = MakeHalfTables();

struct Masks {
  uint32_t equals, bars, backslashes, breaks;
};

uint32_t MaskOf(__m256i bytes, char c) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c))));
}

inline Masks Scan32(const char* at) {
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  const __m256i low_table = _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(kHalves.low.data())));
  const __m256i high_table = _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(kHalves.high.data())));
  // Bytes from 0x80 up have their top bit set, for which the shuffle gives 0.
  const __m256i low = _mm256_shuffle_epi8(low_table, bytes);
  const __m256i high = _mm256_shuffle_epi8(
      high_table, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15)));
  return {MaskOf(bytes, '='), MaskOf(bytes, '|'), MaskOf(bytes, '\\'),
          MaskOf(_mm256_and_si256(low, high), 0)};
}
#endif

}  // namespace

bool IsCefKeyByte(char c) { return kKeyBytes[static_cast<unsigned char>(c)]; }

void ByteMasks::Scan(std::string_view text) {
  used_ = (text.size() + 63) / 64;
  if (words_.size() < used_ + 1) words_.resize(used_ + 1);
  Word* word = words_.data();
  const auto scan64 = [&word](const char* at) {
#ifdef __AVX2__
    const Masks a = Scan32(at);
    const Masks b = Scan32(at + 32);
    *word++ = {a.equals | uint64_t{b.equals} << 32, a.bars | uint64_t{b.bars} << 32,
               a.backslashes | uint64_t{b.backslashes} << 32, a.breaks | uint64_t{b.breaks} << 32};
#else
    *word = {};
    for (size_t i = 0; i < 64; ++i) {
      word->equals |= uint64_t{at[i] == '='} << i;
      word->bars |= uint64_t{at[i] == '|'} << i;
      word->backslashes |= uint64_t{at[i] == '\\'} << i;
      word->breaks |= uint64_t{!IsCefKeyByte(at[i])} << i;
    }
    ++word;
#endif
  };
  const char* at = text.data();
  const char* const end = at + text.size();
  for (; end - at >= 64; at += 64) scan64(at);
  if (at == end) return;
  char tail[64];
  std::memset(tail, ' ', sizeof(tail));
  std::memcpy(tail, at, static_cast<size_t>(end - at));
  scan64(tail);
}

}  // namespace vedette
