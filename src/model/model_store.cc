#include "model/model_store.h"

#include <algorithm>
#include <limits>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/check.h"
#include "core/resident_memory.h"

namespace vedette {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

// One less than a power of two.
constexpr uint64_t kProbesBetweenLooks = 4095;
// A table that grows holds its old and its new slots for a moment: beyond what its entries are
// taken to cost, that is this much for each entry of the largest.
constexpr uint64_t kGrowthCost = 40;

}  // namespace

ModelStore::ModelStore(const std::vector<ModelSpec>& specs) : specs_(specs) {
  states_.reserve(specs.size());
  for (const ModelSpec& spec : specs) {
    limits_models_ = limits_models_ || spec.max_memory > 0;
    switch (spec.kind) {
      case ModelKind::kProfile:
      case ModelKind::kCategorical:
        states_.push_back(std::make_unique<State>(std::in_place_type<ValueMemory>, spec));
        break;
      case ModelKind::kClustered:
        states_.push_back(std::make_unique<State>(std::in_place_type<ClusteredMemory>, spec));
        break;
      case ModelKind::kWindowCount:
      case ModelKind::kWindowDistinct:
      case ModelKind::kWindowSum: {
        Result<MagnitudeScale> scale = MagnitudeScale::Make(spec.base_text);
        CHECK(scale.has_value());  // the rule set refuses a bad base
        states_.push_back(
            std::make_unique<State>(std::in_place_type<WindowMemory>, spec, *std::move(scale)));
        break;
      }
      case ModelKind::kTimeOfWeek:
        states_.push_back(std::make_unique<State>(std::in_place_type<TimeOfWeekMemory>, spec));
        break;
      case ModelKind::kTop:
        states_.push_back(std::make_unique<State>(std::in_place_type<TopMemory>, spec));
        break;
    }
  }
}

Answer ModelStore::AskAndTrain(const Probe& probe) {
  if ((++probes_ & kProbesBetweenLooks) == 0) KeepWithinLimits();
  return std::visit(Overloaded{[&](ValueMemory& m) {
                                 const Answer answer = m.Ask(probe);
                                 if (probe.train) m.Train(probe);
                                 return answer;
                               },
                               [&](TimeOfWeekMemory& m) {
                                 const Answer answer = m.Ask(probe);
                                 if (probe.train) m.Train(probe);
                                 return answer;
                               },
                               [&](TopMemory& m) {
                                 const Answer answer = m.Ask(probe);
                                 if (probe.train) m.Train(probe);
                                 return answer;
                               },
                               [&](auto& m) {
                                 const Answer answer = m.Ask(probe);
                                 if (probe.train) m.Train(probe, answer);
                                 return answer;
                               }},
                    *states_[probe.model]);
}

bool ModelStore::Knows(uint32_t model, const Hash128& scope, const Hash128& value, Timestamp now) {
  auto* memory = std::get_if<ValueMemory>(states_[model].get());
  return memory != nullptr && memory->Knows(scope, value, now);
}

bool ModelStore::IsSettled(uint32_t model, const Hash128& scope, Timestamp now) {
  auto* memory = std::get_if<ValueMemory>(states_[model].get());
  return memory != nullptr && memory->IsSettled(scope, now);
}

void ModelStore::Prefetch(const Probe& probe) const {
  if (const auto* memory = std::get_if<ValueMemory>(states_[probe.model].get()))
    memory->Prefetch(probe);
}

void ModelStore::BeginAfter(int64_t day) {
  for (auto& state : states_) {
    if (auto* values = std::get_if<ValueMemory>(state.get())) values->BeginAfter(day);
  }
}

void ModelStore::CloseDay(int64_t day) {
  for (auto& state : states_) {
    if (auto* values = std::get_if<ValueMemory>(state.get())) values->CloseDay(day);
    if (auto* windows = std::get_if<WindowMemory>(state.get())) windows->CloseDay(day);
  }
}

void ModelStore::TrackChanges() {
  for (auto& state : states_) std::visit([](auto& memory) { memory.TrackChanges(); }, *state);
}

void ModelStore::SaveChanges(uint32_t model, StatePart part) {
  std::visit([&](auto& memory) { memory.SaveChanges(std::move(part)); }, *states_[model]);
}

Result<void> ModelStore::Load(uint32_t model, const StateView& view, const std::string& prefix,
                              StateDamage& damage) {
  return std::visit([&](auto& memory) { return memory.Load(view, prefix, damage); },
                    *states_[model]);
}

uint64_t ModelStore::GrowthReserve() const {
  uint64_t most = 0;
  for (const auto& state : states_) {
    if (const auto* values = std::get_if<ValueMemory>(state.get()))
      most = std::max<uint64_t>(most, values->entry_count());
  }
  return most * kGrowthCost;
}

uint64_t ModelStore::accounted_bytes() const {
  uint64_t bytes = GrowthReserve();
  for (const auto& state : states_)
    bytes += std::visit([](const auto& memory) { return memory.accounted_bytes(); }, *state);
  return bytes;
}

uint64_t ModelStore::BytesOf(size_t model) const {
  return std::visit([](const auto& memory) { return memory.accounted_bytes(); }, *states_[model]);
}

