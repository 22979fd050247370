#include "model/top.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/record.h"
#include "model/count_histogram.h"

namespace vedette {

void TopMemory::Member::Advance(int64_t day) {
  if (day <= newest) return;
  const int64_t steps = newest == INT64_MIN ? kDays : std::min<int64_t>(day - newest, kDays);
  for (int64_t d = day - steps + 1; d <= day; ++d) {
    uint32_t& bucket = days[static_cast<size_t>(((d % kDays) + kDays) % kDays)];
    total -= bucket;
    bucket = 0;
  }
  newest = day;
}

std::vector<uint32_t> TopMemory::Counts(const Scope& scope) const {
  std::vector<uint32_t> counts;
  counts.reserve(scope.members.size());
  for (const auto& [key, member] : scope.members) {
    if (member.total > 0) counts.push_back(member.total);
  }
  return counts;
}

uint64_t TopMemory::Limit(std::vector<uint32_t> counts, bool by_percentile) {
  if (counts.size() < 10) return 0;
  if (by_percentile) {
    CountHistogram histogram;
    for (uint32_t count : counts) histogram.Move(0, count);
    return histogram.Threshold(900'000);
  }
  std::sort(counts.begin(), counts.end(), std::greater<>());
  const size_t k = std::max<size_t>(1, (counts.size() + 19) / 20);
  const size_t half = counts.size() / 2;
  const uint64_t twice_median = counts.size() % 2 == 1 ? uint64_t{2} * counts[half]
                                                       : uint64_t{counts[half - 1]} + counts[half];
  return std::max<uint64_t>(uint64_t{counts[k]} + 1, twice_median);
}

// When a day is over, remembers who was on top of it, and moves every member's window on.
bool TopMemory::Advance(Scope& scope, int64_t day) {
  if (day <= scope.day) return false;
  if (scope.day != INT64_MIN) {
    const int64_t yesterday = day - 1;
    for (auto& [key, member] : scope.members) member.Advance(yesterday);
    const uint64_t limit = Limit(Counts(scope), spec_.rank_by_percentile);
    scope.top_yesterday.clear();
    for (const auto& [key, member] : scope.members) {
      if (limit > 0 && member.total >= limit) scope.top_yesterday.insert(key);
    }
    members_ -= boost::unordered::erase_if(scope.members,
                                           [](const auto& item) { return item.second.total == 0; });
  }
  for (auto& [key, member] : scope.members) member.Advance(day);
  scope.day = day;
  return true;
}

Answer TopMemory::Ask(const Probe& probe) {
  Answer answer;
  answer.asked = true;
  answer.trained = trained_;
  answer.model_since = since_;
  Scope* found = FindScope(probe.scope);
  if (found == nullptr) return answer;
  Scope& scope = *found;
  if (Advance(scope, probe.time.days())) changes_.Add(probe.scope);
  answer.scope_known = true;
  answer.scope_since = FromMinutes(scope.first_seen);

  std::vector<uint32_t> counts = Counts(scope);
  const auto member = scope.members.find(probe.value);
  const uint32_t before = member == scope.members.end() ? 0 : member->second.total;
  const uint32_t mine = before + (probe.train ? 1 : 0);
  const auto own = std::find(counts.begin(), counts.end(), before);
  if (before > 0 && own != counts.end()) {
    *own = mine;
  } else if (mine > 0) {
    counts.push_back(mine);
  }
  answer.number = mine;
  answer.distinct = static_cast<uint32_t>(counts.size());
  for (uint32_t count : counts) answer.total += count;
  answer.rank_limit = Limit(std::move(counts), spec_.rank_by_percentile);
  answer.top = answer.rank_limit > 0 && mine >= answer.rank_limit &&
               !scope.top_yesterday.contains(probe.value);
  return answer;
}

void TopMemory::Train(const Probe& probe) {
  if (!trained_ || probe.time < since_) since_ = probe.time;
  trained_ = true;
  Scope* known = FindScope(probe.scope);
  Scope& scope = known != nullptr ? *known : scopes_[probe.scope];
  changes_.Add(probe.scope);
  if (known == nullptr) scope.first_seen = ToMinutes(probe.time);
  scope.first_seen = std::min(scope.first_seen, ToMinutes(probe.time));
  Advance(scope, probe.time.days());
  const int64_t day = probe.time.days();
  const auto [place, joined] = scope.members.try_emplace(probe.value);
  members_ += joined;
  Member& member = place->second;
  member.Advance(scope.day);
  if (day <= scope.day - kDays) return;  // late beyond the thirty days
  ++member.days[static_cast<size_t>(((day % kDays) + kDays) % kDays)];
  ++member.total;
}

void TopMemory::VisitUnits(const VisitUnit& visit) const {
  for (const auto& [key, scope] : scopes_) visit(AgeOf(key, scope), CostOf(scope));
}

uint64_t TopMemory::Evict(const Age& limit) {
  const uint64_t gone = boost::unordered::erase_if(scopes_, [&](const auto& item) {
    const bool old = AgeOf(item.first, item.second) <= limit;
    if (!old) return false;
    changes_.Add(item.first);
    members_ -= item.second.members.size();
    return true;
  });
  evictions_ += gone;
  return gone;
}

void TopMemory::Cool(const Age& limit) {
  cold_.Add(boost::unordered::erase_if(scopes_, [&](const auto& item) {
    const bool old = AgeOf(item.first, item.second) <= limit;
    if (old) members_ -= item.second.members.size();
    return old;
  }));
}

TopMemory::Scope* TopMemory::FindScope(const Hash128& key) {
  if (const auto found = scopes_.find(key); found != scopes_.end()) return &found->second;
  const std::optional<std::string> record = cold_.Take(key);
  if (!record) return nullptr;
  Scope& scope = scopes_[key];
  if (!ReadScope(*record, &scope)) cold_.Fail(DamagedRecords(spec_.id));
  members_ += scope.members.size();
  return &scope;
}

// False: it does not hold together.
bool TopMemory::ReadScope(std::string_view value, Scope* scope) {
  RecordReader in(value);
  scope->first_seen = in.U32();
  scope->day = in.Day();
  for (size_t i = in.Count(); i > 0; --i) scope->top_yesterday.insert(in.Hash());
  for (size_t i = in.Count(); i > 0; --i) {
    Member& member = scope->members[in.Hash()];
    member.newest = in.SignedDay();
    for (size_t days = in.Count(); days > 0; --days) {
      const size_t day = in.U8();
      const auto count = static_cast<uint32_t>(in.Var());
      if (day >= member.days.size()) continue;
      member.days[day] = count;
      member.total += count;
    }
  }
  return in.done();
}

void TopMemory::SaveChanges(StatePart part) {
  const bool any =
      SaveChanged(changes_, part, 's', FindIn(scopes_), [](const Scope& scope, RecordWriter& out) {
        out.U32(scope.first_seen).I64(scope.day);
        std::vector<Hash128> names(scope.top_yesterday.begin(), scope.top_yesterday.end());
        std::sort(names.begin(), names.end());
        out.Var(names.size());
        for (const Hash128& name : names) out.Hash(name);
        names.clear();
        for (const auto& [name, member] : scope.members) names.push_back(name);
        std::sort(names.begin(), names.end());
        out.Var(names.size());
        for (const Hash128& name : names) {
          const Member& member = scope.members.at(name);
          out.Hash(name).Signed(member.newest);
          out.Var(static_cast<uint64_t>(std::count_if(member.days.begin(), member.days.end(),
                                                      [](uint32_t n) { return n > 0; })));
          for (size_t day = 0; day < member.days.size(); ++day) {
            if (member.days[day] > 0) out.U8(static_cast<uint8_t>(day)).Var(member.days[day]);
          }
        }
      });
  if (!any) return;
  std::string value;
  RecordWriter(value).Time(since_).U8(trained_).U64(scopes_.size() + cold_.count()).U64(evictions_);
  part.Put('m', "", value);
}

Result<void> TopMemory::Load(const StateView& view, const std::string& prefix,
                             StateDamage& damage) {
  uint64_t broken = 0, want = 0;
  Result<void> read = view.ForEach(prefix, [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    if (key == "m") {
      since_ = in.Time();
      trained_ = in.U8() != 0;
      want = in.U64();
      evictions_ = in.U64();
      broken += !in.done();
      return;
    }
    Scope scope;
    if (key.size() != 17 || !ReadScope(value, &scope)) {
      ++broken;
    } else if (cold_.is_open()) {
      cold_.Add();
    } else {
      members_ += scope.members.size();
      scopes_[KeyHash(key.substr(1))] = std::move(scope);
    }
  });
  const uint64_t lost = broken + (want - std::min<uint64_t>(want, scopes_.size() + cold_.count()));
  damage.Add(lost, fmt::format("{} records of model {}", lost, spec_.id));
  return read;
}

size_t TopMemory::bytes() const {
  size_t bytes = 0;
  for (const auto& [key, scope] : scopes_)
    bytes += sizeof(Scope) + scope.members.bucket_count() * sizeof(Member);
  return bytes;
}

}  // namespace vedette
