#include "rule/suppression.h"

#include <fmt/format.h>

#include "core/record.h"

namespace vedette {
namespace {

constexpr Nanoseconds kWindow{5 * kNanosPerMinute};
constexpr size_t kMostFirings = 50;
constexpr size_t kMostEntities = 20;
constexpr uint64_t kKeepOneIn = 100;

}  // namespace

bool CircuitBreaker::Allows(uint32_t rule, const Hash128& entity, Timestamp now) {
  State& state = rules_[rule];
  state.changed = true;
  while (!state.recent.empty() && now - state.recent.front().time > kWindow) {
    const auto at = state.entities.find(state.recent.front().entity);
    if (--at->second == 0) state.entities.erase(at);
    state.recent.pop_front();
  }
  if (state.recent.empty()) state.open = false;
  state.recent.push_back({now, entity});
  ++state.entities[entity];
  if (!state.open && state.recent.size() > kMostFirings && state.entities.size() > kMostEntities) {
    state.open = true;
    state.since_open = 0;
    ++state.times_opened;
  }
  if (!state.open) return true;
  if (state.since_open++ % kKeepOneIn == 0) return true;
  ++state.held_back;
  return false;
}

void Suppression::SaveChanges(StatePart part) {
  SaveChanged(changes_, part, 'w', FindIn(started_),
              [](Timestamp started, RecordWriter& out) { out.Time(started); });
}

Result<void> Suppression::Load(const StateView& view, const std::string& prefix,
                               StateDamage& damage) {
  uint64_t broken = 0;
  Result<void> read = view.ForEach(prefix + "w", [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    const Timestamp started = in.Time();
    const bool good = key.size() == 16 && in.done();
    broken += !good;
    if (!good) damage.keys.push_back((prefix + 'w').append(key));
    if (good) started_[KeyHash(key)] = started;
  });
  damage.Add(broken, fmt::format("{} suppression windows", broken));
  return read;
}

std::string CircuitBreaker::Save(uint32_t rule) const {
  const State& state = rules_[rule];
  std::string record;
  RecordWriter out(record);
  out.U8(state.open).Var(state.since_open).Var(state.held_back).Var(state.times_opened);
  out.Var(state.recent.size());
  for (const Firing& firing : state.recent) out.Time(firing.time).Hash(firing.entity);
  return record;
}

bool CircuitBreaker::Load(uint32_t rule, std::string_view record) {
  RecordReader in(record);
  State state;
  state.open = in.U8() != 0;
  state.since_open = in.Var();
  state.held_back = in.Var();
  state.times_opened = in.Var();
  for (size_t i = in.Count(); i > 0; --i) {
    const Timestamp time = in.Time();
    state.recent.push_back({time, in.Hash()});
    ++state.entities[state.recent.back().entity];
  }
  if (in.done()) rules_[rule] = std::move(state);
  return in.done();
}

}  // namespace vedette
