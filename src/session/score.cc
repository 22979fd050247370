#include "session/score.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace vedette {
namespace {

using Wide = __int128;

int64_t DivideRounded(Wide numerator, Wide denominator) {
  return static_cast<int64_t>((numerator + denominator / 2) / denominator);
}

uint64_t SquareRoot(uint64_t n) {
  auto root = static_cast<uint64_t>(std::sqrt(static_cast<double>(n)));
  while (root * root > n) --root;
  while ((root + 1) * (root + 1) <= n) ++root;
  return root;
}

// k^-1.5 in millionths, rounded: 1,000,000; 353,553; 192,450 …
int64_t SaturationPpm(uint64_t k) {
  if (k > 10'000) return 1;
  return static_cast<int64_t>((SquareRoot(4'000'000'000'000 / (k * k * k)) + 1) / 2);
}

}  // namespace

Rarity RarityOf(int64_t entity_days, int64_t days, int64_t active_entities) {
  if (days <= 0 || entity_days <= 0) return {};
  // h = max(200, active) / 200 and f = entity_days / days, so h / (h + f) is this fraction.
  const int64_t h_days = std::max<int64_t>(200, active_entities) * days;
  const int64_t sum = h_days + 200 * entity_days;
  if (h_days * 10 <= sum) return {1, 10};
  return {h_days, sum};
}

int64_t Contribution(int64_t base_micro, const Rarity& rarity, int64_t quality_ppm) {
  return DivideRounded(Wide{base_micro} * rarity.numerator * quality_ppm,
                       Wide{rarity.denominator} * kMicro);
}

Score ScoreSession(const std::vector<Evidence>& evidence) {
  // The largest of each (group, value); ties go to the one given first.
  using Key = std::tuple<uint32_t, Hash128, size_t>;
  std::map<Key, size_t> best;
  for (size_t i = 0; i < evidence.size(); ++i) {
    const Evidence& e = evidence[i];
    const auto [at, added] = best.try_emplace({e.group, e.value_key, e.adds ? i + 1 : 0}, i);
    if (!added && e.points_micro > evidence[at->second].points_micro) at->second = i;
  }
  std::map<uint32_t, std::vector<size_t>> groups;
  for (const auto& [key, index] : best) groups[std::get<0>(key)].push_back(index);

  Score score;
  score.counted_micro.assign(evidence.size(), 0);
  for (auto& [group, members] : groups) {
    std::sort(members.begin(), members.end(), [&](size_t a, size_t b) {
      return std::tie(evidence[b].points_micro, a) < std::tie(evidence[a].points_micro, b);
    });
    GroupPoints points{group, 0};
    for (size_t k = 0; k < members.size(); ++k) {
      const int64_t counted =
          DivideRounded(Wide{evidence[members[k]].points_micro} * SaturationPpm(k + 1), kMicro);
      score.counted_micro[members[k]] = counted;
      points.points_micro += counted;
    }
    score.total_micro += points.points_micro;
    score.groups.push_back(points);
  }
  std::sort(score.groups.begin(), score.groups.end(),
            [](const GroupPoints& a, const GroupPoints& b) {
              return std::tie(b.points_micro, a.group) < std::tie(a.points_micro, b.group);
            });
  return score;
}

int64_t FactorOf(const std::vector<int64_t>& factors_ppm) {
  int64_t product = kMicro;
  for (const int64_t factor : factors_ppm) product = DivideRounded(Wide{product} * factor, kMicro);
  return std::clamp<int64_t>(product, kMicro / 2, kMicro + kMicro / 2);
}

int64_t Weighted(int64_t points_micro, int64_t factor_ppm) {
  return DivideRounded(Wide{points_micro} * factor_ppm, kMicro);
}

int64_t DisplayTenths(int64_t score_micro) {
  const double points = static_cast<double>(score_micro) / static_cast<double>(kMicro);
  return std::llround(1000 * (1 - std::exp2(-points / 45)));
}

int64_t DecayOneDay(int64_t risk_micro) {
  return DivideRounded(Wide{risk_micro} * 905'724, kMicro);
}

}  // namespace vedette
