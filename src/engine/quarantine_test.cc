// train_unless_triggered: what made a rule fire is not learned until it came on further days.
#include <gtest/gtest.h>

#include "engine/restart_world.h"

namespace vedette {
namespace {

constexpr const char* kRules = R"(
behaviour: doors
about: Things that people carry through doors.
models:
  - {id: K, title: k, kind: categorical, events: [file-write], scope: user, value: file_ext, min_training: 3d, cutoff: 5}
rules:
  - {id: K-F, title: k, description: d, verdict: first, model: K, score: 10, reason: "first", train_unless_triggered: 2}
  - {id: K-G, title: k, description: d, verdict: first, model: K, score: 10, reason: "also"}
)";

class QuarantineTest : public ::testing::Test {
 protected:
  void Load(const std::string& rules) {
    world_.temp().Write("rules/doors.yaml", rules);
    world_.Reload();
  }
  // Twenty days of bags, then crates at the given hours after the first of them.
  std::string Lines(const std::vector<int>& crate_hours) {
    std::string text;
    int uid = 0;
    const auto add = [&](Timestamp time, const char* kind) {
      text += fmt::format(
          "{{\"product\":\"door-guard\",\"uid\":{},\"when\":\"{}\",\"person\":\"ada\","
          "\"door\":\"d\",\"kind\":\"{}\",\"size\":1}}\n",
          ++uid, FormatIso8601(time), kind);
    };
    const Timestamp start = *ParseIso8601("2026-02-02T10:00:00Z");
    for (int day = 0; day < 20; ++day) add(start + Nanoseconds(day * kNanosPerDay), "bag");
    for (int hour : crate_hours)
      add(start + Nanoseconds(20 * kNanosPerDay + hour * kNanosPerHour), "crate");
    return text;
  }
  // How often each rule fired.
  std::pair<uint64_t, uint64_t> Fired(const std::vector<int>& crate_hours, size_t batch = 1024) {
    RunOptions options = world_.Options({world_.Write("a.log", Lines(crate_hours))}, "out");
    options.batch_events = batch;
    const auto report = world_.Run(options);
    EXPECT_TRUE(report.has_value());
    return {report->rules[0].fired, report->rules[1].fired};
  }

  RestartWorld world_;
};

TEST_F(QuarantineTest, RepeatsAreHeldBackUntilTheValueCameOnFurtherDays) {
  Load(kRules);
  ASSERT_FALSE(world_.faults().has_errors()) << world_.faults().Render();
  // It fires once; again within the day, or a day later, it is neither told nor learned: another
  // rule still sees a first each time. On the second further day it is learned.
  EXPECT_EQ(Fired({0}), std::pair(uint64_t{1}, uint64_t{1}));
  EXPECT_EQ(Fired({0, 1, 2}), std::pair(uint64_t{1}, uint64_t{3}));
  EXPECT_EQ(Fired({0, 24}), std::pair(uint64_t{1}, uint64_t{2}));
  EXPECT_EQ(Fired({0, 24, 48, 72}), std::pair(uint64_t{1}, uint64_t{3}));
  const std::string summary = world_.Output("out/summary.json");
  EXPECT_NE(summary.find("\"quarantine\":2"), std::string::npos) << summary;
  for (size_t batch : {1u, 2u, 7u})
    EXPECT_EQ(Fired({0, 24, 48, 72}, batch), std::pair(uint64_t{1}, uint64_t{3}));
}

TEST_F(QuarantineTest, WithoutItTheSecondIsKnown) {
  std::string rules = kRules;
  const std::string key = ", train_unless_triggered: 2";
  rules.erase(rules.find(key), key.size());
  Load(rules);
  EXPECT_EQ(Fired({0, 24, 48}), std::pair(uint64_t{1}, uint64_t{1}));
}

TEST_F(QuarantineTest, ItSurvivesARestart) {
  Load(kRules);
  const std::string log = world_.Write("a.log", Lines({0, 24, 48, 72}));
  ASSERT_TRUE(world_.Run(world_.Options({log}, "plain")).has_value());
  RunOptions options = world_.Options({log}, "out", "state");
  options.batch_events = 1;
  options.state.every_events = 1;
  for (uint64_t stop : {21u, 22u, 23u}) {
    options.state.stop = [stop](uint64_t events) { return events >= stop; };
    ASSERT_FALSE(world_.Run(options).has_value());
  }
  options.state.stop = nullptr;
  ASSERT_TRUE(world_.Run(options).has_value());
  EXPECT_EQ(world_.Output("out/detections.ndjson"), world_.Output("plain/detections.ndjson"));
}

TEST_F(QuarantineTest, ItNeedsAModelOfValues) {
  Load(R"(
behaviour: doors
about: a
models:
  - {id: T, title: t, kind: time_of_week, events: [file-write], scope: user}
rules:
  - {id: T-A, title: t, description: d, verdict: unusual_hour, model: T, score: 5, reason: "hour", train_unless_triggered: 2}
)");
  EXPECT_NE(world_.faults().Render().find("rule-quarantine"), std::string::npos);
}

}  // namespace
}  // namespace vedette
