// Models of every kind under a limit of memory, and across a restart.
#include "model/model_store.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "core/state_records.h"

namespace vedette {
namespace {

std::vector<ModelSpec> EveryKind() {
  std::vector<ModelSpec> specs;
  for (ModelKind kind : {ModelKind::kProfile, ModelKind::kCategorical, ModelKind::kClustered,
                         ModelKind::kWindowCount, ModelKind::kWindowDistinct, ModelKind::kWindowSum,
                         ModelKind::kTimeOfWeek, ModelKind::kTop}) {
    ModelSpec spec;
    spec.id = std::string(ModelKindName(kind));
    spec.kind = kind;
    spec.memory = Nanoseconds(20 * kNanosPerDay);
    spec.max_values = 40;
    spec.needs_value_age = kind == ModelKind::kProfile;
    spec.halve_every_days = kind == ModelKind::kCategorical ? 7 : 0;
    spec.convergence.threshold_ppm = 100'000;
    specs.push_back(spec);
  }
  ModelSpec sums = specs[2];
  sums.id = "sums";
  sums.aggregate = Aggregate::kSessionSum;
  specs.push_back(sums);
  return specs;
}

// Events over sixty days: few scopes and values come often, many once.
class Feed {
 public:
  explicit Feed(size_t models, uint64_t seed) : models_(models), random_(seed) {}

