// What a probe costs, by kind of model and by how much is remembered, beside a bare update of a
// hash table with as many keys. Keys are random, so that a large memory is really missed in the
// caches; probes are prefetched eight ahead, as the judge does.
#include <malloc.h>

#include <memory>
#include <optional>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "model/model_store.h"

namespace vedette {
namespace {

constexpr size_t kStep = 1024;  // between two looks at the clock
constexpr size_t kAhead = 8;
constexpr uint64_t kValuesEach = 10;  // of a scope, in memories of values

class Dice {
 public:
  uint64_t Below(uint64_t limit) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint64_t>(
        static_cast<unsigned __int128>(state_ * 0x2545F4914F6CDD1DULL) * limit >> 64);
  }

 private:
  uint64_t state_ = 42;
};

// As well mixed as the keys that the judge makes.
Hash128 KeyOf(uint64_t number) { return Hasher(7).Add(number).Finish(); }

bool KeepsValues(ModelKind kind) {
  return kind == ModelKind::kProfile || kind == ModelKind::kCategorical ||
         kind == ModelKind::kWindowDistinct;
}

// The probe of the n-th thing that is remembered: a value of a scope, a member, or a scope.
Probe ProbeOf(ModelKind kind, uint64_t n, int64_t day, uint64_t nth) {
  Probe probe;
  probe.train = true;
  probe.scope = KeyOf(kind == ModelKind::kTop ? 0 : KeepsValues(kind) ? n / kValuesEach : n);
  probe.value = Combine(KeyOf(n), {0, 3});
  probe.counter = Combine(probe.scope, {0, 5});
  probe.number = static_cast<int64_t>(n * 7919 % 100);
  probe.hour_of_week = static_cast<int32_t>(nth % 168);
  probe.time = {day * kNanosPerDay + static_cast<int64_t>(nth) * 1'000};
  probe.local_day = day;
  return probe;
}

struct Remembered {
  ModelKind kind;
  uint64_t entries;
  std::vector<ModelSpec> specs{1};
  std::unique_ptr<ModelStore> store;
  uint64_t probes = 0;

  Remembered(ModelKind k, uint64_t count) : kind(k), entries(count) {
    specs[0].kind = kind;
    specs[0].max_values = 1'000'000'000;
    store = std::make_unique<ModelStore>(specs);
    for (uint64_t n = 0; n < entries; ++n) store->AskAndTrain(ProbeOf(kind, n, 20'000, ++probes));
  }
};

struct Counted {
  uint64_t count = 0;
  int64_t last = 0;
};
struct HashOfKey {
  using is_avalanching = void;
  size_t operator()(const Hash128& key) const { return key.low; }
};
std::optional<boost::unordered_flat_map<Hash128, Counted, HashOfKey>> bare_table;

// The last one is kept, because a benchmark is repeated.
Remembered& Filled(ModelKind kind, uint64_t entries) {
  static std::optional<Remembered> kept;
  if (!kept || kept->kind != kind || kept->entries != entries) {
    kept.reset();
    bare_table.reset();
    ::malloc_trim(0);
    kept.emplace(kind, entries);
  }
  return *kept;
}

void AskAndTrain(benchmark::State& state, ModelKind kind) {
  const auto entries = static_cast<uint64_t>(state.range(0));
  Remembered& memory = Filled(kind, entries);
  Dice dice;
  std::vector<Probe> probes(kStep);
  for (auto _ : state) {
    state.PauseTiming();
    for (Probe& probe : probes) probe = ProbeOf(kind, dice.Below(entries), 20'001, ++memory.probes);
    state.ResumeTiming();
    for (size_t i = 0; i < kStep; ++i) {
      if (i + kAhead < kStep) memory.store->Prefetch(probes[i + kAhead]);
      benchmark::DoNotOptimize(memory.store->AskAndTrain(probes[i]));
    }
  }
  const ModelStore::Size size = memory.store->size(0);
  state.counters["bytes_each"] = static_cast<double>(size.bytes) / static_cast<double>(entries);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kStep));
  const std::string floor = fmt::format("BareHashUpdate/{}", entries);
  state.SetLabel(floor);
}

void BareHashUpdate(benchmark::State& state) {
  const auto entries = static_cast<uint64_t>(state.range(0));
  if (!bare_table || bare_table->size() != entries) {
    bare_table.emplace();
    for (uint64_t n = 0; n < entries; ++n) (*bare_table)[KeyOf(n)] = {1, 0};
  }
  Dice dice;
  std::vector<Hash128> keys(kStep);
  for (auto _ : state) {
    state.PauseTiming();
    for (Hash128& key : keys) key = KeyOf(dice.Below(entries));
    state.ResumeTiming();
    for (const Hash128& key : keys) {
      Counted& counted = (*bare_table)[key];
      ++counted.count;
      counted.last += static_cast<int64_t>(counted.count);
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kStep));
}

#define VEDETTE_SIZES Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Arg(10'000'000)
void Probe(benchmark::State& state, ModelKind kind) { AskAndTrain(state, kind); }
BENCHMARK(BareHashUpdate)->VEDETTE_SIZES;
BENCHMARK_CAPTURE(Probe, profile, ModelKind::kProfile)->VEDETTE_SIZES;
BENCHMARK_CAPTURE(Probe, categorical, ModelKind::kCategorical)->VEDETTE_SIZES;
BENCHMARK_CAPTURE(Probe, clustered, ModelKind::kClustered)->VEDETTE_SIZES;
BENCHMARK_CAPTURE(Probe, window_count, ModelKind::kWindowCount)->VEDETTE_SIZES;
BENCHMARK_CAPTURE(Probe, window_distinct, ModelKind::kWindowDistinct)->VEDETTE_SIZES;
BENCHMARK_CAPTURE(Probe, window_sum, ModelKind::kWindowSum)->VEDETTE_SIZES;
BENCHMARK_CAPTURE(Probe, time_of_week, ModelKind::kTimeOfWeek)->VEDETTE_SIZES;
// One scope with so many members, each of which is looked at.
BENCHMARK_CAPTURE(Probe, top, ModelKind::kTop)->Arg(100)->Arg(1'000)->Arg(10'000);
#undef VEDETTE_SIZES

}  // namespace
}  // namespace vedette
