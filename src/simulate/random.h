// A Random is a stream of pseudo-random integers that depends on nothing but its seed.
//
//   Random random = Random::Of(seed, kDayStream, person, day);   // its own stream per person and
//   day int minute = random.Between(9 * 60, 17 * 60);
//
// Integers only, so that every machine draws the same. One thread. Cost: a few multiplications a
// draw. Source: SplitMix64 (Steele, Lea & Flood 2014); ranges by multiplication (Lemire 2019).
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace vedette::simulate {

class Random {
 public:
  explicit Random(uint64_t state) : state_(state) {}

  // A stream of its own for each combination of arguments.
  static Random Of(uint64_t seed, uint64_t a, uint64_t b = 0, uint64_t c = 0) {
    return Random(Mix(Mix(Mix(Mix(seed) + a) + b) + c));
  }

  static uint64_t Mix(uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
  }

  uint64_t Next() {
    const uint64_t drawn = Mix(state_);
    state_ += 0x9E3779B97F4A7C15u;
    return drawn;
  }

  // 0 to n - 1, all alike. Requires n > 0.
  uint64_t Below(uint64_t n) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(Next()) * n) >> 64);
  }
  // low to high, both included.
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low) + 1));
  }
  // Like Between, but the middle is likelier than the ends: the mean of three draws.
  int64_t Around(int64_t middle, int64_t spread) {
    return middle +
           (Between(-spread, spread) + Between(-spread, spread) + Between(-spread, spread)) / 3;
  }
  // True in `permille` of 1,000 draws.
  bool Chance(uint64_t permille) { return Below(1000) < permille; }
  bool ChanceInMillion(uint64_t parts) { return Below(1'000'000) < parts; }

  // 0 to n - 1 with a heavy head: the first k of n come with probability (k / n)^(1/3), as habits
  // do.
  size_t Habitual(size_t n) {
    const uint64_t u = Below(1 << 16);
    return static_cast<size_t>((n * u * u * u) >> 48);
  }
  // A size in bytes between 2^low_bits and 2^high_bits whose magnitude, not value, is spread
  // evenly.
  int64_t Size(int low_bits, int high_bits) {
    const int bits = static_cast<int>(Between(low_bits, high_bits - 1));
    return (int64_t{1} << bits) + static_cast<int64_t>(Below(uint64_t{1} << bits));
  }

  template <typename List>
  const auto& Pick(const List& list) {
    return list[Below(std::size(list))];
  }
  template <typename List>
  const auto& PickHabitual(const List& list) {
    return list[Habitual(std::size(list))];
  }

 private:
  uint64_t state_;
};

}  // namespace vedette::simulate
