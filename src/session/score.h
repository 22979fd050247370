// Points: how detections add up to a session's score. Whole micro-points throughout (1 point =
// 1,000,000), so that the same detections give the same score on every machine, in any order.
//
//   int64_t c = Contribution(base_micro, rarity, quality_ppm);
//   Score score = ScoreSession(evidence);
//
// Step 2: c = base x rho x quality. Step 3: of one value within one group the largest c counts.
// Step 4: the k-th largest of a group counts k^-1.5. Step 5: groups add. 90 points and more are
// notable. The worked session of semantics 11.4: 47.534 points. Pure functions. Source:
// semantics 11.3; saturation after the cap in the splunk/rba community's practice.
#pragma once

#include <cstdint>
#include <vector>

#include "core/hash.h"

namespace vedette {

inline constexpr int64_t kMicro = 1'000'000;
inline constexpr int64_t kNotableMicro = 90 * kMicro;

// A rarity weight as a fraction, so that no digit is lost: rho = numerator / denominator.
struct Rarity {
  int64_t numerator = 1;
  int64_t denominator = 1;

  int64_t Ppm() const { return (numerator * kMicro + denominator / 2) / denominator; }
};

// rho = max(0.1, h / (h + f)): f = entity_days / days is the mean number of entities a day on which
// the group fired, h = max(1, 0.5 % of the active entities). No closed day yet: 1.
Rarity RarityOf(int64_t entity_days, int64_t days, int64_t active_entities);

// Rounded half up to whole micro-points.
int64_t Contribution(int64_t base_micro, const Rarity& rarity, int64_t quality_ppm);

struct Evidence {
  uint32_t group = 0;
  Hash128 value_key;  // one piece of evidence within the group
  int64_t points_micro = 0;
  bool adds = false;  // ladder: add; never merged with others
};

struct GroupPoints {
  uint32_t group = 0;
  int64_t points_micro = 0;
};

struct Score {
  int64_t total_micro = 0;
  std::vector<GroupPoints> groups;  // by points, largest first; ties by number
  std::vector<int64_t>
      counted_micro;  // of each piece of evidence, in the order given; 0 when merged away
};

Score ScoreSession(const std::vector<Evidence>& evidence);

// The product of what a session's labels weigh, between 0.5 and 1.5, in millionths; none: 1.
int64_t FactorOf(const std::vector<int64_t>& factors_ppm);

// Points times a factor, rounded half up.
int64_t Weighted(int64_t points_micro, int64_t factor_ppm);

// 100 (1 - 2^(-S/45)) in tenths: 90 points show 750. For display only.
int64_t DisplayTenths(int64_t score_micro);

// R_d = S_d + R_(d-1) 2^(-1/7): yesterday's risk, a day later.
int64_t DecayOneDay(int64_t risk_micro);

}  // namespace vedette
