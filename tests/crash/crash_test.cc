// Whatever kills a run at whatever instant: nothing is lost, nothing comes twice, no byte differs.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sigkill_runs.h"
#include "simulated_kills.h"
#include "small_world.h"

namespace vedette::crash {
namespace {

using ::testing::HasSubstr;

const SmallWorld& World() {
  static const SmallWorld world;
  return world;
}

const SimulatedKills& Kills() {
  static const SimulatedKills kills(World());
  return kills;
}

std::string Command(uint64_t seed) {
  return "replay it with: build/dev/tests/crash/crash_soak seed " + std::to_string(seed);
}

// What the other tests would prove nothing without.
TEST(SmallWorldTest, HasEveryKindOfModelSessionsDirtAndCompressedFiles) {
  SimulatedDisk disk(1);
  const Result<RunReport> report = Kills().Run(disk, kStages, {});
  ASSERT_TRUE(report) << report.error().ToString();
  const std::string detections = *ReadFile(disk, "out/detections.ndjson");
  for (const char* kind : {"profile", "categorical", "clustered", "window_count", "window_distinct",
                           "window_sum", "time_of_week", "top"}) {
    EXPECT_THAT(detections, HasSubstr("\"kind\":\"" + std::string(kind) + "\""));
  }
  for (const char* rule : {"D-FACT", "D-CROSSED", "D-DAY", "D-KIND-A"})
    EXPECT_THAT(detections, HasSubstr("\"rule\":\"" + std::string(rule) + "\""));
  EXPECT_GT(report->sessions.size(), 100u);
  EXPECT_GT(report->accounting.Count(Bucket::kDuplicate), 10u);
  EXPECT_GT(report->accounting.Count(Bucket::kDropped), 10u);
  const std::vector<std::string> inputs = World().Inputs(kStages);
  for (const char* ending : {".gz", ".zst", ".ndjson"}) {
    EXPECT_TRUE(std::any_of(inputs.begin(), inputs.end(),
                            [&](const std::string& name) { return name.ends_with(ending); }));
  }
}

TEST(DifferenceTest, TellsLostDuplicatedInventedAndChanged) {
  const std::string a = "{\"id\":\"a\",\"x\":1}\n", b = "{\"id\":\"b\",\"x\":1}\n",
                    c = "{\"id\":\"c\",\"x\":1}\n", other_b = "{\"id\":\"b\",\"x\":2}\n";
  EXPECT_TRUE(Compare(a + b, a + b).none());
  EXPECT_EQ(Compare(a + b, a).lost, 1u);
  EXPECT_EQ(Compare(a + b, a + b + b).duplicated, 1u);
  EXPECT_EQ(Compare(a, a + c).invented, 1u);
  EXPECT_EQ(Compare(a + b, a + other_b).changed, 1u);
  const Difference order = Compare(a + b, b + a);
  EXPECT_FALSE(order.none());
  EXPECT_EQ(order.lost + order.duplicated + order.invented + order.changed, 0u);
  EXPECT_FALSE(Compare(a + b, a + b.substr(0, 5)).none());
}

TEST(SimulatedKillsTest, NothingIsLostDuplicatedOrDifferent) {
  uint64_t kills = 0;
  for (uint64_t seed = 1; kills < CRASH_TEST_KILLS; ++seed) {
    const SeedOutcome outcome = Kills().Play(seed, {});
    ASSERT_TRUE(outcome.good()) << outcome.ToString() << Command(seed);
    kills += outcome.kills();
  }
}

TEST(SimulatedKillsTest, NorWhenCheckpointsAreWrittenBehind) {
  uint64_t kills = 0;
  for (uint64_t seed = 1; kills < CRASH_TEST_KILLS / 4; ++seed) {
    const SeedOutcome outcome = Kills().Play(seed, {.write_behind = true});
    ASSERT_TRUE(outcome.good()) << outcome.ToString() << Command(seed) << " behind";
    kills += outcome.kills();
  }
}

// Results are those of runs that had room for all.
TEST(SimulatedKillsTest, NorWhenScopesWaitInTheState) {
  SimulatedDisk disk(1);
  const Result<RunReport> tight =
      Kills().Run(disk, kStages, {.every_events = 1'000}, kBatchEvents, nullptr, 300'000);
  ASSERT_TRUE(tight) << tight.error().ToString();
  EXPECT_THAT(*ReadFile(disk, "out/summary.json"),
              ::testing::ContainsRegex("\"returned\":[1-9][0-9][0-9]"));
  uint64_t kills = 0;
  for (uint64_t seed = 1; kills < CRASH_TEST_KILLS / 4; ++seed) {
    const SeedOutcome outcome = Kills().Play(seed, {.write_behind = seed % 2 == 0, .cold = true});
    ASSERT_TRUE(outcome.good()) << outcome.ToString() << Command(seed) << " cold"
                                << (seed % 2 == 0 ? " behind" : "");
    kills += outcome.kills();
  }
}

TEST(SimulatedKillsTest, ASeedReplaysExactly) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    const SeedOutcome first = Kills().Play(seed, {});
    const SeedOutcome second = Kills().Play(seed, {});
    EXPECT_EQ(first.trace, second.trace) << "seed " << seed;
    EXPECT_EQ(first.ToString(), second.ToString());
  }
  EXPECT_NE(Kills().Play(1, {}).trace, Kills().Play(2, {}).trace);
}

TEST(SigkillTest, NothingIsLostDuplicatedOrDifferent) {
  SigkillOptions options;
  options.command = World().Command(VEDETTE_BINARY);
  options.folder = World().folder() + "/sigkill";
  options.kills = 10;
  options.checkpoint_every = "100";
  const SigkillOutcome outcome = RunSigkills(options);
  EXPECT_TRUE(outcome.good()) << outcome.ToString();
  EXPECT_GE(outcome.kills, 10u);
}

}  // namespace
}  // namespace vedette::crash