  Probe Next() {
    time_.ns += static_cast<int64_t>(random_() % (20 * kNanosPerMinute));
    Probe probe;
    probe.model = static_cast<uint32_t>(random_() % models_);
    probe.train = random_() % 10 != 0;
    probe.time = time_;
    // Now and then one comes late.
    if (random_() % 50 == 0) probe.time.ns -= static_cast<int64_t>(random_() % (3 * kNanosPerDay));
    probe.scope = HashBytes("scope" + std::to_string(Pick()), probe.model);
    probe.value = HashBytes("value" + std::to_string(Pick()), 1);
    probe.counter = Combine(probe.scope, HashBytes("per" + std::to_string(random_() % 3), 1));
    probe.number =
        static_cast<int64_t>(random_() % 100 == 0 ? random_() % 100'000 : random_() % 90);
    probe.hour_of_week =
        static_cast<int32_t>(Timestamp::FloorDiv(probe.time.ns, kNanosPerHour) % 168);
    probe.local_day = probe.time.days();
    return probe;
  }

 private:
  uint64_t Pick() { return random_() % 3 != 0 ? random_() % 6 : random_() % 400; }

  size_t models_;
  std::mt19937_64 random_;
  Timestamp time_{20'000 * kNanosPerDay};
};

bool Same(const Answer& a, const Answer& b) {
  const auto fields = [](const Answer& x) {
    return std::tuple(x.asked, x.trained, x.scope_known, x.saturated, x.converged, x.forgotten,
                      x.seen, x.distinct, x.total, x.threshold, x.active_days, x.model_since,
                      x.scope_since, x.value_since, x.value_since_known, x.first_seen, x.last_seen,
                      x.number, x.boundary, x.boundary_by_magnitude, x.band, x.magnitude,
                      x.live_magnitude, x.unusual_hour, x.top, x.rank_limit);
  };
  return fields(a) == fields(b);
}

std::string PrefixOf(uint32_t model) { return "m" + std::to_string(model) + "/"; }

// A checkpoint.
void SaveTo(StateTable& table, ModelStore& store) {
  StateChanges changes;
  for (uint32_t model = 0; model < store.model_count(); ++model)
    store.SaveChanges(model, StatePart(changes, PrefixOf(model)));
  table.Apply(changes);
}

// A new store, filled with what another one saved; or, with `cold`, with nothing until asked.
std::unique_ptr<ModelStore> LoadedFrom(const std::vector<ModelSpec>& specs, const StateTable& table,
                                       uint64_t limit, bool cold) {
  auto store = std::make_unique<ModelStore>(specs);
  store->LimitMemory(limit);
  store->TrackChanges();
  StateDamage damage;
  for (uint32_t model = 0; model < specs.size(); ++model) {
    if (cold) store->KeepCold(model, table, PrefixOf(model));
    EXPECT_TRUE(store->Load(model, table, PrefixOf(model), damage).has_value());
  }
  EXPECT_EQ(damage.records, 0u);
  return store;
}

// A restart.
std::unique_ptr<ModelStore> Restarted(const std::vector<ModelSpec>& specs, ModelStore& old,
                                      StateTable& table, uint64_t limit) {
  SaveTo(table, old);
  auto next = LoadedFrom(specs, table, limit, false);
  next->set_probes(old.probes());
  return next;
}

class RestartedStore : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RestartedStore, AnswersAsOneThatWasNeverStopped) {
  const std::vector<ModelSpec> specs = EveryKind();
  for (uint64_t limit : {uint64_t{0}, uint64_t{150'000}}) {
    Feed feed(specs.size(), GetParam());
    std::mt19937_64 random(GetParam());
    ModelStore straight(specs);
    straight.LimitMemory(limit);
    auto stopped = std::make_unique<ModelStore>(specs);
    stopped->LimitMemory(limit);
    stopped->TrackChanges();
    StateTable table;
    int64_t day = INT64_MIN;
    for (int i = 0; i < 9'000; ++i) {
      const Probe probe = feed.Next();
      if (day == INT64_MIN) {
        day = probe.time.days();
        straight.BeginAfter(day - 1);
        stopped->BeginAfter(day - 1);
      }
      for (; day < probe.time.days(); ++day) {
        straight.CloseDay(day);
        stopped->CloseDay(day);
      }
      ASSERT_TRUE(Same(straight.AskAndTrain(probe), stopped->AskAndTrain(probe)))
          << "probe " << i << " of model " << specs[probe.model].id << ", limit " << limit;
      if (random() % 700 == 0) stopped = Restarted(specs, *stopped, table, limit);
    }
    for (uint32_t model = 0; model < specs.size(); ++model) {
      EXPECT_EQ(straight.size(model).scopes, stopped->size(model).scopes) << specs[model].id;
      EXPECT_EQ(straight.size(model).entries, stopped->size(model).entries);
      EXPECT_EQ(straight.size(model).evictions, stopped->size(model).evictions);
    }
    EXPECT_EQ(straight.accounted_bytes(), stopped->accounted_bytes());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RestartedStore, ::testing::Range<uint64_t>(1, 13));

class ColdStore : public ::testing::TestWithParam<uint64_t> {};

// Scopes leave memory and come back, over restarts with and without a limit, and no answer differs
// from one by a store that has room for all of them.
TEST_P(ColdStore, AnswersAsOneThatHasRoomForAll) {
  const std::vector<ModelSpec> specs = EveryKind();
  constexpr uint64_t kLimit = 120'000;
  Feed feed(specs.size(), GetParam());
  std::mt19937_64 random(GetParam());
  ModelStore roomy(specs);
  StateTable table;
  auto tight = LoadedFrom(specs, table, kLimit, true);
  uint64_t cooled = 0;
  std::vector<uint64_t> returned_by_model(specs.size());
  int64_t day = INT64_MIN;
  for (int i = 0; i < 9'000; ++i) {
    const Probe probe = feed.Next();
    if (day == INT64_MIN) {
      day = probe.time.days();
      roomy.BeginAfter(day - 1);
      tight->BeginAfter(day - 1);
    }
    for (; day < probe.time.days(); ++day) {
      roomy.CloseDay(day);
      tight->CloseDay(day);
    }
    ASSERT_TRUE(Same(roomy.AskAndTrain(probe), tight->AskAndTrain(probe)))
        << "probe " << i << " of model " << specs[probe.model].id;
    const Hash128 scope = HashBytes("scope" + std::to_string(random() % 400), probe.model);
    ASSERT_EQ(roomy.IsSettled(probe.model, scope, probe.time),
              tight->IsSettled(probe.model, scope, probe.time));
    ASSERT_EQ(roomy.Knows(probe.model, scope, probe.value, probe.time),
              tight->Knows(probe.model, scope, probe.value, probe.time));
    ASSERT_FALSE(tight->failure());
    if (i % 64 == 0 && tight->over_limit()) {
      SaveTo(table, *tight);
      tight->Cool();
      ++cooled;
      EXPECT_FALSE(tight->over_limit());
    }
    if (random() % 700 != 0) continue;
    for (uint32_t model = 0; model < specs.size(); ++model)
      returned_by_model[model] += tight->size(model).returned;
    SaveTo(table, *tight);
    const bool cold = random() % 4 != 0;
    tight = LoadedFrom(specs, table, cold ? kLimit : 0, cold);
  }
  EXPECT_GT(cooled, 5u);
  for (uint32_t model = 0; model < specs.size(); ++model)
    EXPECT_GT(returned_by_model[model], 10u) << specs[model].id;

  // And all of it is the same in the end: loaded as a whole, and from a store that was never saved.
  SaveTo(table, *tight);
  const auto loaded = LoadedFrom(specs, table, 0, false);
  for (uint32_t model = 0; model < specs.size(); ++model) {
    EXPECT_EQ(loaded->size(model).scopes, roomy.size(model).scopes) << specs[model].id;
    EXPECT_EQ(loaded->size(model).entries, roomy.size(model).entries) << specs[model].id;
    EXPECT_EQ(loaded->size(model).evictions, roomy.size(model).evictions) << specs[model].id;
    EXPECT_EQ(loaded->size(model).cold_scopes, 0u);
  }
  EXPECT_EQ(loaded->accounted_bytes(), roomy.accounted_bytes());
}

INSTANTIATE_TEST_SUITE_P(Seeds, ColdStore, ::testing::Range<uint64_t>(1, 25));

TEST(ColdScopes, ARecordThatCannotBeReadIsAFailureThatStays) {
  class Broken : public StateTable {
   public:
    Result<std::optional<std::string>> Get(std::string_view key) const override {
      if (fails) return Fail("state-damaged", "block checksum mismatch", {"state/000012.sst"});
      Result<std::optional<std::string>> record = StateTable::Get(key);
      if (garbles && *record) (*record)->resize(1);
      return record;
    }
    Place place() const override { return {"state"}; }
    bool fails = false;
    bool garbles = false;
  } table;
  const std::vector<ModelSpec> specs = EveryKind();
  {
    const auto store = LoadedFrom(specs, table, 0, false);
    Feed feed(specs.size(), 1);
    for (int i = 0; i < 500; ++i) store->AskAndTrain(feed.Next());
    SaveTo(table, *store);
  }
  const auto store = LoadedFrom(specs, table, 1'000'000, true);
  table.fails = true;
  EXPECT_FALSE(store->failure());
  Feed feed(specs.size(), 1);
  store->AskAndTrain(feed.Next());
  table.fails = false;
  store->AskAndTrain(feed.Next());
  ASSERT_TRUE(store->failure());
  EXPECT_EQ(store->failure()->code, "state-damaged");
  EXPECT_EQ(store->failure()->place.file, "state/000012.sst");

  const auto other = LoadedFrom(specs, table, 1'000'000, true);
  table.garbles = true;
  Feed again(specs.size(), 1);
  Probe probe;
  for (int i = 0; i < 500 && !other->failure(); ++i) {
    probe = again.Next();
    other->AskAndTrain(probe);
  }
  ASSERT_TRUE(other->failure());
  EXPECT_EQ(other->failure()->ToString(),
            "state: records of model " + specs[probe.model].id +
                " cannot be understood; put back a copy of the folder, or add --state-repair to go "
                "on without them");
}

// Twice, five and ten times what fits.
TEST(MemoryLimit, HoldsWhateverComes) {
  for (uint64_t times : {2u, 5u, 10u}) {
    std::vector<ModelSpec> specs = EveryKind();
    for (ModelSpec& spec : specs) spec.max_values = 1'000'000;
    ModelStore store(specs);
    constexpr uint64_t kLimit = 4'000'000;
    store.LimitMemory(kLimit);
    const uint64_t values = times * kLimit / 64;
    Probe probe;
    probe.train = true;
    uint64_t most_accounted = 0, most_bytes = 0;
    for (uint64_t i = 0; i < values; ++i) {
      probe.model = static_cast<uint32_t>(i % specs.size());
      probe.time = {20'000 * kNanosPerDay + static_cast<int64_t>(i) * kNanosPerSecond};
      probe.local_day = probe.time.days();
      probe.scope = HashBytes(std::to_string(i % 97), probe.model);
      probe.value = HashBytes(std::to_string(i), 1);
      probe.counter = Combine(probe.scope, probe.value);
      probe.number = static_cast<int64_t>(i % 1000);
      store.AskAndTrain(probe);
      if (i % 1024 != 0) continue;
      most_accounted = std::max(most_accounted, store.accounted_bytes());
      uint64_t bytes = 0;
      for (uint32_t model = 0; model < specs.size(); ++model) bytes += store.size(model).bytes;
      most_bytes = std::max(most_bytes, bytes);
    }
    // Memory is looked at every 4,096 probes; in between a little more may be there.
    EXPECT_LE(most_accounted, kLimit + 4096 * 400) << times;
    EXPECT_LE(most_bytes, kLimit + 4096 * 400) << times;
    uint64_t evictions = 0;
    for (uint32_t model = 0; model < specs.size(); ++model)
      evictions += store.size(model).evictions;
    EXPECT_GT(evictions, 0u);
  }
}

TEST(MemoryLimit, WhatWasNotSeenForLongestGoesAndItsScopeIsSaturated) {
  std::vector<ModelSpec> specs(1);
  specs[0].id = "P";
  specs[0].kind = ModelKind::kProfile;
  ModelStore store(specs);
  store.LimitMemory(200'000);
  Probe probe;
  probe.train = true;
  const Hash128 often = HashBytes("often", 1);
  const auto send = [&](const Hash128& scope, const Hash128& value, int64_t minute) {
    probe.scope = scope;
    probe.value = value;
    probe.time = {20'000 * kNanosPerDay + minute * kNanosPerMinute};
    return store.AskAndTrain(probe);
  };
  const Hash128 old = HashBytes("old scope", 1), busy = HashBytes("busy scope", 1);
  send(old, HashBytes("once", 1), 0);
  for (int64_t i = 1; i < 8'000; ++i) {
    send(busy, HashBytes(std::to_string(i), 1), i);
    send(busy, often, i);
  }
  const Answer kept = send(busy, often, 8'000);
  EXPECT_GT(kept.seen, 7'000u);
  EXPECT_TRUE(kept.saturated);
  EXPECT_EQ(send(busy, HashBytes("1", 1), 8'001).seen, 0u);
  // A scope that nobody was in since goes whole: it begins anew, and young.
  EXPECT_FALSE(send(old, HashBytes("once", 1), 8'002).scope_known);
  EXPECT_GT(store.size(0).evictions, 0u);
}

TEST(MemoryLimit, AModelMayHaveItsOwn) {
  std::vector<ModelSpec> specs(2);
  for (ModelSpec& spec : specs) spec.kind = ModelKind::kProfile;
  specs[0].max_memory = 100'000;
  ModelStore store(specs);
  Probe probe;
  probe.train = true;
  probe.scope = HashBytes("s", 1);
  for (uint64_t i = 0; i < 20'000; ++i) {
    probe.model = static_cast<uint32_t>(i % 2);
    probe.value = HashBytes(std::to_string(i / 2), 1);
    probe.time = {20'000 * kNanosPerDay + static_cast<int64_t>(i) * kNanosPerMinute};
    store.AskAndTrain(probe);
  }
  EXPECT_GT(store.size(0).evictions, 0u);
  EXPECT_EQ(store.size(1).evictions, 0u);
  EXPECT_EQ(store.size(1).entries, 10'000u);
}

// Records that do not hold together are left out and counted, whatever they are.
TEST(DamagedRecords, AreLeftOutAndCounted) {
  const std::vector<ModelSpec> specs = EveryKind();
  ModelStore store(specs);
  store.TrackChanges();
  Feed feed(specs.size(), 3);
  for (int i = 0; i < 3'000; ++i) store.AskAndTrain(feed.Next());
  StateTable table;
  StateChanges changes;
  for (uint32_t model = 0; model < specs.size(); ++model)
    store.SaveChanges(model, StatePart(changes, "m" + std::to_string(model) + "/"));
  table.Apply(changes);
  std::mt19937_64 random(1);
  for (int round = 0; round < 60; ++round) {
    StateTable damaged;
    StateChanges damage_done;
    for (const auto& [key, value] : table.records()) {
      std::string bytes = value;
      if (random() % 40 == 0) bytes.resize(random() % (bytes.size() + 1));
      if (random() % 40 == 0 && !bytes.empty())
        bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
      if (random() % 80 != 0) damage_done.Put(key, bytes);
    }
    damaged.Apply(damage_done);
    ModelStore loaded(specs);
    StateDamage damage;
    for (uint32_t model = 0; model < specs.size(); ++model) {
      ASSERT_TRUE(
          loaded.Load(model, damaged, "m" + std::to_string(model) + "/", damage).has_value());
    }
    EXPECT_GT(damage.records, 0u);
    for (int i = 0; i < 200; ++i) loaded.AskAndTrain(feed.Next());
  }
}

}  // namespace
}  // namespace vedette
