// What models cost: memory per remembered value at ten million of them, and time per probe.
//
//   build/release/bench/vedette_bench --benchmark_filter=Remember/clustered/
//   build/release/bench/vedette_bench --benchmark_filter=UnderLimit/every_kind/10
//
// One in a process: what another has freed before would be given to it for nothing, or lie about.
// `bytes_each` is resident memory of the process, all in, divided by what is remembered. What that
// is depends on the kind: a scope's values (profile, categorical), its members (top), the distinct
// values of its window (window_distinct), or where its numbers lay: bins (clustered), hours of the
// week (time_of_week), panes of its window (window_count, window_sum). `…_scopes` says what a scope
// costs of which only one number is known.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/resident_memory.h"
#include "model/model_store.h"

namespace vedette {
namespace {

// So many scopes, and so many values, bins, hours or panes of each.
void Remember(benchmark::State& state, ModelKind kind, uint64_t scopes, uint64_t each) {
  const uint64_t things = scopes * each;
  const bool in_panes = kind == ModelKind::kWindowCount || kind == ModelKind::kWindowSum;
  for (auto _ : state) {
    std::vector<ModelSpec> specs(1);
    specs[0].kind = kind;
    specs[0].max_values = 1'000'000'000;
    specs[0].bin_width = 1;
    specs[0].window = Nanoseconds{kNanosPerDay};
    specs[0].period = Nanoseconds{kNanosPerHour};
    const uint64_t before = ResidentBytes();
    auto store = std::make_unique<ModelStore>(specs);
    Probe probe;
    probe.train = true;
    for (uint64_t i = 0; i < things; ++i) {
      const uint64_t round = i / scopes;
      // As well mixed as the keys that the judge makes.
      probe.scope = Hasher(1).Add(i % scopes).Finish();
      probe.value = Hasher(2).Add(i).Finish();
      probe.counter = Combine(probe.scope, {0, 5});
      probe.number = static_cast<int64_t>(round + 1);
      probe.hour_of_week = static_cast<int32_t>(round % 168);
      // Within a day, an hour for each round where panes are what is remembered.
      probe.time = {20'000 * kNanosPerDay + (in_panes ? static_cast<int64_t>(round) * kNanosPerHour
                                                      : static_cast<int64_t>(i) * 1'000'000)};
      probe.local_day = probe.time.days();
      benchmark::DoNotOptimize(store->AskAndTrain(probe));
    }
    state.counters["bytes_each"] =
        static_cast<double>(ResidentBytes() - before) / static_cast<double>(things);
    state.SetItemsProcessed(static_cast<int64_t>(things));
  }
}

constexpr uint64_t kMillion = 1'000'000;

// What the process takes up when that many times the values that fit come by, to one model or, in
// turn, to one of each kind; what does not fit is forgotten.
void UnderLimit(benchmark::State& state, std::vector<ModelKind> kinds) {
  constexpr uint64_t kLimit = 256 << 20;
  const uint64_t things = static_cast<uint64_t>(state.range(0)) * kLimit / 64;
  for (auto _ : state) {
    std::vector<ModelSpec> specs(kinds.size());
    for (size_t i = 0; i < kinds.size(); ++i) {
      specs[i].kind = kinds[i];
      specs[i].max_values = 1'000'000'000;
      specs[i].window = Nanoseconds{kNanosPerDay};
      specs[i].period = Nanoseconds{kNanosPerHour};
    }
    const uint64_t before = ResidentBytes();
    ModelStore store(specs);
    store.LimitMemory(kLimit);
    Probe probe;
    probe.train = true;
    uint64_t most = 0;
    for (uint64_t i = 0; i < things; ++i) {
      probe.model = static_cast<uint32_t>(i % specs.size());
      probe.scope = Hasher(1).Add(i / specs.size() % (things / 100)).Finish();
      probe.value = Hasher(2).Add(i).Finish();
      probe.counter = Combine(probe.scope, {0, 5});
      probe.number = static_cast<int64_t>(i % 1000);
      probe.hour_of_week = static_cast<int32_t>(i % 168);
      probe.time = {20'000 * kNanosPerDay + static_cast<int64_t>(i) * 10'000'000};
      probe.local_day = probe.time.days();
      benchmark::DoNotOptimize(store.AskAndTrain(probe));
      if (i % 4096 == 0) most = std::max(most, ResidentBytes() - before);
    }
    uint64_t evictions = 0;
    for (uint32_t model = 0; model < specs.size(); ++model)
      evictions += store.size(model).evictions;
    state.counters["resident_MB"] = static_cast<double>(most) / 1e6;
    state.counters["limit_MB"] = static_cast<double>(kLimit) / 1e6;
    state.counters["evictions"] = static_cast<double>(evictions);
  }
  state.SetItemsProcessed(static_cast<int64_t>(things));
}

const bool kUnderLimitRegistered = [] {
  using Kinds = std::vector<ModelKind>;
  const Kinds every_kind = {
      ModelKind::kProfile,        ModelKind::kCategorical, ModelKind::kTop,
      ModelKind::kClustered,      ModelKind::kTimeOfWeek,  ModelKind::kWindowCount,
      ModelKind::kWindowDistinct, ModelKind::kWindowSum};
  const std::pair<const char*, Kinds> runs[] = {
      {"UnderLimit/profile", {ModelKind::kProfile}},
      {"UnderLimit/top", {ModelKind::kTop}},
      {"UnderLimit/clustered", {ModelKind::kClustered}},
      {"UnderLimit/time_of_week", {ModelKind::kTimeOfWeek}},
      {"UnderLimit/window_count", {ModelKind::kWindowCount}},
      {"UnderLimit/window_distinct", {ModelKind::kWindowDistinct}},
      {"UnderLimit/every_kind", every_kind}};
  for (const auto& [name, kinds] : runs) {
    benchmark::RegisterBenchmark(name, UnderLimit, kinds)
        ->Arg(2)
        ->Arg(5)
        ->Arg(10)
        ->Iterations(1)
        ->Unit(benchmark::kSecond);
  }
  return true;
}();

BENCHMARK_CAPTURE(Remember, profile, ModelKind::kProfile, 100'000, 100)->Iterations(1);
BENCHMARK_CAPTURE(Remember, categorical, ModelKind::kCategorical, 100'000, 100)->Iterations(1);
BENCHMARK_CAPTURE(Remember, top, ModelKind::kTop, 100'000, 100)->Iterations(1);
BENCHMARK_CAPTURE(Remember, window_distinct, ModelKind::kWindowDistinct, 1'000, 10'000)
    ->Iterations(1);
BENCHMARK_CAPTURE(Remember, clustered, ModelKind::kClustered, 100'000, 100)->Iterations(1);
BENCHMARK_CAPTURE(Remember, time_of_week, ModelKind::kTimeOfWeek, 60'000, 168)->Iterations(1);
BENCHMARK_CAPTURE(Remember, window_count, ModelKind::kWindowCount, 420'000, 24)->Iterations(1);
BENCHMARK_CAPTURE(Remember, window_sum, ModelKind::kWindowSum, 420'000, 24)->Iterations(1);
BENCHMARK_CAPTURE(Remember, clustered_scopes, ModelKind::kClustered, kMillion, 1)->Iterations(1);
BENCHMARK_CAPTURE(Remember, time_of_week_scopes, ModelKind::kTimeOfWeek, kMillion, 1)
    ->Iterations(1);
BENCHMARK_CAPTURE(Remember, window_count_scopes, ModelKind::kWindowCount, kMillion, 1)
    ->Iterations(1);

}  // namespace
}  // namespace vedette
