#include "model/model_store.h"

#include "core/check.h"

namespace vedette {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace

ModelStore::ModelStore(const std::vector<ModelSpec>& specs) {
  states_.reserve(specs.size());
  for (const ModelSpec& spec : specs) {
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

bool ModelStore::IsSettled(uint32_t model, const Hash128& scope, Timestamp now) const {
  const auto* memory = std::get_if<ValueMemory>(states_[model].get());
  return memory != nullptr && memory->IsSettled(scope, now);
}

void ModelStore::Prefetch(const Probe& probe) const {
  if (const auto* memory = std::get_if<ValueMemory>(states_[probe.model].get()))
    memory->Prefetch(probe);
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

ModelStore::Size ModelStore::size(uint32_t model) const {
  return std::visit(Overloaded{[](const ValueMemory& m) {
                                 const ValueMemory::Size s = m.size();
                                 return Size{s.scopes, s.entries, s.bytes, s.evictions};
                               },
                               [](const auto& m) {
                                 return Size{m.scope_count(), 0, m.bytes(), 0};
                               }},
                    *states_[model]);
}

}  // namespace vedette
