#include "core/hash.h"

#include <bit>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace vedette {

static_assert(std::endian::native == std::endian::little,
              "hashes are defined for little-endian machines");

namespace {

// Murmur3's 64-bit finaliser.
uint64_t Mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return x;
}

}  // namespace

std::string Hash128::ToHex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(32, '0');
  for (int i = 0; i < 16; ++i) {
    out[15 - i] = kDigits[(high >> (4 * i)) & 15];
    out[31 - i] = kDigits[(low >> (4 * i)) & 15];
  }
  return out;
}

Hash128 HashBytes(std::string_view bytes, uint64_t seed) {
  const XXH128_hash_t h = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
  return {h.high64, h.low64};
}

uint64_t HashBytes64(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128 Combine(const Hash128& a, const Hash128& b) {
  const uint64_t low = Mix(a.low + 0x9e3779b97f4a7c15ULL + 3 * b.low + b.high);
  const uint64_t high = Mix(a.high ^ (low + 0xc2b2ae3d27d4eb4fULL * (b.high ^ (b.low << 1))));
  return {high, low};
}

}  // namespace vedette