void ModelStore::KeepWithinLimits() {
  if (keeps_cold_) return;  // see over_limit
  if (limits_models_) {
    for (size_t i = 0; i < states_.size(); ++i) {
      const uint64_t limit = specs_[i].max_memory;
      if (limit == 0) continue;
      const uint64_t bytes = BytesOf(i);
      if (bytes > limit) EvictFrom(i, i + 1, bytes - (limit - limit / 16));
    }
  }
  if (memory_limit_ == 0) return;
  const uint64_t bytes = accounted_bytes();
  if (bytes > memory_limit_)
    EvictFrom(0, states_.size(), bytes - (memory_limit_ - memory_limit_ / 16));
}

bool ModelStore::over_limit() const {
  if (!keeps_cold_) return false;
  if (limits_models_) {
    for (size_t i = 0; i < states_.size(); ++i) {
      if (specs_[i].max_memory > 0 && BytesOf(i) > specs_[i].max_memory) return true;
    }
  }
  return memory_limit_ > 0 && accounted_bytes() > memory_limit_;
}

void ModelStore::KeepCold(uint32_t model, const StateView& view, const std::string& prefix) {
  keeps_cold_ = true;
  std::visit([&](auto& memory) { memory.KeepCold(view, prefix); }, *states_[model]);
}

void ModelStore::Cool() {
  for (size_t i = 0; i < states_.size(); ++i) {
    const uint64_t limit = specs_[i].max_memory;
    if (limit == 0) continue;
    const uint64_t bytes = BytesOf(i);
    if (bytes > limit) CoolFrom(i, i + 1, bytes - (limit - limit / 4));
  }
  if (memory_limit_ == 0) return;
  const uint64_t bytes = accounted_bytes();
  if (bytes > memory_limit_)
    CoolFrom(0, states_.size(), bytes - (memory_limit_ - memory_limit_ / 4));
}

std::optional<Error> ModelStore::failure() const {
  if (!keeps_cold_) return std::nullopt;
  for (const auto& state : states_) {
    const std::optional<Error>& failure = std::visit(
        [](const auto& memory) -> const std::optional<Error>& { return memory.failure(); }, *state);
    if (failure) return failure;
  }
  return std::nullopt;
}

// Finds the minute up to which units have to go, then the last key of that minute.
template <typename VisitAll>
Age ModelStore::OldestUpTo(uint64_t bytes, VisitAll visit_all) {
  boost::unordered_flat_map<Minutes, uint64_t> by_minute;
  visit_all([&](const Age& age, uint64_t cost) { by_minute[age.last_seen] += cost; });
  std::vector<std::pair<Minutes, uint64_t>> minutes(by_minute.begin(), by_minute.end());
  std::sort(minutes.begin(), minutes.end());
  uint64_t freed = 0;
  size_t at = 0;
  while (at < minutes.size() && freed + minutes[at].second < bytes) freed += minutes[at++].second;
  if (at == minutes.size()) return {std::numeric_limits<Minutes>::max(), kAfterValues};
  std::vector<std::pair<Hash128, uint64_t>> units;
  visit_all([&](const Age& age, uint64_t cost) {
    if (age.last_seen == minutes[at].first) units.emplace_back(age.key, cost);
  });
  std::sort(units.begin(), units.end());
  size_t last_unit = 0;
  for (; freed < bytes && last_unit < units.size(); ++last_unit) freed += units[last_unit].second;
  return {minutes[at].first, units[last_unit - 1].first};
}

void ModelStore::EvictFrom(size_t first, size_t last, uint64_t bytes) {
  const Age limit = OldestUpTo(bytes, [&](const VisitUnit& visit) {
    for (size_t i = first; i < last; ++i)
      std::visit([&](const auto& memory) { memory.VisitUnits(visit); }, *states_[i]);
  });
  for (size_t i = first; i < last; ++i)
    std::visit([&](auto& memory) { memory.Evict(limit); }, *states_[i]);
  ReturnFreeMemory(memory_limit_ / 16);
}

void ModelStore::CoolFrom(size_t first, size_t last, uint64_t bytes) {
  const Age limit = OldestUpTo(bytes, [&](const VisitUnit& visit) {
    for (size_t i = first; i < last; ++i)
      std::visit([&](const auto& memory) { memory.VisitScopes(visit); }, *states_[i]);
  });
  for (size_t i = first; i < last; ++i)
    std::visit([&](auto& memory) { memory.Cool(limit); }, *states_[i]);
  ReturnFreeMemory(memory_limit_ / 16);
}

ModelStore::Size ModelStore::size(uint32_t model) const {
  return std::visit(
      [](const auto& memory) {
        Size size;
        if constexpr (requires { memory.size(); }) {
          const ValueMemory::Size values = memory.size();
          size = {values.scopes, values.entries, values.bytes, values.evictions};
        } else {
          size.scopes = memory.scope_count() + memory.cold().count();
          size.bytes = memory.bytes();
          size.evictions = memory.evictions();
        }
        size.cold_scopes = memory.cold().count();
        size.returned = memory.cold().returned();
        return size;
      },
      *states_[model]);
}

}  // namespace vedette
