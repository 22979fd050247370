// What it costs to bring a scope back from the state, and what stays in memory under a limit.
//
//   build/release/src/engine/engine_bench --benchmark_filter=Cold
//
// ColdReturn: time of a question to a scope that waits in the state, by how many values it has,
// beside the same question to one that is in memory. ColdUnderLimit: ten times and less what fits
// under 64 MiB, through checkpoints of a real folder; `resident_MB` is the most that the process
// took up beyond what it began with.
#include <algorithm>
#include <memory>
#include <numeric>
#include <random>

#include <benchmark/benchmark.h>

#include "core/check.h"
#include "core/resident_memory.h"
#include "core/scratch_dir.h"
#include "engine/state_keeper.h"
#include "model/model_store.h"
#include "store/state_db.h"

namespace vedette {
namespace {

double ResidentMegabytes() { return static_cast<double>(ResidentBytes()) / 1e6; }

// One model over a state folder of its own.
class World {
 public:
  World(ModelKind kind, uint64_t limit)
      : specs_(1), db_(*StateDb::Open(dir_.path() + "/state", StateDb::Mode::kWrite)) {
    specs_[0].kind = kind;
    specs_[0].max_values = 1'000'000'000;
    store_ = std::make_unique<ModelStore>(specs_);
    store_->LimitMemory(limit);
    store_->TrackChanges();
    store_->KeepCold(0, db_, ModelPrefix(0));
  }

  Answer Send(uint64_t scope, uint64_t value, uint64_t second, bool train = true) {
    Probe probe;
    probe.train = train;
    probe.scope = Hasher(1).Add(scope).Finish();
    probe.value = Hasher(2).Add(value).Finish();
    probe.counter = probe.scope;
    probe.number = static_cast<int64_t>(value % 100);
    probe.hour_of_week = static_cast<int32_t>(value % 168);
    probe.time = {20'000 * kNanosPerDay + static_cast<int64_t>(second) * kNanosPerSecond};
    probe.local_day = probe.time.days();
    return store_->AskAndTrain(probe);
  }

  void Cool() {
    StateChanges changes;
    store_->SaveChanges(0, StatePart(changes, ModelPrefix(0)));
    CHECK(db_.Write(changes));
    store_->Cool();
  }

  ModelStore& store() { return *store_; }
  StateDb& db() { return db_; }

 private:
  ScratchDir dir_;
  std::vector<ModelSpec> specs_;
  StateDb db_;
  std::unique_ptr<ModelStore> store_;
};

void ColdReturn(benchmark::State& state, ModelKind kind, bool cold) {
  const auto values = static_cast<uint64_t>(state.range(0));
  const uint64_t scopes = std::max<uint64_t>(2'000'000 / values, 2'000) / 10;
  World world(kind, 1);
  for (uint64_t i = 0; i < scopes * values; ++i) world.Send(i % scopes, i / scopes, i / 1000);
  world.Cool();
  CHECK(world.db().Compact());
  CHECK(world.store().size(0).cold_scopes == scopes);
  std::vector<uint64_t> order(scopes);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
  if (!cold) {
    for (uint64_t scope : order) world.Send(scope, 0, 1'000'000, false);
  }
  for (auto _ : state) {
    for (uint64_t scope : order) benchmark::DoNotOptimize(world.Send(scope, 0, 1'000'000, false));
    state.PauseTiming();
    CHECK(world.store().size(0).returned >= scopes && !world.store().failure());
    if (cold) world.Cool();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<int64_t>(scopes * state.iterations()));
}

BENCHMARK_CAPTURE(ColdReturn, profile_in_memory, ModelKind::kProfile, false)->Arg(1)->Arg(100);
BENCHMARK_CAPTURE(ColdReturn, profile, ModelKind::kProfile, true)
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1'000);
BENCHMARK_CAPTURE(ColdReturn, time_of_week, ModelKind::kTimeOfWeek, true)->Arg(100);
BENCHMARK_CAPTURE(ColdReturn, clustered, ModelKind::kClustered, true)->Arg(100);

// What was never seen is not looked for on disk: filters know.
void ColdMiss(benchmark::State& state) {
  World world(ModelKind::kProfile, 1);
  for (uint64_t i = 0; i < 200'000; ++i) world.Send(i % 20'000, i / 20'000, i / 1000);
  world.Cool();
  CHECK(world.db().Compact());
  uint64_t scope = 1'000'000;
  for (auto _ : state) benchmark::DoNotOptimize(world.Send(++scope, 0, 1'000'000, false));
}
BENCHMARK(ColdMiss);

void ColdUnderLimit(benchmark::State& state) {
  constexpr uint64_t kLimit = 64 << 20;
  const auto times = static_cast<uint64_t>(state.range(0));
  const uint64_t things = times * kLimit / 64;
  for (auto _ : state) {
    const double before = ResidentMegabytes();
    World world(ModelKind::kProfile, kLimit);
    double most = 0;
    for (uint64_t i = 0; i < things; ++i) {
      world.Send(i % (things / 100), i, i / 100);
      if (i % 1024 != 0) continue;
      most = std::max(most, ResidentMegabytes() - before);
      if (world.store().over_limit()) world.Cool();
    }
    const ModelStore::Size size = world.store().size(0);
    CHECK(size.entries == things && !world.store().failure());
    state.counters["resident_MB"] = most;
    state.counters["values"] = static_cast<double>(size.entries);
    state.counters["cold_scopes"] = static_cast<double>(size.cold_scopes);
    state.counters["returned"] = static_cast<double>(size.returned);
  }
  state.SetItemsProcessed(static_cast<int64_t>(things));
}
BENCHMARK(ColdUnderLimit)->Arg(1)->Arg(2)->Arg(5)->Arg(10)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace vedette
