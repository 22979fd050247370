#include "model/windows.h"

#include <algorithm>

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
  Counter& counter = counters_[probe.counter];
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
  const auto found = index_.find(probe.scope);
  if (found == index_.end()) return answer;
  const Scope& scope = scopes_[found->second];
  answer.scope_known = true;
  answer.scope_since = FromMinutes(scope.first_seen);
  answer.live_magnitude = scope.magnitudes.Highest(ToMinutes(probe.time), spec_.memory);
  return answer;
}

void WindowMemory::Train(const Probe& probe, const Answer& answer) {
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
  scope.magnitudes.See(answer.magnitude, now);
}

void WindowMemory::CloseDay(int64_t day) {
  const int64_t pane = PaneOf({(day + 1) * kNanosPerDay});
  boost::unordered::erase_if(counters_, [&](auto& item) {
    Trim(item.second, pane);
    return item.second.panes.empty() && item.second.last_pane.empty();
  });
}

size_t WindowMemory::bytes() const {
  size_t bytes = scopes_.capacity() * sizeof(Scope) + counters_.bucket_count() * sizeof(Counter);
  for (const auto& [key, counter] : counters_) {
    bytes += counter.panes.capacity() * sizeof(Pane) + counter.last_pane.bucket_count() * 16;
  }
  return bytes;
}

}  // namespace vedette
