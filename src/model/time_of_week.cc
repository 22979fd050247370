#include "model/time_of_week.h"

#include <algorithm>

namespace vedette {

uint64_t TimeOfWeekMemory::Scope::Smoothed(int hour) const {
  const auto at = [&](int h) {
    return uint64_t{counts[static_cast<size_t>((h + kHoursOfWeek) % kHoursOfWeek)]};
  };
  return at(hour - 1) + 2 * at(hour) + at(hour + 1);
}

uint64_t TimeOfWeekMemory::Scope::Threshold(uint64_t q_ppm) const {
  std::array<uint64_t, kHoursOfWeek> sorted;
  for (int h = 0; h < kHoursOfWeek; ++h) sorted[static_cast<size_t>(h)] = Smoothed(h);
  std::sort(sorted.begin(), sorted.end());
  const unsigned __int128 limit = static_cast<unsigned __int128>(q_ppm) * 4 * total;
  unsigned __int128 sum = 0;
  for (uint64_t s : sorted) {
    sum += s;
    if (sum * 1'000'000 > limit) return s;
  }
  return 0;
}

Answer TimeOfWeekMemory::Ask(const Probe& probe) const {
  Answer answer;
  answer.asked = true;
  answer.trained = trained_;
  answer.model_since = since_;
  const auto found = index_.find(probe.scope);
  if (found == index_.end()) return answer;
  const Scope& scope = scopes_[found->second];
  answer.scope_known = true;
  answer.scope_since = FromMinutes(scope.first_seen);
  answer.total = scope.total;
  answer.distinct = scope.used_hours;
  answer.seen = scope.counts[static_cast<size_t>(probe.hour_of_week)];
  answer.converged = spec_.convergence.IsOpen(scope.total, scope.used_hours);
  if (answer.converged) {
    answer.threshold = scope.Threshold(spec_.percentile_ppm);
    answer.unusual_hour = scope.Smoothed(probe.hour_of_week) < answer.threshold;
  }
  return answer;
}

void TimeOfWeekMemory::Train(const Probe& probe) {
  const Minutes now = ToMinutes(probe.time);
  if (!trained_ || probe.time < since_) since_ = probe.time;
  trained_ = true;
  const auto [at, added] = index_.try_emplace(probe.scope, static_cast<uint32_t>(scopes_.size()));
  if (added) {
    scopes_.emplace_back();
    scopes_.back().first_seen = now;
  }
  Scope& scope = scopes_[at->second];
  scope.first_seen = std::min(scope.first_seen, now);
  uint32_t& count = scope.counts[static_cast<size_t>(probe.hour_of_week)];
  if (count == 0) ++scope.used_hours;
  ++count;
  ++scope.total;
}

}  // namespace vedette
