// What models cost: memory per remembered value at ten million of them, and time per probe.
//
//   build/release/src/model/model_bench --benchmark_filter='Remember|UnderLimit'
//
// `bytes_each` is resident memory of the process, all in, divided by what is remembered: values of
// profiles, categories, tops and distinct windows, scopes of the rest.
#include <algorithm>
#include <memory>

#include <benchmark/benchmark.h>

#include "core/resident_memory.h"
#include "model/model_store.h"

namespace vedette {
namespace {

void Remember(benchmark::State& state, ModelKind kind, uint64_t scopes, uint64_t things) {
  for (auto _ : state) {
    std::vector<ModelSpec> specs(1);
    specs[0].kind = kind;
    specs[0].max_values = 1'000'000'000;
    const uint64_t before = ResidentBytes();
    auto store = std::make_unique<ModelStore>(specs);
    Probe probe;
    probe.train = true;
    for (uint64_t i = 0; i < things; ++i) {
      // As well mixed as the keys that the judge makes.
      probe.scope = Hasher(1).Add(i % scopes).Finish();
      probe.value = Hasher(2).Add(i).Finish();
      probe.counter = Combine(probe.scope, {0, 5});
      probe.number = static_cast<int64_t>(i % 100);
      probe.time = {20'000 * kNanosPerDay + static_cast<int64_t>(i) * 1'000'000};
      probe.local_day = probe.time.days();
      benchmark::DoNotOptimize(store->AskAndTrain(probe));
    }
    state.counters["bytes_each"] =
        static_cast<double>(ResidentBytes() - before) / static_cast<double>(things);
    state.SetItemsProcessed(static_cast<int64_t>(things));
  }
}

constexpr uint64_t kMillion = 1'000'000;

// What the process takes up when that many times what fits comes by; what does not fit is
// forgotten.
void UnderLimit(benchmark::State& state) {
  constexpr uint64_t kLimit = 256 << 20;
  const uint64_t things = static_cast<uint64_t>(state.range(0)) * kLimit / 64;
  for (auto _ : state) {
    std::vector<ModelSpec> specs(1);
    specs[0].max_values = 1'000'000'000;
    const uint64_t before = ResidentBytes();
    ModelStore store(specs);
    store.LimitMemory(kLimit);
    Probe probe;
    probe.train = true;
    uint64_t most = 0;
    for (uint64_t i = 0; i < things; ++i) {
      probe.scope = Hasher(1).Add(i % (things / 100)).Finish();
      probe.value = Hasher(2).Add(i).Finish();
      probe.time = {20'000 * kNanosPerDay + static_cast<int64_t>(i) * 10'000'000};
      probe.local_day = probe.time.days();
      benchmark::DoNotOptimize(store.AskAndTrain(probe));
      if (i % 4096 == 0) most = std::max(most, ResidentBytes() - before);
    }
    state.counters["resident_MB"] = static_cast<double>(most) / 1e6;
    state.counters["limit_MB"] = static_cast<double>(kLimit) / 1e6;
    state.counters["evictions"] = static_cast<double>(store.size(0).evictions);
  }
  state.SetItemsProcessed(static_cast<int64_t>(things));
}
BENCHMARK(UnderLimit)->Arg(1)->Arg(2)->Arg(5)->Arg(10)->Iterations(1)->Unit(benchmark::kSecond);

BENCHMARK_CAPTURE(Remember, profile, ModelKind::kProfile, 100'000, 10 * kMillion)->Iterations(1);
BENCHMARK_CAPTURE(Remember, categorical, ModelKind::kCategorical, 100'000, 10 * kMillion)
    ->Iterations(1);
BENCHMARK_CAPTURE(Remember, window_distinct, ModelKind::kWindowDistinct, 1'000, 10 * kMillion)
    ->Iterations(1);
BENCHMARK_CAPTURE(Remember, top_members, ModelKind::kTop, 50'000, 5 * kMillion)->Iterations(1);
BENCHMARK_CAPTURE(Remember, clustered_scopes, ModelKind::kClustered, kMillion, kMillion)
    ->Iterations(1);
BENCHMARK_CAPTURE(Remember, time_of_week_scopes, ModelKind::kTimeOfWeek, kMillion, kMillion)
    ->Iterations(1);
BENCHMARK_CAPTURE(Remember, window_count_scopes, ModelKind::kWindowCount, kMillion, kMillion)
    ->Iterations(1);

}  // namespace
}  // namespace vedette
