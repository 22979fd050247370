#include "model/value_memory.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace vedette {
namespace {

Timestamp At(std::string_view text) { return *ParseIso8601(text); }
Hash128 Key(std::string_view text) { return HashBytes(text, 1); }

Probe MakeProbe(std::string_view scope, std::string_view value, Timestamp time) {
  Probe probe;
  probe.scope = Key(scope);
  probe.value = Key(value);
  probe.time = time;
  probe.local_day = time.days();
  probe.train = true;
  return probe;
}

ModelSpec Categorical() {
  ModelSpec spec;
  spec.kind = ModelKind::kCategorical;
  spec.convergence = {200, 10, 800'000};
  return spec;
}

void Train(ValueMemory& memory, std::string_view scope, std::string_view value, int times,
           Timestamp time) {
  for (int i = 0; i < times; ++i) memory.Train(MakeProbe(scope, value, time));
}

TEST(EntryTable, AgreesWithASetUnderRandomInsertsAndErasures) {
  std::mt19937_64 random(3);
  EntryTable table;
  std::set<uint64_t> keys;
  for (int i = 0; i < 60'000; ++i) {
    const uint64_t n = random() % 4000 + 1;
    const Hash128 key = HashBytes(std::to_string(n), 9);
    Entry* entry = table.Find(key);
    ASSERT_EQ(entry != nullptr, keys.contains(n));
    if (entry == nullptr) {
      table.Insert(key).count = static_cast<uint32_t>(n);
      keys.insert(n);
    } else {
      ASSERT_EQ(entry->count, n);
      table.Erase(entry);
      keys.erase(n);
    }
    ASSERT_EQ(table.size(), keys.size());
  }
  const size_t dropped = table.EraseIf([](Entry& entry) { return entry.count % 2 == 0; });
  EXPECT_GT(dropped, 0u);
  for (uint64_t n : keys)
    EXPECT_EQ(table.Find(HashBytes(std::to_string(n), 9)) != nullptr, n % 2 == 1);
}

TEST(EntryTable, StaysUnder64BytesAnEntry) {
  EntryTable table;
  for (uint64_t n = 1; n <= 200'000; ++n) {
    table.Insert(HashBytes(std::to_string(n), 9));
    if (n < 1000) continue;
    ASSERT_LE(table.bytes(), n * 64);
  }
}

// Semantics 4.5: the worked example.
TEST(Categorical, WorkedExample) {
  const ModelSpec spec = Categorical();
  ValueMemory memory(spec);
  const Timestamp then = At("2026-01-10T10:00:00Z");
  for (const auto& [value, times] :
       {std::pair{"chrome_setup", 60}, {"teams", 25}, {"zoom", 8}, {"foo", 4}, {"bar", 3}}) {
    Train(memory, "ada", value, times, then);
  }
  const auto ask = [&](std::string_view value) {
    return memory.Ask(MakeProbe("ada", value, then));
  };
  EXPECT_TRUE(ask("bar").converged);
  EXPECT_EQ(ask("bar").total, 100u);
  EXPECT_EQ(ask("bar").distinct, 5u);
  EXPECT_EQ(ask("bar").threshold, 8u);
  EXPECT_EQ(ask("baz").seen, 0u);
  EXPECT_EQ(ask("bar").seen, 3u);
  EXPECT_EQ(ask("foo").seen, 4u);
  Train(memory, "ada", "foo", 1, then);
  EXPECT_EQ(ask("foo").seen, 5u);
  EXPECT_EQ(ask("foo").total, 101u);
  EXPECT_EQ(ask("zoom").seen, 8u);
  EXPECT_FALSE(memory.Ask(MakeProbe("bob", "zoom", then)).converged);
}

// A categorical model recomputed from scratch gives the same answers as the incremental one.
TEST(Categorical, IncrementalEqualsRecomputed) {
  ModelSpec spec = Categorical();
  spec.memory = std::chrono::hours(24 * 10);
  ValueMemory memory(spec);
  std::mt19937 random(11);
  struct Sighting {
    int value;
    Timestamp time;
  };
  std::vector<Sighting> history;
  Timestamp now = At("2026-01-01T00:00:00Z");
  for (int i = 0; i < 6000; ++i) {
    const int64_t day = now.days();
    now = now + Nanoseconds(static_cast<int64_t>(random() % 30) * kNanosPerMinute);
    if (now.days() != day) memory.CloseDay(day);
    const int value = static_cast<int>(random() % 12) * static_cast<int>(random() % 12);
    const Answer answer = memory.Ask(MakeProbe("s", std::to_string(value), now));
    // From scratch: counts of values whose last sighting is remembered, as of each sighting.
    std::map<int, std::pair<uint32_t, Timestamp>> bins;
    for (const Sighting& s : history) {
      auto& [count, last] = bins[s.value];
      if (count > 0 && ToMinutes(s.time) - ToMinutes(last) > 10 * 24 * 60) count = 0;
      ++count;
      last = s.time;
    }
    const auto own = bins.find(value);
    const bool known =
        own != bins.end() && ToMinutes(now) - ToMinutes(own->second.second) <= 10 * 24 * 60;
    ASSERT_EQ(answer.seen, known ? own->second.first : 0u) << i;
    memory.Train(MakeProbe("s", std::to_string(value), now));
    history.push_back({value, now});
  }
}

// Semantics 15.2: the table of 4.4, with both maturities read off the answers.
TEST(Profile, FirstSeenTable) {
  ModelSpec spec;
  spec.kind = ModelKind::kProfile;
  spec.memory = std::chrono::hours(24 * 90);
  spec.needs_value_age = true;
  const auto day = [](std::string_view date) { return At(std::string(date) + "T00:00:00Z"); };
  const auto sees = [&](ValueMemory& memory, std::string_view host, std::string_view zone,
                        std::string_view date) {
    const Probe probe = MakeProbe(host, zone, day(date));
    const Answer answer = memory.Ask(probe);
    memory.Train(probe);
    return answer;
  };
  const auto age_days = [](Timestamp now, Timestamp since) {
    return (now - since).count() / kNanosPerDay;
  };

  ValueMemory memory(spec);
  sees(memory, "other", "B", "2025-11-01");
  sees(memory, "SRV1", "A", "2026-01-01");
  sees(memory, "other", "C", "2026-01-02");
  Answer b = sees(memory, "SRV1", "B", "2026-01-10");
  EXPECT_EQ(b.seen, 0u);
  EXPECT_EQ(age_days(day("2026-01-10"), b.scope_since), 9);
  EXPECT_EQ(age_days(day("2026-01-10"), b.value_since), 70);
  sees(memory, "other", "D", "2026-01-15");
  Answer c = sees(memory, "SRV1", "C", "2026-01-20");
  EXPECT_EQ(c.seen, 0u);
  EXPECT_EQ(age_days(day("2026-01-20"), c.scope_since), 19);
  EXPECT_EQ(age_days(day("2026-01-20"), c.value_since), 18);
  Answer d = sees(memory, "SRV1", "D", "2026-01-20");
  EXPECT_EQ(age_days(day("2026-01-20"), d.value_since), 5);
  EXPECT_EQ(sees(memory, "SRV1", "C", "2026-01-21").seen, 1u);

  EXPECT_EQ(memory.Ask(MakeProbe("SRV1", "C", day("2026-04-21"))).seen,
            2u);  // exactly 90 days: known
  const Answer again =
      memory.Ask(MakeProbe("SRV1", "C", day("2026-04-22")));  // 91 days: first again
  EXPECT_EQ(again.seen, 0u);
  EXPECT_TRUE(again.forgotten);
  EXPECT_EQ(age_days(day("2026-04-22"), again.last_seen), 91);
}

// Semantics 15.23: eviction takes the value seen longest ago and marks the scope.
TEST(Capacity, EvictionSetsSaturatedAndTakesTheOldest) {
  ModelSpec spec = Categorical();
  spec.max_values = 3;
  ValueMemory memory(spec);
  Timestamp now = At("2026-01-01T00:00:00Z");
  const auto next = [&] { return now = now + std::chrono::minutes(1); };
  for (const char* value : {"a", "b", "c"}) memory.Train(MakeProbe("s", value, next()));
  memory.Train(MakeProbe("s", "a", next()));  // a is now the youngest
  EXPECT_FALSE(memory.Ask(MakeProbe("s", "x", now)).saturated);
  memory.Train(MakeProbe("s", "d", next()));  // b goes
  EXPECT_TRUE(memory.Ask(MakeProbe("s", "x", now)).saturated);
  EXPECT_EQ(memory.Ask(MakeProbe("s", "b", now)).seen, 0u);
  EXPECT_EQ(memory.Ask(MakeProbe("s", "a", now)).seen, 2u);
  memory.Train(MakeProbe("s", "e", next()));  // c goes
  EXPECT_EQ(memory.Ask(MakeProbe("s", "c", now)).seen, 0u);
  EXPECT_EQ(memory.Ask(MakeProbe("s", "e", now)).distinct, 3u);
  EXPECT_EQ(memory.size().evictions, 2u);
}

TEST(Capacity, HalvingDropsValuesThatReachZero) {
  ModelSpec spec = Categorical();
  spec.halve_every_days = 1;
  ValueMemory memory(spec);
  const Timestamp now = At("2026-01-01T12:00:00Z");
  Train(memory, "s", "often", 9, now);
  Train(memory, "s", "once", 1, now);
  memory.CloseDay(now.days());
  const Answer answer = memory.Ask(MakeProbe("s", "often", now));
  EXPECT_EQ(answer.seen, 4u);
  EXPECT_EQ(answer.total, 4u);
  EXPECT_EQ(answer.distinct, 1u);
  EXPECT_EQ(memory.Ask(MakeProbe("s", "once", now)).seen, 0u);
}

TEST(Late, SightingsExtendTheMemoryBackwards) {
  ModelSpec spec;
  ValueMemory memory(spec);
  memory.Train(MakeProbe("s", "a", At("2026-02-02T00:00:00Z")));
  memory.Train(MakeProbe("s", "a", At("2026-02-01T00:00:00Z")));
  const Answer answer = memory.Ask(MakeProbe("s", "a", At("2026-02-03T00:00:00Z")));
  EXPECT_EQ(answer.seen, 2u);
  EXPECT_EQ(FormatIso8601(answer.first_seen), "2026-02-01T00:00:00Z");
  EXPECT_EQ(FormatIso8601(answer.last_seen), "2026-02-02T00:00:00Z");
}

}  // namespace
}  // namespace vedette
