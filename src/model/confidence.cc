#include "model/confidence.h"

#include <cmath>

namespace vedette {

double Convergence::Confidence(uint64_t total, uint64_t distinct) const {
  if (total == 0 || distinct >= total) return 0;
  const double share = static_cast<double>(total - distinct) / static_cast<double>(total);
  return std::round(std::pow(share, alpha_percent / 100.0) * 1e9) / 1e9;
}

bool Convergence::IsOpen(uint64_t total, uint64_t distinct) const {
  if (total < least_points || total == 0 || distinct > total) return false;
  using Wide = unsigned __int128;
  const Wide repeats = total - distinct;
  const Wide million = 1'000'000;
  switch (alpha_percent) {
    case 100:  // r / N >= t
      return repeats * million >= Wide{threshold_ppm} * total;
    case 50:  // sqrt(r / N) >= t, that is r / N >= t^2
      return repeats * million * million >= Wide{threshold_ppm} * threshold_ppm * total;
    case 200:  // (r / N)^2 >= t; beyond 2^50 points the squares would not fit, and halving both
               // keeps the ratio
      if (total < (uint64_t{1} << 50))
        return repeats * repeats * million >= Wide{threshold_ppm} * total * total;
      return IsOpen(total / 2, distinct / 2);
    default:
      return std::llround(Confidence(total, distinct) * 1e9) >=
             static_cast<long long>(threshold_ppm) * 1000;
  }
}

}  // namespace vedette
