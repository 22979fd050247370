// 128-bit keyed hashes (XXH3): ids of events and detections, keys of model entries.
//
//   Hash128 key = Hasher(seed).Add(model_id).Add(scope).Add(value).Finish();
//
// Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ. Same input and seed give the
// same hash on every machine of the same byte order (little-endian; checked in hash.cc). Source:
// XXH3, xxHash 0.8.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace vedette {

struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;

  friend auto operator<=>(const Hash128&, const Hash128&) = default;
  friend bool operator==(const Hash128&, const Hash128&) = default;

  // 32 lower-case hex digits.
  std::string ToHex() const;
};

Hash128 HashBytes(std::string_view bytes, uint64_t seed);

// Mixes two hashes into one; order matters. A few multiplications, for composing keys from hashed
// parts.
Hash128 Combine(const Hash128& a, const Hash128& b);

uint64_t HashBytes64(std::string_view bytes, uint64_t seed);

class Hasher {
 public:
  explicit Hasher(uint64_t seed) : seed_(seed) {}

  Hasher& Add(std::string_view part) {
    state_ = Combine(state_, HashBytes(part, seed_ + ++parts_));
    return *this;
  }
  Hasher& Add(const Hash128& part) {
    ++parts_;
    state_ = Combine(state_, part);
    return *this;
  }
  Hasher& Add(uint64_t part) {
    ++parts_;
    state_ = Combine(state_, Hash128{part, parts_});
    return *this;
  }
  Hash128 Finish() const { return state_; }

 private:
  uint64_t seed_;
  uint64_t parts_ = 0;
  Hash128 state_;
};

// For hash tables keyed by Hash128, whose bits are already mixed.
struct HashOfHash {
  using is_avalanching = void;
  size_t operator()(const Hash128& h) const { return static_cast<size_t>(h.low); }
};

}  // namespace vedette
