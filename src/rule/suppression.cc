#include "rule/suppression.h"

namespace vedette {
namespace {

constexpr Nanoseconds kWindow{5 * kNanosPerMinute};
constexpr size_t kMostFirings = 50;
constexpr size_t kMostEntities = 20;
constexpr uint64_t kKeepOneIn = 100;

}  // namespace

bool CircuitBreaker::Allows(uint32_t rule, const Hash128& entity, Timestamp now) {
  State& state = rules_[rule];
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

}  // namespace vedette
