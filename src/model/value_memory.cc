#include "model/value_memory.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/check.h"
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

void WriteEntry(std::string& out, const Entry& entry) {
  RecordWriter(out).U32(entry.first_seen).U32(entry.last_seen).U32(entry.count);
}

void ReadEntry(RecordReader& in, Entry* entry) {
  entry->first_seen = in.U32();
  entry->last_seen = in.U32();
  entry->count = in.U32();
}

}  // namespace

Answer ValueMemory::Ask(const Probe& probe) {
  Answer answer;
  answer.asked = true;
  answer.trained = trained_;
  answer.model_since = since_;
  if (spec_.needs_value_age) {
    if (const Entry* value = FindValueAge(probe.value)) {
      answer.value_since_known = true;
      answer.value_since = FromMinutes(value->first_seen);
    }
  }
  uint32_t number = 0;
  const Scope* found = FindScope(probe.scope, &number);
  if (found == nullptr) return answer;
  const Scope& scope = *found;
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

bool ValueMemory::IsSettled(const Hash128& scope, Timestamp now) {
  uint32_t number = 0;
  const Scope* known = FindScope(scope, &number);
  return known != nullptr && now - FromMinutes(known->first_seen) >= kSettledAge &&
         now - FromMinutes(known->last_seen) <= kActiveWithin;
}

bool ValueMemory::Knows(const Hash128& scope, const Hash128& value, Timestamp now) {
  uint32_t number = 0;
  if (cold_scopes_.any() && FindScope(scope, &number) == nullptr) return false;
  const Entry* entry = entries_.Find(Combine(scope, value));
  return entry != nullptr && entry->count > 0 && !Forgotten(entry->last_seen, ToMinutes(now));
}

ValueMemory::Scope* ValueMemory::FindScope(const Hash128& key, uint32_t* number) {
  const auto found = scope_index_.find(key);
  if (found == scope_index_.end()) return cold_scopes_.any() ? Return(key, number) : nullptr;
  *number = found->second;
  return &scopes_[found->second];
}

Entry* ValueMemory::FindValueAge(const Hash128& value) {
  Entry* found = values_.Find(value);
  if (found != nullptr || !cold_values_.any()) return found;
  const std::optional<std::string> record = cold_values_.Take(value);
  if (!record) return nullptr;
  Entry entry;
  RecordReader in(*record);
  ReadEntry(in, &entry);
  if (!in.done()) {
    cold_values_.FailDamaged(spec_.id);
    return nullptr;
  }
  entry.key = value;
  return &(values_.Insert(value) = entry);
}

// A number that is free, with an empty scope of that key.
uint32_t ValueMemory::NewNumber(const Hash128& key) {
  auto number = static_cast<uint32_t>(scopes_.size());
  if (free_numbers_.empty()) {
    scopes_.emplace_back();
  } else {
    number = free_numbers_.back();
    free_numbers_.pop_back();
  }
  scopes_[number].key = key;
  scope_index_[key] = number;
  return number;
}

ValueMemory::Scope& ValueMemory::ScopeOf(const Probe& probe, uint32_t* index) {
  if (Scope* known = FindScope(probe.scope, index)) return *known;
  *index = NewNumber(probe.scope);
  scopes_[*index].first_seen = ToMinutes(probe.time);
  return scopes_[*index];
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
    Entry* value = FindValueAge(probe.value);
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
    ++scope.entries;
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
  Touch(entry.scope);
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
    NoteErased(*entry);
    entries_.Erase(entry);
    ++evictions_;
    return;
  }
}

void ValueMemory::BeginAfter(int64_t day) {
  if (closed_day_ != INT64_MIN) return;
  closed_day_ = day;
  changed_ = true;
}

void ValueMemory::CloseDay(int64_t day) {
  const bool halve = spec_.halve_every_days > 0 && (day + 1) % spec_.halve_every_days == 0;
  closed_day_ = day;
  changed_ = true;
  entries_.EraseIf([&](Entry& entry) {
    if (halve && entry.count > 0) {
      entries_.Touch(entry);
      Touch(entry.scope);  // its record says up to which day its counts were halved
      Scope& scope = scopes_[entry.scope];
      const uint32_t half = entry.count / 2;
      scope.counts.Move(entry.count, half);
      scope.total -= entry.count - half;
      if (half == 0) --scope.distinct;
      entry.count = half;
    }
    const bool old = IsOver(entry, day);
    if (old) Forget(entry);
    if (!old && (entry.count > 0 || spec_.kind != ModelKind::kCategorical)) return false;
    NoteErased(entry);
    return true;
  });
}

