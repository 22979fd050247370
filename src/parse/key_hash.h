// A hash and a comparison for the keys of records: short texts, met by the dozen in every line. A
// few instructions each.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace vedette {

namespace key_hash_internal {
inline uint64_t Load8(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, 8);
  return word;
}
inline uint32_t Load4(const char* at) {
  uint32_t word;
  std::memcpy(&word, at, 4);
  return word;
}
inline uint64_t Mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}
}  // namespace key_hash_internal

// Not keyed: tables that it serves are bounded.
inline uint64_t HashKey(std::string_view key) {
  using namespace key_hash_internal;
  constexpr uint64_t kA = 0xa0761d6478bd642fULL;
  constexpr uint64_t kB = 0xe7037ed1a0b428dbULL;
  const char* at = key.data();
  const size_t size = key.size();
  uint64_t hash = size * kB;
  if (size >= 8) {
    for (size_t i = 0; i + 8 < size; i += 8) hash = Mix(hash ^ Load8(at + i) ^ kA, kB);
    return Mix(hash ^ Load8(at + size - 8), kA);
  }
  uint64_t tail = 0;
  if (size >= 4) {
    tail = Load4(at) | static_cast<uint64_t>(Load4(at + size - 4)) << 32;
  } else if (size > 0) {
    tail = static_cast<unsigned char>(at[0]) | static_cast<unsigned char>(at[size / 2]) << 8 |
           static_cast<unsigned char>(at[size - 1]) << 16;
  }
  return Mix(hash ^ tail ^ kA, kB);
}

// memcmp(a, b, size) == 0, without a call for what keys look like.
inline bool SameBytes(const char* a, const char* b, size_t size) {
  using namespace key_hash_internal;
  if (size >= 8) {
    for (size_t i = 0; i + 8 < size; i += 8) {
      if (Load8(a + i) != Load8(b + i)) return false;
    }
    return Load8(a + size - 8) == Load8(b + size - 8);
  }
  if (size >= 4) return Load4(a) == Load4(b) && Load4(a + size - 4) == Load4(b + size - 4);
  for (size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace vedette
