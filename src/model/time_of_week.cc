#include "model/time_of_week.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/record.h"

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
    scopes_.back().key = probe.scope;
    scopes_.back().first_seen = now;
  }
  Scope& scope = scopes_[at->second];
  changes_.Add(probe.scope);
  scope.first_seen = std::min(scope.first_seen, now);
  scope.last_seen = std::max(scope.last_seen, now);
  uint32_t& count = scope.counts[static_cast<size_t>(probe.hour_of_week)];
  if (count == 0) ++scope.used_hours;
  ++count;
  ++scope.total;
}

void TimeOfWeekMemory::VisitUnits(const VisitUnit& visit) const {
  for (const Scope& scope : scopes_) visit({scope.last_seen, scope.key}, kScopeCost);
}

uint64_t TimeOfWeekMemory::Evict(const Age& limit) {
  const uint64_t gone = EvictScopes(limit, index_, scopes_, changes_, [](const Scope&) {});
  evictions_ += gone;
  return gone;
}

void TimeOfWeekMemory::SaveChanges(StatePart part) {
  const bool any = SaveChanged(changes_, part, 's', FindIn(index_, scopes_),
                               [](const Scope& scope, RecordWriter& out) {
                                 out.U32(scope.first_seen).U32(scope.last_seen);
                                 for (uint32_t count : scope.counts) out.Var(count);
                               });
  if (!any) return;
  std::string value;
  RecordWriter(value).Time(since_).U64(index_.size()).U64(evictions_);
  part.Put('m', "", value);
}

Result<void> TimeOfWeekMemory::Load(const StateView& view, const std::string& prefix,
                                    StateDamage& damage) {
  uint64_t broken = 0, want = 0;
  Result<void> read = view.ForEach(prefix, [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    if (key == "m") {
      since_ = in.Time();
      want = in.U64();
      evictions_ = in.U64();
      trained_ = in.done();
      broken += !in.done();
      return;
    }
    Scope scope;
    scope.first_seen = in.U32();
    scope.last_seen = in.U32();
    for (uint32_t& count : scope.counts) {
      count = static_cast<uint32_t>(in.Var());
      scope.total += count;
      scope.used_hours += count > 0;
    }
    if (key.size() != 17 || !in.done()) {
      ++broken;
      return;
    }
    scope.key = KeyHash(key.substr(1));
    index_[scope.key] = static_cast<uint32_t>(scopes_.size());
    scopes_.push_back(scope);
  });
  const uint64_t lost = broken + (want - std::min<uint64_t>(want, index_.size()));
  damage.Add(lost, fmt::format("{} records of model {}", lost, spec_.id));
  return read;
}

}  // namespace vedette
