#include "model/top.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include <fmt/format.h>

#include "core/record.h"
#include "model/count_histogram.h"

namespace vedette {
TopMemory::Done TopMemory::Done::Of(const Hash128& member, uint32_t count) {
  Done done;
  std::memcpy(done.member, &member, sizeof(done.member));
  done.count = count;
  return done;
}

Hash128 TopMemory::Done::key() const {
  Hash128 key;
  std::memcpy(&key, member, sizeof(key));
  return key;
}

std::vector<uint32_t> TopMemory::CountsOf(const Scope& scope) {
  std::vector<uint32_t> counts;
  counts.reserve(scope.totals.size());
  for (const auto& [member, total] : scope.totals) counts.push_back(total);
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

// Takes days out of the totals that lie before that one.
void TopMemory::DropBefore(Scope& scope, int64_t day) {
  size_t dropped = 0;
  for (; dropped < scope.days.size() && scope.days[dropped].day < day; ++dropped) {
    for (const Done& done : scope.days[dropped].done) {
      const auto total = scope.totals.find(done.key());
      total->second -= done.count;
      if (total->second == 0) scope.totals.erase(total);
    }
    scope.done -= scope.days[dropped].done.size();
  }
  scope.days.erase(scope.days.begin(), scope.days.begin() + static_cast<std::ptrdiff_t>(dropped));
}

// When a day is over, remembers who was on top of it, and moves the window on.
bool TopMemory::Advance(Scope& scope, int64_t day) {
  if (day <= scope.day) return false;
  bytes_ -= CostOf(scope);
  if (scope.day != INT64_MIN) {
    Day over{scope.day, {}};
    over.done.reserve(scope.today.size());
    for (const auto& [member, count] : scope.today) over.done.push_back(Done::Of(member, count));
    std::sort(over.done.begin(), over.done.end(),
              [](const Done& a, const Done& b) { return a.key() < b.key(); });
    scope.done += over.done.size();
    if (!over.done.empty()) scope.days.push_back(std::move(over));
    scope.today = Counts();
    DropBefore(scope, day - kDays);  // the thirty days up to yesterday
    const uint64_t limit = Limit(CountsOf(scope), spec_.rank_by_percentile);
    scope.top_yesterday.clear();
    for (const auto& [member, total] : scope.totals) {
      if (limit > 0 && total >= limit) scope.top_yesterday.insert(member);
    }
  }
  DropBefore(scope, day - kDays + 1);
  scope.day = day;
  bytes_ += CostOf(scope);
  return true;
}

// The day is within the window.
void TopMemory::Add(Scope& scope, int64_t day, const Hash128& member, uint32_t count) {
  scope.totals[member] += count;
  if (day == scope.day) {
    scope.today[member] += count;
    return;
  }
  auto at = std::lower_bound(scope.days.begin(), scope.days.end(), day,
                             [](const Day& d, int64_t wanted) { return d.day < wanted; });
  if (at == scope.days.end() || at->day != day) at = scope.days.insert(at, {day, {}});
  const auto place =
      std::lower_bound(at->done.begin(), at->done.end(), member,
                       [](const Done& d, const Hash128& wanted) { return d.key() < wanted; });
  if (place != at->done.end() && place->key() == member) {
    place->count += count;
    return;
  }
  at->done.insert(place, Done::Of(member, count));
  ++scope.done;
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

  std::vector<uint32_t> counts = CountsOf(scope);
  const auto member = scope.totals.find(probe.value);
  const uint32_t before = member == scope.totals.end() ? 0 : member->second;
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
  if (known == nullptr) {
    scope.first_seen = ToMinutes(probe.time);
    bytes_ += CostOf(scope);
  }
  scope.first_seen = std::min(scope.first_seen, ToMinutes(probe.time));
  const int64_t day = probe.time.days();
  Advance(scope, day);
  if (day <= scope.day - kDays) return;  // late beyond the thirty days
  bytes_ -= CostOf(scope);
  Add(scope, day, probe.value, 1);
  bytes_ += CostOf(scope);
}

void TopMemory::VisitUnits(const VisitUnit& visit) const {
  for (const auto& [key, scope] : scopes_) visit(AgeOf(key, scope), CostOf(scope));
}

uint64_t TopMemory::Evict(const Age& limit) {
  const uint64_t gone = boost::unordered::erase_if(scopes_, [&](const auto& item) {
    const bool old = AgeOf(item.first, item.second) <= limit;
    if (!old) return false;
    changes_.Add(item.first);
    bytes_ -= CostOf(item.second);
    return true;
  });
  evictions_ += gone;
  return gone;
}

void TopMemory::Cool(const Age& limit) {
  cold_.Add(boost::unordered::erase_if(scopes_, [&](const auto& item) {
    const bool old = AgeOf(item.first, item.second) <= limit;
    if (old) bytes_ -= CostOf(item.second);
    return old;
  }));
}

TopMemory::Scope* TopMemory::FindScope(const Hash128& key) {
  if (const auto found = scopes_.find(key); found != scopes_.end()) return &found->second;
  const std::optional<std::string> record = cold_.Take(key);
  if (!record) return nullptr;
  Scope& scope = scopes_[key];
  if (!ReadScope(*record, &scope)) cold_.FailDamaged(spec_.id);
  bytes_ += CostOf(scope);
  return &scope;
}

// False: it does not hold together.
bool TopMemory::ReadScope(std::string_view value, Scope* scope) {
  RecordReader in(value);
  scope->first_seen = in.U32();
  scope->day = in.Day();
  for (size_t i = in.Count(); i > 0; --i) scope->top_yesterday.insert(in.Hash());
  for (size_t i = in.Count(); i > 0; --i) {
    const Hash128 member = in.Hash();
    const int64_t newest = in.SignedDay();
    for (size_t days = in.Count(); days > 0; --days) {
      const int64_t slot = in.U8();
      const auto count = static_cast<uint32_t>(in.Var());
      if (scope->day < 0 || newest < 0 || slot >= kDays || count == 0) continue;
      const int64_t day = newest - (newest - slot + kDays) % kDays;
      if (day > scope->day - kDays && day <= scope->day) Add(*scope, day, member, count);
    }
  }
  return in.done() && scope->day >= 0;
}

// A count, then each member: when the window ends, on how many days it did something, and each by
// its number modulo thirty.
void TopMemory::WriteMembers(const Scope& scope, RecordWriter& out) {
  struct Item {
    Hash128 member;
    uint8_t slot;
    uint32_t count;
  };
  std::vector<Item> items;
  items.reserve(scope.done + scope.today.size());
  const auto slot_of = [](int64_t day) {
    return static_cast<uint8_t>(((day % kDays) + kDays) % kDays);
  };
  for (const Day& day : scope.days) {
    for (const Done& done : day.done) items.push_back({done.key(), slot_of(day.day), done.count});
  }
  for (const auto& [member, count] : scope.today)
    items.push_back({member, slot_of(scope.day), count});
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return std::tie(a.member, a.slot) < std::tie(b.member, b.slot);
  });
  out.Var(scope.totals.size());
  for (size_t i = 0; i < items.size();) {
    size_t end = i;
    while (end < items.size() && items[end].member == items[i].member) ++end;
    out.Hash(items[i].member).Signed(scope.day).Var(end - i);
    for (; i < end; ++i) out.U8(items[i].slot).Var(items[i].count);
  }
}

