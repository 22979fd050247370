#include "model/value_memory.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/record.h"

namespace vedette {
namespace {

constexpr Nanoseconds kSettledAge{14 * kNanosPerDay};
constexpr Nanoseconds kActiveWithin{30 * kNanosPerDay};
// What memory is taken to cost, all in: a table's entry when it is two thirds full, and a scope
// with its place in the index and a few distinct counts.
constexpr uint64_t kEntryCost = 64;
constexpr uint64_t kScopeCost = 256;
// What a record says of the size of a table is a hint: it may be damaged.
constexpr uint64_t kMostReserved = 1 << 22;

}  // namespace

Answer ValueMemory::Ask(const Probe& probe) {
  Answer answer;
  answer.asked = true;
  answer.trained = trained_;
  answer.model_since = since_;
  if (spec_.needs_value_age) {
    if (const Entry* value = values_.Find(probe.value)) {
      answer.value_since_known = true;
      answer.value_since = FromMinutes(value->first_seen);
    }
  }
  const auto found = scope_index_.find(probe.scope);
  if (found == scope_index_.end()) return answer;
  Scope& scope = scopes_[found->second];
  answer.scope_known = true;
  answer.scope_since = FromMinutes(scope.first_seen);
  answer.active_days = scope.active_days;
  answer.saturated = scope.saturated;

  if (Entry* entry = entries_.Find(Combine(probe.scope, probe.value))) {
    answer.first_seen = FromMinutes(entry->first_seen);
    answer.last_seen = FromMinutes(entry->last_seen);
    if (Forgotten(entry->last_seen, ToMinutes(probe.time))) {
      answer.forgotten = true;
      if (spec_.kind == ModelKind::kCategorical) Forget(*entry);
    } else {
      answer.seen = entry->count;
    }
  }
  answer.total = scope.total;
  answer.distinct = scope.distinct;
  if (spec_.kind == ModelKind::kCategorical) {
    answer.converged = spec_.convergence.IsOpen(scope.total, scope.distinct);
    if (answer.converged && answer.seen > 0)
      answer.threshold = scope.counts.Threshold(spec_.percentile_ppm);
  }
  return answer;
}

bool ValueMemory::IsSettled(const Hash128& scope, Timestamp now) const {
  const auto found = scope_index_.find(scope);
  if (found == scope_index_.end()) return false;
  const Scope& known = scopes_[found->second];
  return now - FromMinutes(known.first_seen) >= kSettledAge &&
         now - FromMinutes(known.last_seen) <= kActiveWithin;
}

bool ValueMemory::Knows(const Hash128& scope, const Hash128& value, Timestamp now) {
  const Entry* entry = entries_.Find(Combine(scope, value));
  return entry != nullptr && entry->count > 0 && !Forgotten(entry->last_seen, ToMinutes(now));
}

ValueMemory::Scope& ValueMemory::ScopeOf(const Probe& probe, uint32_t* index) {
  const auto next =
      free_numbers_.empty() ? static_cast<uint32_t>(scopes_.size()) : free_numbers_.back();
  const auto [at, added] = scope_index_.try_emplace(probe.scope, next);
  if (added) {
    if (free_numbers_.empty()) {
      scopes_.emplace_back();
    } else {
      free_numbers_.pop_back();
    }
    scopes_[next].key = probe.scope;
    scopes_[next].first_seen = ToMinutes(probe.time);
  }
  *index = at->second;
  return scopes_[at->second];
}

void ValueMemory::Train(const Probe& probe) {
  const Minutes now = ToMinutes(probe.time);
  if (!trained_ || probe.time < since_) since_ = probe.time;
  trained_ = true;
  changed_ = true;

  uint32_t index = 0;
  Scope& scope = ScopeOf(probe, &index);
  Touch(index);
  scope.first_seen = std::min(scope.first_seen, now);
  scope.last_seen = std::max(scope.last_seen, now);
  const auto day = static_cast<uint32_t>(std::max<int64_t>(probe.local_day, 0));
  if (scope.active_days == 0 || day > scope.last_active_day) {
    ++scope.active_days;
    scope.last_active_day = day;
  }

  if (spec_.needs_value_age) {
    Entry* value = values_.Find(probe.value);
    if (value == nullptr) {
      value = &values_.Insert(probe.value);
      value->first_seen = now;
    }
    values_.Touch(*value);
    value->first_seen = std::min(value->first_seen, now);
    value->last_seen = std::max(value->last_seen, now);
  }

  const Hash128 key = Combine(probe.scope, probe.value);
  Entry* entry = entries_.Find(key);
  if (entry != nullptr && Forgotten(entry->last_seen, now) && spec_.kind == ModelKind::kCategorical)
    Forget(*entry);
  if (entry == nullptr) {
    if (scope.distinct >= spec_.max_values) EvictOldest(index);
    entry = &entries_.Insert(key);
    entry->scope = index;
    entry->first_seen = entry->last_seen = now;
  } else if (entry->count == 0) {
    entry->first_seen = entry->last_seen = now;
  }
  entries_.Touch(*entry);
  if (entry->count == 0) ++scope.distinct;
  if (spec_.kind == ModelKind::kCategorical) scope.counts.Move(entry->count, entry->count + 1);
  entry->first_seen = std::min(entry->first_seen, now);
  entry->last_seen = std::max(entry->last_seen, now);
  ++entry->count;
  ++scope.total;
  if (!scope.saturated) return;
  const auto at = age_queues_.find(index);
  if (at == age_queues_.end()) return;
  if (scope.distinct < spec_.max_values) {
    age_queues_.erase(at);  // made again when the scope is at its cap once more
    return;
  }
  AgeQueue& queue = at->second;
  queue.emplace(entry->last_seen, key);
  // Values that are seen again and again leave stale items behind.
  if (queue.size() > 2 * size_t{spec_.max_values} + 1000) FillAgeQueue(index);
}

// Takes a forgotten value out of its scope's counts; the empty entry stays until the day closes or
// the value returns.
void ValueMemory::Forget(Entry& entry) {
  if (entry.count == 0) return;
  entries_.Touch(entry);
  Scope& scope = scopes_[entry.scope];
  scope.total -= entry.count;
  --scope.distinct;
  if (spec_.kind == ModelKind::kCategorical) scope.counts.Move(entry.count, 0);
  entry.count = 0;
}

void ValueMemory::EvictOldest(uint32_t index) {
  Scope& scope = scopes_[index];
  if (!scope.saturated) Touch(index);
  if (!scope.saturated || !age_queues_.contains(index)) FillAgeQueue(index);
  scope.saturated = true;
  AgeQueue& queue = age_queues_[index];
  while (!queue.empty()) {
    const auto [last_seen, key] = *queue.begin();
    queue.erase(queue.begin());
    Entry* entry = entries_.Find(key);
    if (entry == nullptr || entry->count == 0 || entry->last_seen != last_seen) continue;
    Forget(*entry);
    entries_.Erase(entry);
    ++evictions_;
    return;
  }
}

void ValueMemory::CloseDay(int64_t day) {
  const Minutes now = ToMinutes({(day + 1) * kNanosPerDay});
  const bool halve = spec_.halve_every_days > 0 && (day + 1) % spec_.halve_every_days == 0;
  // A profile keeps a forgotten value as long again, to say how long ago it was known.
  const int64_t keep = spec_.memory.count() * (spec_.kind == ModelKind::kProfile ? 2 : 1);
  const size_t dropped = entries_.EraseIf([&](Entry& entry) {
    if (halve && entry.count > 0) {
      entries_.Touch(entry);
      Scope& scope = scopes_[entry.scope];
      const uint32_t half = entry.count / 2;
      scope.counts.Move(entry.count, half);
      scope.total -= entry.count - half;
      if (half == 0) --scope.distinct;
      entry.count = half;
    }
    const bool old = now > entry.last_seen &&
                     static_cast<int64_t>(now - entry.last_seen) * kNanosPerMinute > keep;
    if (old) Forget(entry);
    return old || (entry.count == 0 && spec_.kind == ModelKind::kCategorical);
  });
  if (dropped > 0) changed_ = true;
}

void ValueMemory::Touch(uint32_t scope) {
  if (!tracks_changes_ || scopes_[scope].changed) return;
  scopes_[scope].changed = true;
  changed_scopes_.push_back(scope);
}

void ValueMemory::TrackChanges() {
  tracks_changes_ = true;
  entries_.TrackChanges();
  values_.TrackChanges();
}

void ValueMemory::SaveChanges(StatePart part) {
  std::string value;
  const auto save = [&](char kind) {
    return [&, kind](const Hash128& key, const Entry* entry) {
      if (entry == nullptr) return part.Erase(kind, key);
      value.clear();
      RecordWriter(value)
          .U32(entry->first_seen)
          .U32(entry->last_seen)
          .U32(entry->count)
          .U32(entry->scope);
      part.Put(kind, key, value);
    };
  };
  entries_.TakeChanged(save('e'));
  values_.TakeChanged(save('v'));
  std::sort(changed_scopes_.begin(), changed_scopes_.end());
  for (uint32_t index : changed_scopes_) {
    Scope& scope = scopes_[index];
    scope.changed = false;
    std::string number;
    AppendKeyNumber(number, index);
    if (scope.key == Hash128{}) {
      part.Erase('s', number);
      continue;
    }
    value.clear();
    RecordWriter(value)
        .Hash(scope.key)
        .U32(scope.first_seen)
        .U32(scope.last_seen)
        .U32(scope.active_days)
        .U32(scope.last_active_day)
        .U8(scope.saturated);
    part.Put('s', number, value);
  }
  changed_scopes_.clear();
  if (!changed_) return;
  changed_ = false;
  value.clear();
  RecordWriter(value)
      .Time(since_)
      .U64(evictions_)
      .U64(scopes_.size())
      .U64(scope_index_.size())
      .U64(entries_.size())
      .U64(values_.size());
  part.Put('m', "", value);
}

Result<void> ValueMemory::Load(const StateView& view, const std::string& prefix,
                               StateDamage& damage) {
  uint64_t broken = 0;
  uint64_t numbers = 0, want_scopes = 0, want_entries = 0, want_values = 0;
  Result<void> read = view.ForEach(prefix + "m", [&](std::string_view, std::string_view value) {
    RecordReader reader(value);
    since_ = reader.Time();
    evictions_ = reader.U64();
    numbers = reader.U64();
    want_scopes = reader.U64();
    want_entries = reader.U64();
    want_values = reader.U64();
    trained_ = reader.done();
    broken += !reader.done();
  });
  if (!read) return read;
  read = view.ForEach(prefix + "s", [&](std::string_view key, std::string_view value) {
    RecordReader reader(value);
    Scope scope;
    scope.key = reader.Hash();
    scope.first_seen = reader.U32();
    scope.last_seen = reader.U32();
    scope.active_days = reader.U32();
    scope.last_active_day = reader.U32();
    scope.saturated = reader.U8() != 0;
    const uint32_t number = KeyNumber(key);
    if (!reader.done() || number < scopes_.size() || number >= numbers) {
      ++broken;
      return;
    }
    for (uint32_t free = static_cast<uint32_t>(scopes_.size()); free < number; ++free)
      free_numbers_.push_back(free);
    scopes_.resize(number);
    scopes_.push_back(scope);
    scope_index_[scope.key] = number;
  });
  if (!read) return read;
  const auto load = [&](EntryTable& table, bool scoped) {
    return [&, scoped](std::string_view key, std::string_view value) {
      RecordReader reader(value);
      Entry entry;
      entry.key = KeyHash(key);
      entry.first_seen = reader.U32();
      entry.last_seen = reader.U32();
      entry.count = reader.U32();
      const uint32_t number = reader.U32();
      const bool known =
          !scoped || (number < scopes_.size() && scope_index_.contains(scopes_[number].key));
      if (!reader.done() || !entry.used() || !known || table.Find(entry.key) != nullptr) {
        ++broken;
        return;
      }
      entry.scope = number & 0x7fffffff;
      table.Insert(entry.key) = entry;
      if (!scoped || entry.count == 0) return;
      Scope& scope = scopes_[number];
      scope.total += entry.count;
      ++scope.distinct;
      if (spec_.kind == ModelKind::kCategorical) scope.counts.Move(0, entry.count);
    };
  };
  entries_.Reserve(std::min<uint64_t>(want_entries, kMostReserved));
  values_.Reserve(std::min<uint64_t>(want_values, kMostReserved));
  read = view.ForEach(prefix + "e", load(entries_, true));
  if (!read) return read;
  read = view.ForEach(prefix + "v", load(values_, false));
  if (!read) return read;

  if (!trained_ && entries_.size() > 0) ++broken;
  const uint64_t lost = broken +
                        (want_scopes - std::min<uint64_t>(want_scopes, scope_index_.size())) +
                        (want_entries - std::min<uint64_t>(want_entries, entries_.size())) +
                        (want_values - std::min<uint64_t>(want_values, values_.size()));
  damage.Add(lost, fmt::format("{} records of model {}", lost, spec_.id));
  if (lost > 0) {
    // Nobody knows whose values are missing, so nobody may claim that something is new.
    for (uint32_t i = 0; i < scopes_.size(); ++i) {
      scopes_[i].saturated = true;
      Touch(i);
    }
    changed_ = true;
  }
  FillAgeQueues();
  return {};
}

// Only scopes at their cap need one.
void ValueMemory::FillAgeQueues() {
  const auto at_cap = [&](uint32_t scope) {
    return scopes_[scope].saturated && scopes_[scope].distinct >= spec_.max_values;
  };
  entries_.ForEach([&](const Entry& entry) {
    if (entry.count > 0 && at_cap(entry.scope))
      age_queues_[entry.scope].emplace(entry.last_seen, entry.key);
  });
}

void ValueMemory::FillAgeQueue(uint32_t scope) {
  AgeQueue& queue = age_queues_[scope];
  queue.clear();
  entries_.ForEach([&](const Entry& entry) {
    if (entry.scope == scope && entry.count > 0) queue.emplace(entry.last_seen, entry.key);
  });
}

uint64_t ValueMemory::accounted_bytes() const {
  return entry_count() * kEntryCost + scope_index_.size() * kScopeCost;
}

void ValueMemory::VisitUnits(const VisitUnit& visit) const {
  const auto entry = [&](const Entry& e) { visit({e.last_seen, e.key}, kEntryCost); };
  entries_.ForEach(entry);
  values_.ForEach(entry);
  for (const Scope& scope : scopes_) {
    if (scope.key != Hash128{}) visit({scope.last_seen, kAfterValues}, kScopeCost);
  }
}

// A scope that lost values is saturated; one that was last seen before all that stays goes whole.
uint64_t ValueMemory::Evict(const Age& limit) {
  uint64_t gone = entries_.EraseIf([&](Entry& entry) {
    if (Age{entry.last_seen, entry.key} > limit) return false;
    Forget(entry);
    scopes_[entry.scope].saturated = true;
    Touch(entry.scope);
    return true;
  });
  gone += values_.EraseIf([&](Entry& entry) { return Age{entry.last_seen, entry.key} <= limit; });
  for (uint32_t i = 0; i < scopes_.size(); ++i) {
    Scope& scope = scopes_[i];
    if (scope.key == Hash128{} || Age{scope.last_seen, kAfterValues} > limit) continue;
    Touch(i);
    scope_index_.erase(scope.key);
    age_queues_.erase(i);
    const bool changed = scope.changed;
    scope = Scope();
    scope.changed = changed;
    free_numbers_.push_back(i);
    ++gone;
  }
  evictions_ += gone;
  changed_ = changed_ || gone > 0;
  return gone;
}

ValueMemory::Size ValueMemory::size() const {
  Size size;
  size.scopes = scopes_.size();
  size.entries = entries_.size();
  size.evictions = evictions_;
  size.bytes = entries_.bytes() + values_.bytes() + scopes_.capacity() * sizeof(Scope) +
               scope_index_.bucket_count() * sizeof(std::pair<Hash128, uint32_t>);
  for (const Scope& scope : scopes_) size.bytes += scope.counts.bytes();
  return size;
}

}  // namespace vedette