// Whether nothing of it is kept any more when the day closes. A profile keeps a forgotten value as
// long again, to say how long ago it was known.
bool ValueMemory::IsOver(const Entry& entry, int64_t day) const {
  const Minutes now = ToMinutes({(day + 1) * kNanosPerDay});
  const int64_t keep = spec_.memory.count() * (spec_.kind == ModelKind::kProfile ? 2 : 1);
  return now > entry.last_seen &&
         static_cast<int64_t>(now - entry.last_seen) * kNanosPerMinute > keep;
}

bool ValueMemory::CatchUp(Entry& entry, int64_t closed_day) const {
  if (closed_day_ <= closed_day) return true;
  if (const int64_t every = spec_.halve_every_days; every > 0 && entry.count > 0) {
    const int64_t times =
        Timestamp::FloorDiv(closed_day_ + 1, every) - Timestamp::FloorDiv(closed_day + 1, every);
    entry.count = times < 32 ? entry.count >> times : 0;
  }
  return !IsOver(entry, closed_day_) && (entry.count > 0 || spec_.kind != ModelKind::kCategorical);
}

bool ValueMemory::Adopt(Entry entry, uint32_t number, int64_t closed_day) {
  Scope& scope = scopes_[number];
  const uint32_t saved = entry.count;
  entry.scope = number & 0x7fffffff;
  if (!CatchUp(entry, closed_day)) {
    if (tracks_changes_) erased_.push_back({scope.key, entry.key});
    return false;
  }
  Entry& kept = entries_.Insert(entry.key) = entry;
  if (entry.count != saved) {
    entries_.Touch(kept);
    Touch(number);
  }
  ++scope.entries;
  if (entry.count == 0) return true;
  scope.total += entry.count;
  ++scope.distinct;
  if (spec_.kind == ModelKind::kCategorical) scope.counts.Move(0, entry.count);
  return true;
}

void ValueMemory::NoteErased(const Entry& entry) {
  Scope& scope = scopes_[entry.scope];
  --scope.entries;
  if (tracks_changes_) erased_.push_back({scope.key, entry.key});
}

ValueMemory::Scope* ValueMemory::Return(const Hash128& key, uint32_t* number) {
  const std::optional<std::string> record = cold_scopes_.Take(key);
  if (!record) return nullptr;
  RecordReader in(*record);
  Scope saved;
  const int64_t closed_day = ReadScope(in, &saved);
  bool good = in.done();
  *number = NewNumber(key);
  saved.key = key;
  scopes_[*number] = saved;
  AgeQueue ages;  // only a scope at its cap needs them
  std::string prefix = cold_prefix_;
  AppendKeyHash(prefix, key);
  const Result<void> read =
      cold_view_->ForEach(prefix, [&](std::string_view rest, std::string_view value) {
        Entry entry;
        entry.key = KeyHash(rest);
        RecordReader fields(value);
        ReadEntry(fields, &entry);
        if (!fields.done() || !entry.used() || cold_entries_ == 0) {
          good = false;
          return;
        }
        --cold_entries_;
        if (Adopt(entry, *number, closed_day) && saved.saturated && entry.count > 0)
          ages.emplace(entry.last_seen, entry.key);
      });
  if (!read) cold_scopes_.Fail(read.error());
  if (!good) cold_scopes_.FailDamaged(spec_.id);
  Scope& scope = scopes_[*number];
  if (scope.saturated && scope.distinct >= spec_.max_values) age_queues_[*number] = std::move(ages);
  return &scope;
}

void ValueMemory::KeepCold(const StateView& view, const std::string& prefix) {
  cold_scopes_.Open(view, prefix);
  cold_values_.Open(view, prefix);
  cold_view_ = &view;
  cold_prefix_ = prefix + 'e';
}