void TopMemory::SaveChanges(StatePart part) {
  const bool any =
      SaveChanged(changes_, part, 's', FindIn(scopes_), [](const Scope& scope, RecordWriter& out) {
        out.U32(scope.first_seen).I64(scope.day);
        std::vector<Hash128> names(scope.top_yesterday.begin(), scope.top_yesterday.end());
        std::sort(names.begin(), names.end());
        out.Var(names.size());
        for (const Hash128& name : names) out.Hash(name);
        WriteMembers(scope, out);
      });
  if (!any && !recount_) return;
  recount_ = false;
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
      damage.keys.push_back(prefix + std::string(key));
    } else if (cold_.is_open()) {
      cold_.Add();
    } else {
      bytes_ += CostOf(scope);
      scopes_[KeyHash(key.substr(1))] = std::move(scope);
    }
  });
  const uint64_t found = scopes_.size() + cold_.count();
  const uint64_t lost = std::max(broken, want - std::min(want, found));
  damage.Add(lost, fmt::format("{} records of model {}", lost, spec_.id));
  recount_ = lost > 0 && trained_;
  return read;
}

size_t TopMemory::bytes() const {
  size_t bytes = 0;
  for (const auto& [key, scope] : scopes_) {
    bytes += sizeof(Scope) + scope.done * sizeof(Done) + scope.days.capacity() * sizeof(Day) +
             (scope.totals.bucket_count() + scope.today.bucket_count()) *
                 sizeof(std::pair<Hash128, uint32_t>);
  }
  return bytes;
}

}  // namespace vedette
