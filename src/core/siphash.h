// SipHash-2-4: a keyed hash that tells nothing of its key or its input to those who lack the key.
//
//   const uint64_t tag = SipHash({key0, key1}, bytes);
//
// Pure. The 64-bit test vector of the paper: key 00…0f, input 00…0e, gives a129ca6149be45e5.
// Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace vedette {

inline uint64_t SipHash(const std::array<uint64_t, 2>& key, std::string_view bytes) {
  uint64_t v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                   key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
  const auto mix = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      v[0] += v[1], v[2] += v[3];
      v[1] = std::rotl(v[1], 13) ^ v[0], v[3] = std::rotl(v[3], 16) ^ v[2];
      v[0] = std::rotl(v[0], 32);
      v[2] += v[1], v[0] += v[3];
      v[1] = std::rotl(v[1], 17) ^ v[2], v[3] = std::rotl(v[3], 21) ^ v[0];
      v[2] = std::rotl(v[2], 32);
    }
  };
  const auto take = [&](uint64_t word) {
    v[3] ^= word;
    mix(2);
    v[0] ^= word;
  };
  const uint64_t size = bytes.size();
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    take(word);
  }
  uint64_t last = size << 56;
  for (size_t i = 0; i < bytes.size(); ++i)
    last |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
  take(last);
  v[2] ^= 0xff;
  mix(4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

}  // namespace vedette
