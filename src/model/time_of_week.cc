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

Answer TimeOfWeekMemory::Ask(const Probe& probe) {
  Answer answer;
  answer.asked = true;
  answer.trained = trained_;
  answer.model_since = since_;
  const Scope* found = FindScope(probe.scope);
  if (found == nullptr) return answer;
  const Scope& scope = *found;
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
  Scope* known = FindScope(probe.scope);
  Scope& scope = known != nullptr ? *known : Add({.key = probe.scope, .first_seen = now});
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
  const uint64_t gone =
      TakeOutScopes(limit, index_, scopes_, [&](const Scope& scope) { changes_.Add(scope.key); });
  evictions_ += gone;
  return gone;
}

void TimeOfWeekMemory::Cool(const Age& limit) {
  cold_.Add(TakeOutScopes(limit, index_, scopes_, [](const Scope&) {}));
}

TimeOfWeekMemory::Scope* TimeOfWeekMemory::FindScope(const Hash128& key) {
  if (const auto found = index_.find(key); found != index_.end()) return &scopes_[found->second];
  const std::optional<std::string> record = cold_.Take(key);
  if (!record) return nullptr;
  Scope scope;
  if (!ReadScope(*record, &scope)) cold_.FailDamaged(spec_.id);
  scope.key = key;
  return &Add(scope);
}

TimeOfWeekMemory::Scope& TimeOfWeekMemory::Add(const Scope& scope) {
  index_[scope.key] = static_cast<uint32_t>(scopes_.size());
  scopes_.push_back(scope);
  return scopes_.back();
}

// False: it does not hold together.
bool TimeOfWeekMemory::ReadScope(std::string_view value, Scope* scope) {
  RecordReader in(value);
  scope->first_seen = in.U32();
  scope->last_seen = in.U32();
  for (uint32_t& count : scope->counts) {
    count = static_cast<uint32_t>(in.Var());
    scope->total += count;
    scope->used_hours += count > 0;
  }
  return in.done();
}

void TimeOfWeekMemory::SaveChanges(StatePart part) {
  const bool any = SaveChanged(changes_, part, 's', FindIn(index_, scopes_),
                               [](const Scope& scope, RecordWriter& out) {
                                 out.U32(scope.first_seen).U32(scope.last_seen);
                                 for (uint32_t count : scope.counts) out.Var(count);
                               });
  if (!any && !recount_) return;
  recount_ = false;
  std::string value;
  RecordWriter(value).Time(since_).U64(index_.size() + cold_.count()).U64(evictions_);
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
    if (key.size() != 17 || !ReadScope(value, &scope)) {
      ++broken;
      damage.keys.push_back(prefix + std::string(key));
    } else if (cold_.is_open()) {
      cold_.Add();
    } else {
      scope.key = KeyHash(key.substr(1));
      Add(scope);
    }
  });
  const uint64_t found = index_.size() + cold_.count();
  const uint64_t lost = std::max(broken, want - std::min(want, found));
  damage.Add(lost, fmt::format("{} records of model {}", lost, spec_.id));
  recount_ = lost > 0 && trained_;
  return read;
}

}  // namespace vedette
