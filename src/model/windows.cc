#include "model/windows.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/record.h"

namespace vedette {
namespace {

constexpr size_t kMaxDistinct = 65'536;

}  // namespace

WindowMemory::WindowMemory(const ModelSpec& spec, MagnitudeScale scale)
    : spec_(spec),
      scale_(std::move(scale)),
      pane_count_((spec.window.count() + spec.period.count() - 1) / spec.period.count()) {}

void WindowMemory::Trim(Counter& counter, int64_t pane) const {
  if (pane <= counter.newest) return;
  counter.newest = pane;
  const int64_t oldest = pane - pane_count_ + 1;
  std::erase_if(counter.panes, [&](const Pane& p) { return p.index < oldest; });
  boost::unordered::erase_if(counter.last_pane,
                             [&](const auto& item) { return item.second < oldest; });
}

int64_t WindowMemory::AddDistinct(Counter& counter, const Probe& probe, int64_t pane) {
  const uint64_t value = probe.value.low;
  const auto found = counter.last_pane.find(value);
  if (found != counter.last_pane.end()) {
    found->second = std::max(found->second, pane);
  } else if (counter.last_pane.size() < kMaxDistinct) {
    counter.last_pane.emplace(value, pane);
  }
  return static_cast<int64_t>(counter.last_pane.size());
}

int64_t WindowMemory::Add(const Probe& probe) {
  if (cold_counters_.any() && !counters_.contains(probe.counter)) ReturnCounter(probe.counter);
  const auto [at, added] = counters_.try_emplace(probe.counter);
  Counter& counter = at->second;
  counter_changes_.Add(probe.counter);
  counter.scope = probe.scope;
  // One that was dropped when its window passed begins where it ended: a late event finds the same
  // panes gone either way.
  if (added) CatchUp(counter);
  if (!added) counter_bytes_ -= CostOf(counter);
  const int64_t amount = AddTo(counter, probe);
  if (counter.panes.empty() && counter.last_pane.empty()) {
    counters_.erase(at);
  } else {
    counter_bytes_ += CostOf(counter);
  }
  return amount;
}

int64_t WindowMemory::AddTo(Counter& counter, const Probe& probe) {
  const int64_t pane = PaneOf(probe.time);
  Trim(counter, pane);
  if (pane <= counter.newest - pane_count_) return 0;  // its pane is no longer held
  if (spec_.kind == ModelKind::kWindowDistinct) return AddDistinct(counter, probe, pane);
  const int64_t amount =
      spec_.kind == ModelKind::kWindowCount ? 1 : std::max<int64_t>(probe.number, 0);
  auto at = std::lower_bound(counter.panes.begin(), counter.panes.end(), pane,
                             [](const Pane& p, int64_t index) { return p.index < index; });
  if (at == counter.panes.end() || at->index != pane) at = counter.panes.insert(at, {pane, 0});
  if (__builtin_add_overflow(at->amount, amount, &at->amount)) at->amount = INT64_MAX;
  int64_t sum = 0;
  for (const Pane& p : counter.panes) {
    if (__builtin_add_overflow(sum, p.amount, &sum)) return INT64_MAX;
  }
  return sum;
}

Answer WindowMemory::Ask(const Probe& probe) {
  Answer answer;
  answer.asked = true;
  answer.trained = trained_;
  answer.model_since = since_;
  // The counter takes the event in before the question is answered: "when at least 8 are sent".
  if (probe.train) answer.number = Add(probe);
  answer.magnitude = scale_.Of(answer.number);
  const Scope* found = FindScope(probe.scope);
  if (found == nullptr) return answer;
  const Scope& scope = *found;
  answer.scope_known = true;
  answer.scope_since = FromMinutes(scope.first_seen);
  answer.live_magnitude = scope.magnitudes.Highest(ToMinutes(probe.time), spec_.memory);
  return answer;
}

void WindowMemory::Train(const Probe& probe, const Answer& answer) {
  const Minutes now = ToMinutes(probe.time);
  if (!trained_ || probe.time < since_) since_ = probe.time;
  trained_ = true;
  Scope* known = FindScope(probe.scope);
  Scope& scope = known != nullptr ? *known : AddScope({.key = probe.scope, .first_seen = now});
  changes_.Add(probe.scope);
  scope.first_seen = std::min(scope.first_seen, now);
  scope.last_seen = std::max(scope.last_seen, now);
  scope.magnitudes.See(answer.magnitude, now);
}

void WindowMemory::CloseDay(int64_t day) {
  day_changed_ = day_changed_ || closed_day_ != day;
  closed_day_ = day;
  boost::unordered::erase_if(counters_, [&](auto& item) {
    Counter& counter = item.second;
    counter_bytes_ -= CostOf(counter);
    const bool over = !CatchUp(counter);
    if (over) counter_changes_.Add(item.first);
    if (!over) counter_bytes_ += CostOf(counter);
    return over;
  });
}

bool WindowMemory::CatchUp(Counter& counter) const {
  if (closed_day_ == INT64_MIN) return true;
  Trim(counter, PaneOf({(closed_day_ + 1) * kNanosPerDay}));
  return !counter.panes.empty() || !counter.last_pane.empty();
}

void WindowMemory::Cool(const Age& limit) {
  cold_scopes_.Add(TakeOutScopes(limit, index_, scopes_, [](const Scope&) {}));
  cold_counters_.Add(boost::unordered::erase_if(counters_, [&](const auto& item) {
    const bool old = AgeOf(item.first, item.second) <= limit;
    if (old) counter_bytes_ -= CostOf(item.second);
    return old;
  }));
}

WindowMemory::Scope* WindowMemory::FindScope(const Hash128& key) {
  if (const auto found = index_.find(key); found != index_.end()) return &scopes_[found->second];
  const std::optional<std::string> record = cold_scopes_.Take(key);
  if (!record) return nullptr;
  Scope scope;
  if (!ReadScope(*record, &scope)) cold_scopes_.FailDamaged(spec_.id);
  scope.key = key;
  return &AddScope(scope);
}

WindowMemory::Scope& WindowMemory::AddScope(Scope scope) {
  index_[scope.key] = static_cast<uint32_t>(scopes_.size());
  scopes_.push_back(scope);
  return scopes_.back();
}

void WindowMemory::ReturnCounter(const Hash128& key) {
  const std::optional<std::string> record = cold_counters_.Take(key);
  if (!record) return;
  Counter counter;
  if (!ReadCounter(*record, &counter)) cold_counters_.FailDamaged(spec_.id);
  if (!CatchUp(counter)) {
    counter_changes_.Add(key);  // its record goes
    return;
  }
  counter_bytes_ += CostOf(counter);
  counters_[key] = std::move(counter);
}

// False: it does not hold together.
bool WindowMemory::ReadScope(std::string_view value, Scope* scope) {
  RecordReader in(value);
  scope->first_seen = in.U32();
  scope->last_seen = in.U32();
  scope->magnitudes.Read(in);
  return in.done();
}

bool WindowMemory::ReadCounter(std::string_view value, Counter* counter) const {
  RecordReader in(value);
  counter->scope = in.Hash();
  counter->newest = in.I64();
  bool good = counter->newest >= 0 && counter->newest <= INT64_MAX / spec_.period.count();
  for (size_t i = in.Count(); i > 0; --i) {
    const int64_t index = in.Signed();
    counter->panes.push_back({index, in.Signed()});
  }
  for (size_t i = in.Count(); i > 0; --i) {
    const uint64_t distinct = in.U64();
    const int64_t panes_ago = in.Signed();
    good &= panes_ago >= 0 && panes_ago <= counter->newest;
    if (good) counter->last_pane[distinct] = counter->newest - panes_ago;
  }
  return good && in.done();
}

void WindowMemory::VisitUnits(const VisitUnit& visit) const {
  for (const Scope& scope : scopes_) visit({scope.last_seen, scope.key}, kScopeCost);
  for (const auto& [key, counter] : counters_) visit(AgeOf(key, counter), CostOf(counter));
}

uint64_t WindowMemory::Evict(const Age& limit) {
  uint64_t gone =
      TakeOutScopes(limit, index_, scopes_, [&](const Scope& scope) { changes_.Add(scope.key); });
  gone += boost::unordered::erase_if(counters_, [&](const auto& item) {
    const bool old = AgeOf(item.first, item.second) <= limit;
    if (!old) return false;
    counter_changes_.Add(item.first);
    counter_bytes_ -= CostOf(item.second);
    return true;
  });
  evictions_ += gone;
  return gone;
}

void WindowMemory::SaveChanges(StatePart part) {
  const auto write_scope = [](const Scope& scope, RecordWriter& out) {
    out.U32(scope.first_seen).U32(scope.last_seen);
    scope.magnitudes.Write(out);
  };
  const auto write_counter = [](const Counter& counter, RecordWriter& out) {
    out.Hash(counter.scope).I64(counter.newest).Var(counter.panes.size());
    for (const Pane& pane : counter.panes) out.Signed(pane.index).Signed(pane.amount);
    std::vector<std::pair<uint64_t, int64_t>> values(counter.last_pane.begin(),
                                                     counter.last_pane.end());
    std::sort(values.begin(), values.end());
    out.Var(values.size());
    for (const auto& [hash, pane] : values) out.U64(hash).Signed(counter.newest - pane);
  };
  const bool scopes = SaveChanged(changes_, part, 's', FindIn(index_, scopes_), write_scope);
  const bool counters = SaveChanged(counter_changes_, part, 'c', FindIn(counters_), write_counter);
  if (!scopes && !counters && !day_changed_) return;
  day_changed_ = false;
  std::string value;
  RecordWriter(value)
      .Time(since_)
      .U8(trained_)
      .I64(closed_day_)
      .U64(index_.size() + cold_scopes_.count())
      .U64(counters_.size() + cold_counters_.count())
      .U64(evictions_);
  part.Put('m', "", value);
}

Result<void> WindowMemory::Load(const StateView& view, const std::string& prefix,
                                StateDamage& damage) {
  uint64_t broken = 0, want_scopes = 0, want_counters = 0;
  const auto load = [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    if (key == "m") {
      since_ = in.Time();
      trained_ = in.U8() != 0;
      closed_day_ = in.Day();
      want_scopes = in.U64();
      want_counters = in.U64();
      evictions_ = in.U64();
      broken += !in.done();
      return;
    }
    const Hash128 hash = KeyHash(key.substr(1));
    Scope scope;
    Counter counter;
    const bool is_scope = key[0] == 's';
    if (key.size() != 17 || !(is_scope ? ReadScope(value, &scope) : ReadCounter(value, &counter))) {
      ++broken;
      damage.keys.push_back(prefix + std::string(key));
    } else if (cold_scopes_.is_open()) {
      (is_scope ? cold_scopes_ : cold_counters_).Add();
    } else if (is_scope) {
      scope.key = hash;
      AddScope(scope);
    } else {
      counter_bytes_ += CostOf(counter);
      counters_[hash] = std::move(counter);
    }
  };
  Result<void> read = view.ForEach(prefix, load);
  const uint64_t found_scopes = index_.size() + cold_scopes_.count();
  const uint64_t found_counters = counters_.size() + cold_counters_.count();
  const uint64_t missing = (want_scopes - std::min(want_scopes, found_scopes)) +
                           (want_counters - std::min(want_counters, found_counters));
  const uint64_t lost = std::max(broken, missing);
  damage.Add(lost, fmt::format("{} records of model {}", lost, spec_.id));
  day_changed_ = day_changed_ || lost > 0;  // says how many there are now
  // A counter that nothing was added to since was trimmed all the same when its day closed.
  if (read && closed_day_ != INT64_MIN) CloseDay(closed_day_);
  return read;
}

size_t WindowMemory::bytes() const {
  size_t bytes = scopes_.size() * sizeof(Scope) + counters_.bucket_count() * sizeof(Counter);
  for (const auto& [key, counter] : counters_) {
    bytes += counter.panes.capacity() * sizeof(Pane) + counter.last_pane.bucket_count() * 16;
  }
  return bytes;
}

}  // namespace vedette
