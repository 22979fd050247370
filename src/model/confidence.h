// The convergence gate: has a scope repeated itself often enough that "unusual" means something?
//
//   Convergence gate{.alpha_percent = 200, .least_points = 10, .threshold_ppm = 800000};
//   bool open = gate.IsOpen(total, distinct);
//
// confidence = ((N - C) / N) ^ alpha for N points in C bins; open when N >= least_points and
// confidence >= threshold. Alpha 0.5, 1 and 2 are decided in integers; other alphas by pow rounded
// to 1e-9, so that a value of exactly 0.8 passes on every platform. With alpha 2, N = 10 and C = 1:
// 0.81, open. Source: semantics of the AA models, section 4.3.
#pragma once

#include <cstdint>

namespace vedette {

struct Convergence {
  uint32_t alpha_percent = 100;      // 50, 100 and 200 are exact
  uint64_t least_points = 10;        // CutOff
  uint32_t threshold_ppm = 800'000;  // ConvergenceFilter in millionths

  bool IsOpen(uint64_t total, uint64_t distinct) const;
  // For explanations only; never decide by it.
  double Confidence(uint64_t total, uint64_t distinct) const;
};

}  // namespace vedette