void ValueMemory::Cool(const Age& limit) {
  std::vector<bool> cold(scopes_.size(), false);
  uint64_t count = 0;
  for (uint32_t i = 0; i < scopes_.size(); ++i) {
    Scope& scope = scopes_[i];
    if (scope.key == Hash128{} || Age{scope.last_seen, scope.key} > limit) continue;
    CHECK(!scope.changed);
    cold[i] = true;
    ++count;
    scope_index_.erase(scope.key);
    age_queues_.erase(i);
    scope = Scope();
    free_numbers_.push_back(i);
  }
  if (count > 0)
    cold_entries_ += entries_.TakeOut([&](const Entry& entry) { return cold[entry.scope]; });
  cold_scopes_.Add(count);
  cold_values_.Add(values_.TakeOut([&](const Entry& value) {
    return Age{value.last_seen, value.key} <= limit;
  }));
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
  std::string key, value;
  const auto entry_key = [&](const Hash128& scope, const Hash128& entry) {
    key.clear();
    AppendKeyHash(key, scope);
    AppendKeyHash(key, entry);
    return std::string_view(key);
  };
  entries_.TakeChanged([&](const Hash128&, const Entry* entry) {
    if (entry == nullptr) return;  // among the erased
    value.clear();
    WriteEntry(value, *entry);
    part.Put('e', entry_key(scopes_[entry->scope].key, entry->key), value);
  });
  changed_ = changed_ || !erased_.empty() || !erased_scopes_.empty();
  std::sort(erased_.begin(), erased_.end());
  for (const Erased& gone : erased_) {
    if (entries_.Find(gone.entry) == nullptr) part.Erase('e', entry_key(gone.scope, gone.entry));
  }
  erased_.clear();
  values_.TakeChanged([&](const Hash128& hash, const Entry* entry) {
    if (entry == nullptr) return part.Erase('v', hash);
    value.clear();
    WriteEntry(value, *entry);
    part.Put('v', hash, value);
  });
  for (const Hash128& scope : erased_scopes_) {
    if (!scope_index_.contains(scope)) part.Erase('s', scope);
  }
  erased_scopes_.clear();
  std::sort(changed_scopes_.begin(), changed_scopes_.end());
  for (uint32_t number : changed_scopes_) {
    Scope& scope = scopes_[number];
    if (!scope.changed) continue;
    scope.changed = false;
    value.clear();
    RecordWriter(value)
        .U32(scope.first_seen)
        .U32(scope.last_seen)
        .U32(scope.active_days)
        .U32(scope.last_active_day)
        .U8(scope.saturated)
        .I64(closed_day_);
    part.Put('s', scope.key, value);
  }
  changed_scopes_.clear();
  if (!changed_) return;
  changed_ = false;
  value.clear();
  RecordWriter(value)
      .Time(since_)
      .U8(trained_)
      .U64(evictions_)
      .I64(closed_day_)
      .U64(scope_index_.size() + cold_scopes_.count())
      .U64(entries_.size() + cold_entries_)
      .U64(values_.size() + cold_values_.count());
  part.Put('m', "", value);
}

Result<void> ValueMemory::Load(const StateView& view, const std::string& prefix,
                               StateDamage& damage) {
  uint64_t lost = 0;
  Result<void> read;
  if (cold_scopes_.is_open()) {
    read = Survey(view, prefix, &lost);
    if (!read || lost == 0) return read;
    cold_scopes_.Clear();
    cold_values_.Clear();
    cold_entries_ = 0;
  }
  read = LoadAll(view, prefix, damage, &lost);
  damage.Add(lost, fmt::format("{} records of model {}", lost, spec_.id));
  if (!read || lost == 0) return read;
  // Nobody knows whose values are missing, so nobody may claim that something is new.
  for (uint32_t i = 0; i < scopes_.size(); ++i) {
    scopes_[i].saturated = true;
    Touch(i);
  }
  changed_ = true;
  return {};
}

// The model's own record, and how many there should be of each of the others.
Result<void> ValueMemory::LoadModel(const StateView& view, const std::string& prefix,
                                    Counts* want) {
  const Result<std::optional<std::string>> record = view.Get(prefix + 'm');
  if (!record) return Fail(record.error());
  if (!*record) return {};
  RecordReader in(**record);
  since_ = in.Time();
  trained_ = in.U8() != 0;
  evictions_ = in.U64();
  closed_day_ = in.Day();
  want->scopes = in.U64();
  want->entries = in.U64();
  want->values = in.U64();
  want->broken += !in.done();
  return {};
}

// Looks at every record once and leaves all of them where they are.
Result<void> ValueMemory::Survey(const StateView& view, const std::string& prefix, uint64_t* lost) {
  Counts want, found;
  Result<void> read = LoadModel(view, prefix, &want);
  std::vector<Hash128> scopes;  // in order of key, as their entries are
  if (read) {
    read = view.ForEach(prefix + 's', [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      Scope scope;
      ReadScope(in, &scope);
      if (key.size() != sizeof(Hash128) || !in.done()) {
        ++found.broken;
      } else {
        scopes.push_back(KeyHash(key));
      }
    });
  }
  const auto survey = [&](bool scoped, uint64_t* count) {
    return
        [&, scoped, count, at = size_t{0}](std::string_view key, std::string_view value) mutable {
          RecordReader in(value);
          Entry entry;
          ReadEntry(in, &entry);
          bool good = in.done() && key.size() == (scoped ? 2 : 1) * sizeof(Hash128);
          if (good && scoped) {
            const Hash128 scope = KeyHash(key.substr(0, sizeof(Hash128)));
            while (at < scopes.size() && scopes[at] < scope) ++at;
            good = at < scopes.size() && scopes[at] == scope;
          }
          *count += good;
          found.broken += !good;
        };
  };
  if (read) read = view.ForEach(prefix + 'e', survey(true, &found.entries));
  if (read) read = view.ForEach(prefix + 'v', survey(false, &found.values));
  if (!read) return read;
  found.scopes = scopes.size();
  cold_scopes_.Add(found.scopes);
  cold_values_.Add(found.values);
  cold_entries_ = found.entries;
  *lost = want.Missing(found) + (!trained_ && found.entries > 0);
  return {};
}

Result<void> ValueMemory::LoadAll(const StateView& view, const std::string& prefix,
                                  StateDamage& damage, uint64_t* lost) {
  Counts want, found;
  const auto leave_out = [&](char kind, std::string_view key) {
    ++found.broken;
    damage.keys.push_back((prefix + kind).append(key));
  };
  Result<void> read = LoadModel(view, prefix, &want);
  std::vector<int64_t> closed_days;  // by number
  if (read) {
    read = view.ForEach(prefix + 's', [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      Scope scope;
      closed_days.push_back(ReadScope(in, &scope));
      scope.key = KeyHash(key);
      if (scope.key == Hash128{} || !in.done()) {
        closed_days.pop_back();
        leave_out('s', key);
        return;
      }
      scopes_[NewNumber(scope.key)] = scope;
      ++found.scopes;
    });
  }
  entries_.Reserve(std::min<uint64_t>(want.entries, kMostReserved));
  values_.Reserve(std::min<uint64_t>(want.values, kMostReserved));
  if (read) {
    read = view.ForEach(prefix + 'e', [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      Entry entry;
      ReadEntry(in, &entry);
      const auto scope = scope_index_.find(KeyHash(key.substr(0, sizeof(Hash128))));
      if (key.size() == 2 * sizeof(Hash128)) entry.key = KeyHash(key.substr(sizeof(Hash128)));
      if (!in.done() || !entry.used() || scope == scope_index_.end() ||
          entries_.Find(entry.key) != nullptr) {
        leave_out('e', key);
        return;
      }
      ++found.entries;
      Adopt(entry, scope->second, closed_days[scope->second]);
    });
  }
  if (read) {
    read = view.ForEach(prefix + 'v', [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      Entry entry;
      ReadEntry(in, &entry);
      entry.key = KeyHash(key);
      if (!in.done() || !entry.used()) {
        leave_out('v', key);
        return;
      }
      ++found.values;
      values_.Insert(entry.key) = entry;
    });
  }
  if (!read) return read;
  *lost = want.Missing(found) + (!trained_ && entries_.size() > 0);
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

// Returns the day up to which its counts were halved.
int64_t ValueMemory::ReadScope(RecordReader& in, Scope* scope) {
  scope->first_seen = in.U32();
  scope->last_seen = in.U32();
  scope->active_days = in.U32();
  scope->last_active_day = in.U32();
  scope->saturated = in.U8() != 0;
  return in.Day();
}

uint64_t ValueMemory::CostOf(const Scope& scope) const {
  return kScopeCost + scope.entries * kEntryCost;
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

void ValueMemory::VisitScopes(const VisitUnit& visit) const {
  for (const Scope& scope : scopes_) {
    if (scope.key != Hash128{}) visit({scope.last_seen, scope.key}, CostOf(scope));
  }
  values_.ForEach([&](const Entry& e) { visit({e.last_seen, e.key}, kEntryCost); });
}

// A scope that lost values is saturated; one that was last seen before all that stays goes whole.
uint64_t ValueMemory::Evict(const Age& limit) {
  uint64_t gone = entries_.EraseIf([&](Entry& entry) {
    if (Age{entry.last_seen, entry.key} > limit) return false;
    Forget(entry);
    NoteErased(entry);
    scopes_[entry.scope].saturated = true;
    Touch(entry.scope);
    return true;
  });
  gone += values_.EraseIf([&](Entry& entry) { return Age{entry.last_seen, entry.key} <= limit; });
  for (uint32_t i = 0; i < scopes_.size(); ++i) {
    Scope& scope = scopes_[i];
    if (scope.key == Hash128{} || Age{scope.last_seen, kAfterValues} > limit) continue;
    if (tracks_changes_) erased_scopes_.push_back(scope.key);
    scope_index_.erase(scope.key);
    age_queues_.erase(i);
    scope = Scope();
    free_numbers_.push_back(i);
    ++gone;
  }
  evictions_ += gone;
  changed_ = changed_ || gone > 0;
  return gone;
}

ValueMemory::Size ValueMemory::size() const {
  Size size;
  size.scopes = scope_index_.size() + cold_scopes_.count();
  size.entries = entries_.size() + cold_entries_;
  size.evictions = evictions_;
  size.bytes = entries_.bytes() + values_.bytes() + scopes_.capacity() * sizeof(Scope) +
               scope_index_.bucket_count() * sizeof(std::pair<Hash128, uint32_t>);
  for (const Scope& scope : scopes_) size.bytes += scope.counts.bytes();
  return size;
}

}  // namespace vedette
